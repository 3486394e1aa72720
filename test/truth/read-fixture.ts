/**
 * `finwait/truth/1` → recording: the files beside our own captures. Their types are in fixtures/record/format.ts.
 */
import type { Truth, TruthConnection, TruthTransition } from '../../fixtures/record/format.ts'
import {
  type KernelConnection,
  type KernelSide,
  microseconds,
  pairOf,
  type Recording,
  type SideName,
} from './recording.ts'

/** A new connection begins within this time of the end of the TIME-WAIT that it takes over. */
const TAKEOVER_US = 1000

export function readFixture(truth: Truth, capturePath: string): Recording {
  const { capture } = truth
  const connections = truth.connections.map((connection) => kernelConnection(connection, truth))
  const held = new Set(connections.map(({ client, server }) => pairOf(client, server)))
  return {
    name: truth.scenario,
    kind: truth.scenario,
    capturePath,
    isOneSided: /\bsrc host\b/.test(capture.filter),
    startUs: microseconds(capture.from),
    stopUs: microseconds(capture.to),
    connections,
    isWithoutSocket: (pair) => !held.has(pair),
  }
}

function kernelConnection(connection: TruthConnection, truth: Truth): KernelConnection {
  const { client, server } = connection
  const side = (name: SideName): KernelSide | null => {
    const transitions = connection.sides[name]
    if (transitions === null) return null
    const isAtTap = truth.capture.tap === name
    return {
      isAtTap,
      transitions: transitions.map((transition, at) => kernelTransition(transition, name, at, connection, truth)),
    }
  }
  return { client, server, sides: { client: side('client'), server: side('server') } }
}

function kernelTransition(
  { state, time, cause, visible }: TruthTransition,
  side: SideName,
  at: number,
  connection: TruthConnection,
  truth: Truth,
): KernelSide['transitions'][number] {
  const isEndOfTimeWait = state === 'CLOSED' && connection.sides[side]?.[at - 1]?.state === 'TIME-WAIT'
  const timeUs = microseconds(time)
  return {
    state,
    timeUs,
    cause,
    isVisible: visible,
    frame: null,
    isTakeover:
      isEndOfTimeWait &&
      truth.connections.some((other) => other !== connection && beginsAt(other, side, connection, timeUs)),
  }
}

/** Whether this is the next connection of the same endpoints, and the side enters it at that time. */
function beginsAt(next: TruthConnection, side: SideName, previous: TruthConnection, timeUs: number): boolean {
  if (pairOf(next.client, next.server) !== pairOf(previous.client, previous.server)) return false
  const first = next.sides[side]?.[0]
  return first !== undefined && Math.abs(microseconds(first.time) - timeUs) < TAKEOVER_US
}
