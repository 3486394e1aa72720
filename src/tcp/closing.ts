/**
 * What the close of a connection was: the kinds of RFC 9293 §3.6, a reset, or none.
 */
import { acknowledges, type Exchange, transmissions } from './exchange.ts'
import type { Timeline } from './infer.ts'
import type { Observation } from './observation.ts'
import { isOpened } from './opening.ts'
import { covers, distance } from './seq.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side, type SideName, type Transition } from './timeline.ts'

export const CLOSE_KINDS = [
  'four-way',
  'three-segment',
  'simultaneous',
  'reset',
  'timeout',
  'half-closed',
  'open',
  'never-opened',
] as const
export type CloseKind = (typeof CLOSE_KINDS)[number]

export interface Closing {
  kind: CloseKind
  by: SideName | 'both' | null
  /** The FINs and what acknowledges them, or the RST. */
  segments: Observation[]
  /** Every FIN was acknowledged in the capture. */
  isComplete: boolean
  finRetransmissions: number
  bytesAfterFin: number
  /** From the first FIN to the other side's; null without two. */
  halfCloseNs: number | null
}

/** `sentEnd` is the highest sequence number each side sent, plus one. */
export function readClosing(timeline: Timeline, sentEnd: readonly [number, number]): Closing {
  const { exchange } = timeline
  const fins = finsInOrder(exchange)
  const kind = kindOf(timeline, fins)
  return {
    kind,
    by: closedBy(timeline, kind, fins),
    segments: closingSegments(timeline, kind, fins),
    isComplete: fins.length > 0 && fins.every((fin) => ackOf(exchange, fin) !== null),
    finRetransmissions: finsAgain(exchange, CLIENT) + finsAgain(exchange, SERVER),
    bytesAfterFin: bytesAfterFin(exchange, fins, sentEnd),
    halfCloseNs: fins.length === 2 ? fins[1]!.timeNs - fins[0]!.timeNs : null,
  }
}

function finsAgain({ observations, halves }: Exchange, side: Side): number {
  return Math.max(0, transmissions(observations, halves[side].finCopies).length - 1)
}

/** The first FIN of each side, in order of time. */
function finsInOrder({ observations, halves }: Exchange): Observation[] {
  const [a = Number.POSITIVE_INFINITY] = halves[CLIENT].finCopies
  const [b = Number.POSITIVE_INFINITY] = halves[SERVER].finCopies
  const fins: Observation[] = []
  if (Math.min(a, b) < observations.length) fins.push(observations[Math.min(a, b)]!)
  if (Math.max(a, b) < observations.length) fins.push(observations[Math.max(a, b)]!)
  return fins
}

/** The first segment of the other side that acknowledges `fin`; null when none does. */
export function ackOf({ observations, halves }: Exchange, fin: Observation): Observation | null {
  const peer = halves[fin.side === CLIENT ? SERVER : CLIENT]
  const at = peer.own.find(
    (index) => observations[index]!.timeNs >= fin.timeNs && acknowledges(observations[index]!, fin.end),
  )
  return at === undefined ? null : observations[at]!
}

function kindOf(timeline: Timeline, fins: readonly Observation[]): CloseKind {
  const { exchange, transitions } = timeline
  const isClean = fins.length === 2 && fins.every((fin) => ackOf(exchange, fin) !== null)
  if (!isClean && resetOf(transitions)) return isOpened(timeline) ? 'reset' : 'never-opened'
  if (!isClean && transitions.some(({ event }) => event === 'user timeout')) {
    return isOpened(timeline) ? 'timeout' : 'never-opened'
  }
  if (!isOpened(timeline)) return 'never-opened'
  if (fins.length === 2) return closedHow(exchange, fins[0]!, fins[1]!)
  return fins.length === 1 ? 'half-closed' : 'open'
}

/** The transition by which a synchronized connection was reset; null when it was not. */
function resetOf(transitions: readonly Transition[]): Transition | null {
  return transitions.find(({ event, from }) => event.includes('RST') && from !== 'TIME-WAIT') ?? null
}

/** Simultaneous when the second FIN was sent without knowing of the first. */
function closedHow(exchange: Exchange, first: Observation, second: Observation): CloseKind {
  if (!acknowledges(second, first.end)) return 'simultaneous'
  return ackOf(exchange, first) === second ? 'three-segment' : 'four-way'
}

function closedBy(timeline: Timeline, kind: CloseKind, fins: readonly Observation[]): Closing['by'] {
  if (kind === 'simultaneous') return 'both'
  if (kind === 'never-opened' || kind === 'open') return null
  const mayBeMissed = timeline.exchange.halves.some((half) => half.hasUnseen && half.finCopies.length === 0)
  if (fins.length > 0) return mayBeMissed ? null : SIDE_NAMES[fins[0]!.side]
  const ended = timeline.transitions.find(({ event }) => event.includes('RST') || event === 'user timeout')
  if (!ended) return null
  const isSender = ended.event === 'snd RST' || ended.event === 'user timeout'
  if (isSender) return SIDE_NAMES[ended.side]
  return timeline.transitions.some(({ event }) => event === 'snd RST') ? SIDE_NAMES[other(ended.side)] : null
}

function other(side: Side): Side {
  return side === CLIENT ? SERVER : CLIENT
}

function closingSegments(timeline: Timeline, kind: CloseKind, fins: readonly Observation[]): Observation[] {
  const { exchange, transitions } = timeline
  const segments: Observation[] = []
  const add = (segment: Observation | null | undefined): void => {
    if (segment && !segments.includes(segment)) segments.push(segment)
  }
  for (const fin of fins) {
    add(fin)
    add(ackOf(exchange, fin))
  }
  if (kind === 'reset') {
    const frame = resetOf(transitions)!.cause?.frame
    add(exchange.observations.find((segment) => segment.frame === frame))
  }
  return segments.sort((a, b) => a.timeNs - b.timeNs || a.frame - b.frame)
}

/** Payload of the side that closed second, sent after the first FIN was seen. */
function bytesAfterFin(exchange: Exchange, fins: readonly Observation[], sentEnd: readonly [number, number]): number {
  const first = fins[0]
  if (!first?.context) return 0
  const side = other(first.side)
  const ownFin = exchange.halves[side].finEnd
  const end = ownFin === null ? sentEnd[side] : (ownFin - 1) | 0
  if (exchange.halves[side].own.length === 0 || !covers(end, first.context.targetNext)) return 0
  return distance(end, first.context.targetNext)
}
