/**
 * A capture and what really happened in it: the scenarios by their ladders, the recordings by their kernels.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { ExpectedState, Scenario } from '../scenarios/scenario.ts'
import type { Peer } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'
import { statesOf } from '../support/ladder-states.ts'
import { segmentsOf } from '../truth/capture-segments.ts'
import { expectationOf } from '../truth/expected.ts'
import { type KernelConnection, pairOf, type Recording, type SideName } from '../truth/recording.ts'
import { DIFFERENT_STATES, excusedSides, type WireLimit } from '../truth/wire-limits.ts'

/** As the lists of wire-limits.ts; here finwait happens to be right. */
const UNANSWERED: readonly WireLimit[] = [
  {
    fixture: 'last-ack-lost-for-good',
    sides: ['server'],
    reason: 'The last frame is an ACK of the FIN. Whether it arrives does not show.',
  },
  {
    fixture: 'keep-alive-unanswered',
    sides: ['server'],
    reason: 'The last frame is the RST of a client that got no answer. Whether it arrives does not show.',
  },
]

export interface Story {
  /** `19`, or the name of a fixture. */
  id: string
  title: string
  capture: Uint8Array
  /** File name with the ending of its format. */
  file: string
  /** In the order in which they began. */
  connections: TrueConnection[]
  /** Whether the capture holds no others. */
  isAll: boolean
}

export interface TrueConnection {
  client: TrueSide
  server: TrueSide
}

export interface TrueSide {
  /** Entered, in order; null when nobody knows. */
  states: string[] | null
  /** Whether the capture shows the last of them. */
  isShown: boolean
}

export function storyOfScenario(scenario: Scenario): Story {
  const [first, second] = [sidesOf(scenario, 'A'), sidesOf(scenario, 'B')]
  const count = Math.max(first.length, second.length)
  const nobody: TrueSide = { states: [], isShown: true }
  return {
    id: scenario.number,
    title: scenario.name,
    capture: captureOf(scenario.ladder).bytes,
    file: `${scenario.number}.pcap`,
    connections: Array.from({ length: count }, (_, at) => ({
      client: first[at] ?? nobody,
      server: second[at] ?? nobody,
    })),
    isAll: scenario.connections !== null,
  }
}

/** One for each connection of the scenario. */
function sidesOf(scenario: Scenario, peer: Peer): TrueSide[] {
  const states = statesOf(scenario.ladder, peer)
    .slice(1)
    .map(({ state }) => state)
  const isShown = !/^[*?]/.test(scenario.end[peer])
  if ((scenario.connections ?? 1) === 1) return [{ states, isShown }]
  return livesIn(scenario.states[peer]).map((life, at, lives) => ({
    states: life.map(({ state }) => state),
    isShown: at < lives.length - 1 ? !(life.at(-1)?.isOptional ?? false) : isShown,
  }))
}

/** A life begins with the state that an open enters, after the end of another. */
function livesIn(states: readonly ExpectedState[]): ExpectedState[][] {
  const lives: ExpectedState[][] = []
  states.forEach((one, at) => {
    const isOpening = one.state === 'SYN-SENT' || one.state === 'SYN-RECEIVED'
    if (at === 0 || isOpening) lives.push([])
    lives.at(-1)!.push(one)
  })
  return lives
}

export function storyOfRecording(recording: Recording): Story {
  const pairs = new Set(segmentsOf(recording.capturePath).map(({ source, destination }) => pairOf(source, destination)))
  const held = new Set(recording.connections.map(({ client, server }) => pairOf(client, server)))
  return {
    id: recording.name,
    title: '',
    capture: new Uint8Array(readFileSync(recording.capturePath)),
    file: basename(recording.capturePath),
    connections: recording.connections.map((connection) => trueConnection(connection, recording)),
    isAll: pairs.size === held.size,
  }
}

function trueConnection(connection: KernelConnection, recording: Recording): TrueConnection {
  const side = (name: SideName): TrueSide => ({
    states: connection.sides[name]?.transitions.map(({ state }) => state) ?? null,
    isShown: isEndShown(connection, name, recording),
  })
  return { client: side('client'), server: side('server') }
}

/** Not when a timer or a crash ended it, or the capture stopped before a loss could show. */
function isEndShown(connection: KernelConnection, side: SideName, recording: Recording): boolean {
  const isHidden = excusedSides([...DIFFERENT_STATES, ...UNANSWERED], recording.name).includes(side)
  return !isHidden && !(expectationOf(connection, side, recording).entered.at(-1)?.isOptional ?? false)
}
