/**
 * When does a side receive? The rules of docs/inference.md §2, one function each.
 *
 * A tap shows that a side sent a segment, never that the other received it. For one side X this file lists what
 * happened to it, in its own order: what it sent, and what it must, or may, have received from its peer Y. The result
 * feeds the table of `states.ts` through `endpoint.ts`; no state is looked at here.
 */
import {
  acknowledges,
  type Exchange,
  type Half,
  isNetworkCopy,
  isOrdinary,
  transmissions,
  type View,
  viewOf,
} from './exchange.ts'
import type { Observation } from './observation.ts'
import { isRefusal, judgeReset } from './reset.ts'
import { covers, distance } from './seq.ts'
import type { TcpEvent } from './states.ts'
import type { Evidence, Side } from './timeline.ts'

/** Something that happened to a side, and how that is known. */
export interface Input {
  /** Place in the side's own order, on the scale of observation indexes. */
  at: number
  event: TcpEvent
  evidence: Evidence
  cause: Observation | null
  proof: Observation | null
}

/** What happened to `side`, in its own order. */
export function inputsOf(exchange: Exchange, side: Side): Input[] {
  const view = viewOf(exchange, side)
  const fin = receivedFin(view)
  const inputs = [
    ...sentSyn(view),
    ...receivedSyn(view),
    ...receivedAckOfSyn(view),
    ...sentFin(view),
    ...finAndItsAck(view, fin),
    ...resets(view),
    ...icmpErrors(view),
  ]
  return inputs.sort((a, b) => a.at - b.at)
}

function observed(at: number, event: TcpEvent, cause: Observation): Input {
  return { at, event, evidence: 'observed', cause, proof: cause }
}

