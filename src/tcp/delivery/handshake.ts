/**
 * SYN, SYN-ACK and the ACK of it, as they reached one side X from its peer Y.
 */
import { acknowledges, type Half, isOrdinary, transmissions, type View } from '../exchange.ts'
import type { Observation } from '../observation.ts'
import { afterCrossing, contradicted, isAfterSilence, isTooNew, pickCopy } from './evidence.ts'
import { type Input, observed } from './input.ts'

/** An active OPEN: a SYN of its own, or a SYN-ACK of the peer that could only answer one. */
export function sentSyn(view: View): Input[] {
  const { segments, x, y } = view
  const first = x.synCopies[0]
  if (first !== undefined) return segments[first]!.hasAck ? [] : [observed(first, 'snd SYN', segments[first]!)]
  const answer = y.synCopies.find((index) => segments[index]!.hasAck)
  if (answer === undefined || repliesToSynAckByReset(view, answer)) return []
  return [{ at: answer - 0.5, event: 'snd SYN', evidence: 'proved', cause: null, proof: segments[answer]! }]
}

/** A host that answers a SYN-ACK by a RST has no connection there: the SYN was an old duplicate (RFC 9293 Figure 8). */
function repliesToSynAckByReset(view: View, answer: number): boolean {
  const spoken = view.x.own.find((index) => index > answer)
  return spoken !== undefined && view.segments[spoken]!.rst
}

/**
 * A SYN counts as received when X's own acknowledgment covers it, or when Y proves that X answered it. A side that
 * answers by a SYN-ACK received a SYN; one that received a SYN-ACK answers by an ACK.
 */
export function receivedSyn(view: View): Input[] {
  const { segments, x, y } = view
  if (y.iss === null || (y.synCopies.length === 0 && x.synCopies.length === 0)) return []
  const end = (y.iss + 1) | 0
  const proofAt = x.own.find((index) => !segments[index]!.rst && acknowledges(segments[index]!, end))
  if (proofAt === undefined) return provedByPeer(view)
  const possible = segments[proofAt]!.syn ? y.synCopies.filter((index) => !segments[index]!.hasAck) : y.synCopies
  const cause = pickCopy(view, possible, proofAt)
  const isAnswer = cause === null ? !segments[proofAt]!.syn && !hasSynAck(view, x) : segments[cause]!.hasAck
  return [
    {
      at: proofAt - 0.5,
      event: isAnswer ? 'rcv SYN,ACK' : 'rcv SYN',
      evidence: 'proved',
      cause: cause === null ? null : segments[cause]!,
      proof: segments[proofAt]!,
    },
  ]
}

function hasSynAck(view: View, half: Half): boolean {
  return half.synCopies.some((index) => view.segments[index]!.hasAck)
}

/** X itself is not in the capture, but Y goes on as only a TCP can that X has answered. */
function provedByPeer(view: View): Input[] {
  const { segments, x, y } = view
  const synAt = y.synCopies[0]
  if (x.own.length > 0 || synAt === undefined) return []
  const proofAt = y.own.find((index) => index > synAt && isOrdinary(segments[index]!) && segments[index]!.ack !== 0)
  if (proofAt === undefined) return []
  const event = segments[synAt]!.hasAck ? 'rcv SYN,ACK' : 'rcv SYN'
  return [{ at: proofAt - 0.5, event, evidence: 'proved', cause: segments[synAt]!, proof: segments[proofAt]! }]
}

/**
 * An ACK of X's SYN cannot be acknowledged itself: it counts as received at once, unless X repeats its SYN-ACK or
 * refuses by a RST, and it is proved when X then speaks as only a synchronized side does.
 */
export function receivedAckOfSyn(view: View): Input[] {
  const { segments, x, y } = view
  if (x.iss === null || !mayBeInSynReceived(view)) return []
  if (y.own.length === 0) return ackOfUnseen(view)
  const end = (x.iss + 1) | 0
  const from = x.synCopies[0] ?? -1
  const repeats = transmissions(segments, x.synCopies)
  const spokeAt = x.own.find((index) => isOrdinary(segments[index]!)) ?? Number.POSITIVE_INFINITY
  for (const index of y.own) {
    const segment = segments[index]!
    if (index < from || segment.rst || !acknowledges(segment, end)) continue
    if (isAfterSilence(view, index) || isRefused(view, segment, index)) continue
    if (spokeAt > index && contradicted(view, segment, repeats)) continue
    const at = afterCrossing(view, index)
    const proofAt = x.own.find((own) => own > at && isOrdinary(segments[own]!) && !isTooNew(segment, segments[own]!))
    const proof = proofAt === undefined ? null : segments[proofAt]!
    return [{ at, event: 'rcv ACK of SYN', evidence: proof ? 'proved' : 'assumed', cause: segment, proof }]
  }
  return []
}

/** Y is not in the capture, but X speaks as only a synchronized side does. */
function ackOfUnseen(view: View): Input[] {
  const proofAt = view.x.own.find((index) => isOrdinary(view.segments[index]!))
  if (proofAt === undefined) return []
  return [
    { at: proofAt - 0.4, event: 'rcv ACK of SYN', evidence: 'proved', cause: null, proof: view.segments[proofAt]! },
  ]
}

/** Only a side that answered a SYN waits for this ACK; the active opener's SYN is acknowledged by the SYN-ACK. */
function mayBeInSynReceived(view: View): boolean {
  const { segments, x, y } = view
  const opened = y.synCopies[0]
  return hasSynAck(view, x) || (opened !== undefined && !segments[opened]!.hasAck)
}

/** A RST without ACK repeats the acknowledgment it answers (RFC 9293 §3.5.2): X had no connection for that segment. */
function isRefused(view: View, segment: Observation, index: number): boolean {
  const { segments, x } = view
  const next = x.own.find((own) => own > index)
  if (next === undefined) return false
  const answer = segments[next]!
  const hasSpoken = x.own.some((own) => own < index && isOrdinary(segments[own]!))
  return !hasSpoken && answer.rst && !answer.hasAck && answer.seq === segment.ack
}
