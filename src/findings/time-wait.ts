/**
 * Findings about TIME-WAIT: restarted, taken over, refused, cut short.
 */
import { type Exchange, peerOf, viewOf } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { foreignTraits } from '../tcp/reset-origin.ts'
import { lastOfSender, reuseCase, type TimeWait } from '../tcp/time-wait.ts'
import { SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import { type Finding, framesOf, type Story, type Values } from './finding.ts'

export function timeWaitFindings(story: Story): Finding[] {
  return story.timeline.timeWaits.flatMap((timeWait) => [...restarts(timeWait), ...ending(story, timeWait)])
}

function restarts({ side, restarts: moments, startNs, expiresNs }: TimeWait): Finding[] {
  if (moments.length === 0) return []
  const name = SIDE_NAMES[side]
  const values = { side: name, count: moments.length, seconds: (expiresNs - startNs) / 1e9 }
  return [{ code: 'time-wait-restarted', side: name, frames: framesOf(moments), values }]
}

function ending(story: Story, timeWait: TimeWait): Finding[] {
  if (timeWait.ended === 'reused') return [reused(story, timeWait)]
  const refusal = refused(story, timeWait)
  if (refusal) return [refusal]
  return timeWait.ended === 'assassinated' ? cutShort(story, timeWait) : []
}

/** Taken over by the SYN of the other side, or by its holder's own. */
function reused({ connection, timeline }: Story, { side, endedBy, startNs }: TimeWait): Finding {
  const name = SIDE_NAMES[side]
  const { syn } = connection.takenOverBy!
  const isOwn = syn.side === side
  const judged = isOwn ? {} : judgement(timeline.exchange, syn)
  const values = { side: name, isOwn: Number(isOwn), seconds: (syn.timeNs - startNs) / 1e9, ...judged }
  return { code: 'time-wait-reused', side: name, frames: [endedBy!.frame], values }
}

/** The case of RFC 6191 §2, and what it was decided by. */
function judgement(exchange: Exchange, syn: Observation): Values {
  const last = lastOfSender(exchange, syn.side)
  return {
    case: reuseCase(last, syn),
    oldTimestamp: last.timestamp === null ? '' : last.timestamp >>> 0,
    newTimestamp: syn.timestamps ? syn.timestamps.value >>> 0 : '',
    oldSeq: last.next >>> 0,
    newSeq: syn.seq >>> 0,
  }
}

/** TIME-WAIT answered the next SYN with an ACK instead of a SYN-ACK: SYN, ACK, RST, SYN. */
function refused({ connection, timeline }: Story, { side, expiresNs }: TimeWait): Finding | null {
  const next = connection.takenOverBy
  if (!next?.refusal || next.syn.side === side || next.syn.timeNs >= expiresNs) return null
  const name = SIDE_NAMES[side]
  const { answerFrame, resetFrame } = next.refusal
  const frames = [next.syn.frame, answerFrame, ...(resetFrame === null ? [] : [resetFrame])]
  const values = {
    side: name,
    synFrame: next.syn.frame,
    answerFrame,
    resetFrame: resetFrame ?? 0,
    ...judgement(timeline.exchange, next.syn),
  }
  return { code: 'time-wait-reuse-refused', side: name, frames, values }
}

/**
 * A RST ended it. RFC 1337 §2: an old duplicate made TIME-WAIT send an ACK, and the peer, closed by then, refused that
 * ACK by the RST. Without such an ACK the peer sent the RST for reasons of its own. A RST that is not the peer's at all is
 * resets.ts's to tell of.
 */
function cutShort({ timeline }: Story, { side, endedBy, startNs, expiresNs }: TimeWait): Finding[] {
  const name = SIDE_NAMES[side]
  const { observations } = timeline.exchange
  const at = observations.findIndex(({ frame, timeNs }) => frame === endedBy!.frame && timeNs === endedBy!.timeNs)
  const reset = observations[at]!
  if (reset.side !== side && foreignTraits(viewOf(timeline.exchange, side), at).length > 0) return []
  const values = { side: name, seconds: (reset.timeNs - startNs) / 1e9, leftSeconds: (expiresNs - reset.timeNs) / 1e9 }
  const ackAt = reset.side === side ? -1 : answeredAck(timeline.exchange, side, at)
  const trigger = ackAt < 0 ? null : triggerOf(timeline.exchange, side, ackAt)
  if (!trigger || trigger.timeNs <= startNs) {
    const by = SIDE_NAMES[reset.side]
    return [{ code: 'reset-in-time-wait', side: name, frames: [reset.frame], values: { ...values, by } }]
  }
  const ack = observations[ackAt]!
  const shown = { triggerFrame: trigger.frame, ackFrame: ack.frame, resetFrame: reset.frame }
  const frames = framesOf([trigger, ack, reset])
  return [{ code: 'time-wait-assassinated', side: name, frames, values: { ...values, ...shown } }]
}

/** The ACK of `side` whose acknowledgment the RST at `at` has taken for its number (RFC 9293 §3.5.2 group 1); -1 without. */
function answeredAck({ observations, halves }: Exchange, side: Side, at: number): number {
  const reset = observations[at]!
  if (reset.hasAck) return -1
  const found = halves[side].own.findLast((own) => {
    const segment = observations[own]!
    return own < at && segment.hasAck && !segment.rst && segment.ack === reset.seq
  })
  return found ?? -1
}

/** What made TIME-WAIT send the ACK at `ackAt`: the last segment of the peer before it. */
function triggerOf({ observations, halves }: Exchange, side: Side, ackAt: number): Observation | null {
  const trigger = observations[halves[peerOf(side)].own.findLast((index) => index < ackAt) ?? -1]
  return trigger && !trigger.rst ? trigger : null
}
