/**
 * Findings about the close: crossing FINs, half-close, what had to be sent again, giving up.
 */
import { ackOf } from '../tcp/closing.ts'
import { transmissions } from '../tcp/exchange.ts'
import { takesDataAfterFin } from '../tcp/half-close.ts'
import type { Observation } from '../tcp/observation.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import { type Finding, framesOf, type Story, secondsBetween } from './finding.ts'
import { isStuck } from './stuck.ts'

export function closeFindings(story: Story): Finding[] {
  return [...kindFindings(story), ...finFindings(story, CLIENT), ...finFindings(story, SERVER), ...timeouts(story)]
}

function kindFindings(story: Story): Finding[] {
  const { closing } = story
  if (closing.kind === 'simultaneous') {
    return [{ code: 'simultaneous-close', side: null, frames: framesOf(closing.segments), values: {} }]
  }
  return halfClose(story)
}

/** Data that crossed the FIN, or met a RST, are none: the side that closed must have taken them. */
function halfClose({ closing, timeline, connection }: Story): Finding[] {
  const [first] = closing.segments
  if (!first?.fin || closing.by === null || closing.by === 'both') return []
  const taken = takesDataAfterFin(timeline.exchange, first.side)
  if (!taken) return []
  const lastNs = closing.halfCloseNs === null ? connection.lastTimeNs : first.timeNs + closing.halfCloseNs
  const values = {
    by: closing.by,
    bytes: closing.bytesAfterFin,
    seconds: Math.max(0, lastNs - first.timeNs) / 1e9,
    ackFrame: taken.frame,
  }
  return [{ code: 'half-close', side: closing.by, frames: inOrder([...closing.segments, taken]), values }]
}

function inOrder(segments: readonly Observation[]): number[] {
  return framesOf(segments.toSorted((a, b) => a.timeNs - b.timeNs || a.frame - b.frame))
}

/** What happened to one side's FIN on its way. */
function finFindings(story: Story, side: Side): Finding[] {
  const { observations, halves } = story.timeline.exchange
  const sent = transmissions(observations, halves[side].finCopies).map((index) => observations[index]!)
  return sent.length === 0 ? [] : [...repeats(story, sent), ...reception(story, sent)]
}

function repeats({ timeline }: Story, sent: readonly Observation[]): Finding[] {
  const { exchange } = timeline
  const first = sent[0]!
  const last = sent[sent.length - 1]!
  if (first === last) return []
  const by = SIDE_NAMES[first.side]
  const acked = ackOf(exchange, first)
  const late = acked ? sent.filter((copy) => copy.timeNs > acked.timeNs + exchange.halves[first.side].reactionNs) : []
  if (acked && late.length > 0) {
    const values = { by, count: late.length, ackFrame: acked.frame }
    return [{ code: 'last-ack-lost', side: by, frames: framesOf([acked, ...late]), values }]
  }
  const values = { by, count: sent.length - 1, seconds: secondsBetween(first, last) }
  return [{ code: 'fin-retransmission', side: by, frames: framesOf(sent), values }]
}

/** Whether and when the other side took the FIN. */
function reception(story: Story, sent: readonly Observation[]): Finding[] {
  const { exchange, transitions } = story.timeline
  const first = sent[0]!
  const by = SIDE_NAMES[first.side]
  const taken = transitions.find(({ side, event }) => side !== first.side && event.startsWith('rcv FIN'))
  const cause = taken?.cause
  if (cause && !sent.some((copy) => copy.frame === cause.frame || copy.lastCopy?.frame === cause.frame)) {
    const values = { by, finFrame: first.frame, dataFrame: cause.frame }
    return [{ code: 'fin-before-data', side: by, frames: [first.frame, cause.frame], values }]
  }
  if (taken || !story.isCaptureEnd || ackOf(exchange, first)) return []
  const isEnded = transitions.some(({ event }) => event.includes('RST') || event === 'user timeout')
  const isOneSided = exchange.halves[first.side === CLIENT ? SERVER : CLIENT].own.length === 0
  if (isEnded || isOneSided || story.closing.kind === 'never-opened' || isStuck(story, first.side)) return []
  const seconds = (story.endNs - sent[sent.length - 1]!.timeNs) / 1e9
  return [{ code: 'fin-in-flight', side: by, frames: framesOf(sent), values: { by, seconds } }]
}

/** Who gave up a connection that had been open: RFC 9293 §3.10.8. */
function timeouts({ timeline, closing }: Story): Finding[] {
  const { exchange, transitions } = timeline
  if (closing.kind === 'never-opened') return []
  return transitions
    .filter(({ event }) => event === 'user timeout')
    .map(({ side, from }) => {
      const half = exchange.halves[side]
      const copies = from === 'SYN-RECEIVED' ? half.synCopies : half.finCopies
      const sent = transmissions(exchange.observations, copies).map((index) => exchange.observations[index]!)
      const name = SIDE_NAMES[side]
      const seconds = sent.length > 1 ? secondsBetween(sent[0]!, sent[sent.length - 1]!) : 0
      const what = from === 'SYN-RECEIVED' ? 'SYN-ACK' : 'FIN'
      const values = { side: name, state: from, what, count: sent.length, seconds }
      return { code: 'timed-out', side: name, frames: framesOf(sent), values }
    })
}
