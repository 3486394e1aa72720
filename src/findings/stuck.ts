/**
 * States that should have passed and did not, with the side and since when. Said of the end of a capture only: what
 * came later is not known, and the sentences say so.
 */
import { peerOf, transmissions } from '../tcp/exchange.ts'
import type { TcpState } from '../tcp/states.ts'
import { CLIENT, type Moment, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'
import type { Finding, Story } from './finding.ts'
import { ackOfSynAck } from './handshake.ts'

/** A close that is under way takes a round trip and a program's reaction: no more than this on any usual path. */
const AFTER_NS = 1e9

const CODES: Partial<Record<TcpState, FindingCode>> = {
  'SYN-RECEIVED': 'syn-received-stuck',
  'CLOSE-WAIT': 'close-wait-stuck',
  'FIN-WAIT-1': 'fin-wait-1-stuck',
  'FIN-WAIT-2': 'fin-wait-2-stuck',
  CLOSING: 'closing-stuck',
  'LAST-ACK': 'last-ack-stuck',
}

export function stuckFindings(story: Story): Finding[] {
  return [...stuck(story, CLIENT), ...stuck(story, SERVER)]
}

/** Whether `side` is stuck in its state at the end of the capture. */
export function isStuck(story: Story, side: Side): boolean {
  const { timeline, isCaptureEnd } = story
  const state = timeline.states[side]
  if (!isCaptureEnd || !state || !(state in CODES)) return false
  const since = enteredAt(story, side)
  if (!since || story.endNs - since.timeNs < AFTER_NS) return false
  // Without the client's ACK it is a half-open connection, which handshake.ts tells of.
  if (state === 'SYN-RECEIVED') return ackOfSynAck(story) !== null
  const isWaitingForProgram = state === 'CLOSE-WAIT' || state === 'FIN-WAIT-2'
  if (!isWaitingForProgram) return isRepeatedFin(story, side)
  const hasClosed = timeline.exchange.halves[state === 'CLOSE-WAIT' ? side : peerOf(side)].finCopies.length > 0
  return !hasClosed && story.endNs - lastDataNs(story, side) >= AFTER_NS
}

/** A FIN that waits for its ACK is sent again. When it was not, the capture has missed the ACK: the side is not stuck. */
function isRepeatedFin({ timeline }: Story, side: Side): boolean {
  const { observations, halves } = timeline.exchange
  return transmissions(observations, halves[side].finCopies).length > 1
}

/** The side that has not closed yet is not stuck while it sends. */
function lastDataNs({ timeline, connection }: Story, side: Side): number {
  const open = timeline.states[side] === 'CLOSE-WAIT' ? side : peerOf(side)
  return connection.lastDataNs[open]
}

function enteredAt({ timeline }: Story, side: Side): Moment | null {
  const entered = timeline.transitions.findLast((transition) => transition.side === side)
  return entered?.cause ?? entered?.proof ?? null
}

function stuck(story: Story, side: Side): Finding[] {
  if (!isStuck(story, side)) return []
  const { timeline, endNs } = story
  const code = CODES[timeline.states[side]!]!
  const since = enteredAt(story, side)!
  const { observations, halves } = timeline.exchange
  const values = {
    side: SIDE_NAMES[side],
    seconds: (endNs - since.timeNs) / 1e9,
    count: transmissions(observations, halves[side].finCopies).length,
  }
  return [{ code, side: SIDE_NAMES[side], frames: [since.frame], values }]
}