/** An active OPEN: a SYN of its own, or a SYN-ACK of the peer that could only answer one. */
function sentSyn(view: View): Input[] {
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
function receivedSyn(view: View): Input[] {
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
 * Of several copies, the one that X acted on before `proofAt`: the last that could have reached it in time. An echoed
 * timestamp excludes the copies that X had not yet seen (RFC 7323 §4.3), a D-SACK says that an earlier one had arrived.
 */
function pickCopy(view: View, copies: readonly number[], proofAt: number): number | null {
  const { segments, x } = view
  const proof = segments[proofAt]!
  const possible = copies.filter((index) => index < proofAt && !isTooNew(segments[index]!, proof))
  if (possible.length === 0) return copies.findLast((index) => index < proofAt) ?? null
  if (proof.hasDsack && possible.length > 1) return possible[possible.length - 2]!
  const inTime = possible.filter((index) => proof.timeNs - segments[index]!.timeNs >= x.reactionNs / 2)
  return inTime[inTime.length - 1] ?? possible[0]!
}

/** `answer` echoes a timestamp older than `segment`'s: its sender had not received `segment` then. */
function isTooNew(segment: Observation, answer: Observation): boolean {
  if (!segment.timestamps || !answer.timestamps || answer.syn) return false
  return distance(answer.timestamps.echo, segment.timestamps.value) < 0
}

/**
 * An ACK of X's SYN cannot be acknowledged itself: it counts as received at once, unless X repeats its SYN-ACK or
 * refuses by a RST, and it is proved when X then speaks as only a synchronized side does.
 */
function receivedAckOfSyn(view: View): Input[] {
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
  if (hasSynAck(view, x)) return true
  const opened = y.synCopies[0]
  return x.synCopies.length === 0 && opened !== undefined && !segments[opened]!.hasAck
}

/** X repeated `copies` after it would have had `segment`: it never got it. A repeat that crosses it on the way says nothing. */
function contradicted(view: View, segment: Observation, copies: readonly number[]): boolean {
  return copies.slice(1).some((index) => view.segments[index]!.timeNs > segment.timeNs + view.x.reactionNs)
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

/** X stopped answering: what Y sent since is not assumed to have reached it. */
function isAfterSilence(view: View, index: number): boolean {
  return index >= view.x.silentFrom
}

/** Moves a reception behind what X sent before it can have had it, as its echoed timestamps show. */
function afterCrossing(view: View, index: number): number {
  const { segments, x } = view
  let at = index + 0.5
  for (const own of x.own) {
    if (own < at) continue
    if (segments[own]!.syn || !isTooNew(segments[index]!, segments[own]!)) break
    at = own + 0.5
  }
  return at
}

function sentFin(view: View): Input[] {
  const { segments, x, y } = view
  const first = x.finCopies[0]
  if (first !== undefined) return [observed(first, 'snd FIN', segments[first]!)]
  const end = x.finEnd
  const ackAt = end === null ? undefined : y.own.find((index) => acknowledges(segments[index]!, end))
  if (ackAt === undefined || isAfterOwnFin(y, ackAt)) return []
  return [{ at: ackAt - 0.5, event: 'snd FIN', evidence: 'assumed', cause: null, proof: segments[ackAt]! }]
}

/** With a FIN of the other side before it, whether an uncaptured FIN answered that one or crossed it is not known. */
function isAfterOwnFin(seen: Half, index: number): boolean {
  return (seen.finCopies[0] ?? Number.POSITIVE_INFINITY) < index
}

interface Fin {
  at: number
  /** Index of the copy that X acted on; -1 when the FIN is not in the capture. */
  copy: number
  evidence: Evidence
  cause: Observation | null
  proof: Observation | null
}

/** A FIN counts as received when X's own acknowledgment covers it; the cause is the segment that completed the data before it. */
function receivedFin(view: View): Fin | null {
  const { segments, x, y } = view
  if (y.finEnd === null) return null
  const end = y.finEnd
  const first = y.finCopies[0] ?? -1
  const proofAt = x.own.find((index) => index > first && acknowledges(segments[index]!, end))
  if (first < 0)
    return proofAt === undefined || isAfterOwnFin(x, proofAt) ? null : unseenFin(segments[proofAt]!, proofAt)
  if (proofAt === undefined) return crossedFin(view) ?? finOfReset(view)
  const copy = pickCopy(view, y.finCopies, proofAt)!
  const cause = segments[holeFiller(view, copy, proofAt) ?? copy]!
  return { at: proofAt - 0.5, copy, evidence: 'proved', cause, proof: segments[proofAt]! }
}

function unseenFin(proof: Observation, proofAt: number): Fin {
  return { at: proofAt - 0.5, copy: -1, evidence: 'assumed', cause: null, proof }
}

/** Data before the FIN that reached the tap after it: the FIN took effect only when they arrived (RFC 9293 §3.10.7.4). */
function holeFiller(view: View, copy: number, proofAt: number): number | undefined {
  const { segments, x, y } = view
  const finSeq = (y.finEnd! - 1) | 0
  const known = x.own.findLast((index) => index < copy && segments[index]!.hasAck)
  const acked = known === undefined ? null : segments[known]!.ack
  const spoken = y.own.filter((index) => index < copy && segments[index]!.payloadLength > 0)
  return y.own.findLast((index) => {
    const segment = segments[index]!
    if (index <= copy || index >= proofAt || segment.payloadLength === 0 || segment.fin) return false
    if (!covers(finSeq, segment.end) || (acked !== null && covers(acked, segment.end))) return false
    const wasLate = !spoken.some((earlier) => isSameData(segments[earlier]!, segment))
    return wasLate || !x.own.some((own) => own > copy && own < index && covers(segments[own]!.ack, segment.end))
  })
}

function isSameData(a: Observation, b: Observation): boolean {
  return a.seq === b.seq && a.end === b.end && isNetworkCopy(a, b)
}

/**
 * Two FINs crossed and X then fell silent. X would have repeated its own FIN, and the tap would have seen it, were X's
 * way to the tap alive: so X's acknowledgments are what is lost, and the peer's FIN, sent before, is assumed delivered.
 */
function crossedFin(view: View): Fin | null {
  const { segments, x, y } = view
  const copy = y.finCopies[0]!
  const ownFin = x.finCopies[0]
  if (ownFin === undefined || x.silentFrom === Number.POSITIVE_INFINITY || copy > x.last || copy > ownFin) return null
  if (transmissions(segments, x.finCopies).length > 1) return null
  return { at: x.last + 0.5, copy, evidence: 'assumed', cause: segments[copy]!, proof: null }
}

/** Y was reset by a RST that was not X's, so nothing will ever show whether its last FIN arrived: it is assumed to have. */
function finOfReset(view: View): Fin | null {
  const { segments, x, y } = view
  const copy = y.finCopies[y.finCopies.length - 1]!
  const forged = x.own.find(
    (index) => index > copy && segments[index]!.rst && judgeReset(reversed(view), index).isForged,
  )
  if (forged === undefined || isAfterSilence(view, copy)) return null
  return { at: forged - 0.5, copy, evidence: 'assumed', cause: segments[copy]!, proof: null }
}

/** The peer's FIN and the ACK of X's own FIN, in the order in which one path delivers them. */
function finAndItsAck(view: View, fin: Fin | null): Input[] {
  const ack = receivedAckOfFin(view, fin)
  if (!fin) return ack ? [ack.input] : []
  const inOne = ack !== null && ack.index === fin.copy
  const received: Input = {
    at: fin.at,
    event: inOne ? 'rcv FIN,ACK of FIN' : 'rcv FIN',
    evidence: fin.evidence,
    cause: fin.cause,
    proof: fin.proof,
  }
  if (!ack || inOne) return [received]
  if (ack.index > fin.copy) ack.input.at = Math.max(ack.input.at, fin.at + 0.1)
  return [received, ack.input]
}

/** Like the ACK of a SYN: at once, unless X repeats its FIN; proved by data of Y, sent after it, that X acknowledged. */
function receivedAckOfFin(view: View, fin: Fin | null): { index: number; input: Input } | null {
  const { segments, x, y } = view
  if (x.finEnd === null) return null
  const end = x.finEnd
  const repeats = transmissions(segments, x.finCopies)
  const closedAt = x.own.find((index) => segments[index]!.rst && !segments[index]!.hasAck) ?? Number.POSITIVE_INFINITY
  for (const index of y.own) {
    const segment = segments[index]!
    if (index < (x.finCopies[0] ?? -1) || segment.rst || !acknowledges(segment, end)) continue
    if (
      isAfterSilence(view, index) ||
      contradicted(
        view,
        segment,
        repeats.filter((copy) => copy < closedAt),
      )
    )
      continue
    if (segment.fin && (fin === null || index < fin.copy)) continue
    const proof = laterProof(view, index)
    const input: Input = {
      at: index + 0.5,
      event: 'rcv ACK of FIN',
      evidence: proof ? 'proved' : 'assumed',
      cause: segment,
      proof,
    }
    return { index, input }
  }
  return null
}

/** X acknowledged data, not a FIN, that Y sent after `index`: those carried the same acknowledgment. */
function laterProof(view: View, index: number): Observation | null {
  const { segments, x, y } = view
  const data = y.own.filter((later) => later >= index && segments[later]!.payloadLength > 0 && !segments[later]!.fin)
  for (const own of x.own) {
    const segment = segments[own]!
    if (own <= index || segment.rst) continue
    if (data.some((sent) => sent < own && isFresh(view, sent, own))) return segment
  }
  return null
}

/** The data at `sent` were new then, and X acknowledged them exactly or beyond at `own`. */
function isFresh(view: View, sent: number, own: number): boolean {
  const { segments, y } = view
  const end = segments[sent]!.end
  const isNew = !y.own.some((earlier) => earlier < sent && covers(segments[earlier]!.end, end))
  return isNew && acknowledges(segments[own]!, end)
}

/** The same exchange, seen from the peer. */
function reversed(view: View): View {
  return { segments: view.segments, x: view.y, y: view.x }
}

/** RSTs of both sides, as `reset.ts` judges them. */
function resets(view: View): Input[] {
  const { segments, x, y } = view
  const inputs: Input[] = []
  for (const index of x.own) {
    const segment = segments[index]!
    if (!segment.rst || isRefusal(view, index) || judgeReset(reversed(view), index).isForged) continue
    inputs.push(observed(index, 'snd RST', segment))
  }
  for (const index of y.own) {
    const segment = segments[index]!
    if (!segment.rst || isAfterSilence(view, index)) continue
    const verdict = judgeReset(view, index)
    if (!verdict.isAccepted) continue
    const evidence = verdict.proof ? 'proved' : 'assumed'
    inputs.push({ at: verdict.at, event: 'rcv RST', evidence, cause: segment, proof: verdict.proof })
  }
  return inputs
}

/** An ICMP error ends a connection attempt only (RFC 9293 §3.9.2.2: hard errors; on others it is a soft one). */
function icmpErrors(view: View): Input[] {
  const { segments, x } = view
  const last = segments.findLastIndex((segment) => segment.icmp !== null && segment.side === x.side)
  if (last < 0 || x.last > last) return []
  return [{ at: last, event: 'rcv ICMP error', evidence: 'assumed', cause: segments[last]!, proof: null }]
}
