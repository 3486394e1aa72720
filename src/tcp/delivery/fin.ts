/**
 * FINs and their ACKs, as they reached one side X from its peer Y.
 */
import { acknowledges, type Half, reversed, transmissions, type View } from '../exchange.ts'
import { type Observation, TAP_COPY_NS } from '../observation.ts'
import { judgeReset } from '../reset.ts'
import { covers } from '../seq.ts'
import type { Evidence } from '../timeline.ts'
import { contradicted, isAfterSilence, isTooNew, pickCopy } from './evidence.ts'
import { gapFiller } from './gap.ts'
import { type Input, observed } from './input.ts'

/** A FIN may be among the bytes that the capture missed: whether this one came first or second is then not known. */
function mayHaveMissedFin({ x, y }: View): boolean {
  return [x, y].some((half) => half.hasUnseen && half.finCopies.length === 0)
}

interface Fin {
  at: number
  /** Index of the copy that X acted on; -1 when the FIN is not in the capture. */
  copy: number
  /** Index of the segment that completed the data before the FIN: the copy itself, or what filled a hole. */
  taken: number
  evidence: Evidence
  cause: Observation | null
  proof: Observation | null
}

export function sentFin(view: View): Input[] {
  const { segments, x, y } = view
  const first = x.finCopies[0]
  const end = x.finEnd
  if (first !== undefined) {
    const earlier = beyondFin(view, first)
    const isOpened = x.synCopies.length + y.synCopies.length > 0
    const isGuess = mayHaveMissedFin(view) || (earlier !== null && !isOpened)
    const sent = earlier ?? observed(first, 'snd FIN', segments[first]!)
    sent.isGuess = isGuess
    return [sent]
  }
  const ackAt = end === null ? undefined : y.own.find((index) => acknowledges(segments[index]!, end))
  if (ackAt === undefined || isAfterOwnFin(y, ackAt)) return []
  return [{ at: ackAt - 0.5, event: 'snd FIN', evidence: 'assumed', cause: null, proof: segments[ackAt]! }]
}

/**
 * The first FIN was lost before the tap: X goes on behind its number before the FIN is first seen. As X's answer to the
 * peer's FIN would have shown the old number, its own came first.
 */
function beyondFin(view: View, first: number): Input | null {
  const { segments, x, y } = view
  const proofAt = x.own.find((index) => index < first && !segments[index]!.rst && segments[index]!.seq === x.finEnd)
  if (proofAt === undefined) return null
  const answersFin = y.finEnd !== null && acknowledges(segments[proofAt]!, y.finEnd)
  return {
    at: proofAt - (answersFin ? 0.6 : 0.5),
    event: 'snd FIN',
    evidence: 'proved',
    cause: null,
    proof: segments[proofAt]!,
  }
}

/** With a FIN of the other side before it, whether an uncaptured FIN answered that one or crossed it is not known. */
function isAfterOwnFin(seen: Half, index: number): boolean {
  return (seen.finCopies[0] ?? Number.POSITIVE_INFINITY) < index
}

/** A FIN counts as received when X's own acknowledgment covers it; the cause is the segment that completed the data before it. */
function receivedFin(view: View): Fin | null {
  const { segments, x, y } = view
  if (y.finEnd === null) return null
  const end = y.finEnd
  const first = y.finCopies[0] ?? -1
  const early = acknowledgedBefore(view, first, end)
  if (early !== undefined)
    return { at: early - 0.5, copy: -1, taken: -1, evidence: 'proved', cause: null, proof: segments[early]! }
  const proofAt = x.own.find((index) => index > first && acknowledges(segments[index]!, end))
  if (first < 0)
    return proofAt === undefined || isAfterOwnFin(x, proofAt) ? null : unseenFin(segments[proofAt]!, proofAt)
  if (proofAt === undefined) return crossedFin(view) ?? finOfReset(view)
  const copy = pickCopy(view, y.finCopies, proofAt)!
  const taken = gapFiller(view, copy, proofAt) ?? copy
  const evidence = isAmbiguous(view, proofAt) ? 'assumed' : 'proved'
  return { at: proofAt - 0.5, copy, taken, evidence, cause: segments[taken]!, proof: segments[proofAt]! }
}

/** X acknowledged the FIN before its first copy was seen: an earlier one is missing, unless the tap took them in reverse. */
function acknowledgedBefore({ segments, x }: View, first: number, end: number): number | undefined {
  if (first < 0) return undefined
  const at = x.own.find((index) => acknowledges(segments[index]!, end))
  if (at === undefined || at > first || segments[at]!.rst) return undefined
  return segments[first]!.timeNs - segments[at]!.timeNs > TAP_COPY_NS ? at : undefined
}

/** Some copies acknowledge X's own FIN and some do not: which one arrived decides between CLOSING and TIME-WAIT. */
function isAmbiguous({ segments, x, y }: View, proofAt: number): boolean {
  const end = x.finEnd
  if (end === null) return false
  const copies = y.finCopies.filter((index) => index < proofAt && !isTooNew(segments[index]!, segments[proofAt]!))
  const acking = copies.filter((index) => acknowledges(segments[index]!, end))
  return acking.length > 0 && acking.length < copies.length
}

function unseenFin(proof: Observation, proofAt: number): Fin {
  return { at: proofAt - 0.5, copy: -1, taken: -1, evidence: 'assumed', cause: null, proof }
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
  return { at: x.last + 0.5, copy, taken: copy, evidence: 'assumed', cause: segments[copy]!, proof: null }
}

/** Y was reset by a RST that was not X's, so nothing will ever show whether its last FIN arrived: it is assumed to have. */
function finOfReset(view: View): Fin | null {
  const { segments, x, y } = view
  const copy = y.finCopies[y.finCopies.length - 1]!
  const forged = x.own.find(
    (index) => index > copy && segments[index]!.rst && judgeReset(reversed(view), index).isForged,
  )
  if (forged === undefined || isAfterSilence(view, copy)) return null
  return { at: forged - 0.5, copy, taken: copy, evidence: 'assumed', cause: segments[copy]!, proof: null }
}

/** The peer's FIN and the ACK of X's own FIN, in the order in which one path delivers them. */
export function finAndItsAck(view: View): Input[] {
  const fin = receivedFin(view)
  const ack = receivedAckOfFin(view, fin)
  if (!fin) return ack ? [ack.input] : []
  const inOne = ack !== null && ack.index === fin.copy && fin.taken === fin.copy
  const received: Input = {
    at: fin.at,
    event: inOne ? 'rcv FIN,ACK of FIN' : 'rcv FIN',
    evidence: fin.evidence,
    cause: fin.cause,
    proof: fin.proof,
    isGuess: mayHaveMissedFin(view),
  }
  if (!ack || inOne) return [received]
  // One segment's ACK is processed before the FIN it completes (RFC 9293 §3.10.7.4 fifth, eighth).
  if (ack.index > fin.taken) ack.input.at = Math.max(ack.input.at, fin.at + 0.1)
  else ack.input.at = Math.min(ack.input.at, fin.at - 0.1)
  return [received, ack.input]
}

/** Like the ACK of a SYN: at once, unless X repeats its FIN; proved by data of Y, sent after it, that X acknowledged. */
function receivedAckOfFin(view: View, fin: Fin | null): { index: number; input: Input } | null {
  const { segments, x, y } = view
  if (x.finEnd === null) return null
  const end = x.finEnd
  const closedAt = x.own.find((index) => segments[index]!.rst && !segments[index]!.hasAck) ?? Number.POSITIVE_INFINITY
  const repeats = transmissions(segments, x.finCopies).filter((copy) => copy < closedAt)
  for (const index of y.own) {
    const segment = segments[index]!
    if (segment.rst || !acknowledges(segment, end)) continue
    // X's own acknowledgment of the peer's FIN proves that this segment arrived, however often X repeated its FIN before.
    const isProved = fin !== null && fin.proof !== null && (index === fin.copy || index === fin.taken)
    const isContradicted = isAfterSilence(view, index) || contradicted(view, segment, repeats)
    if (isContradicted && !isProved) continue
    if (!isProved && isDoubtful(view, segment, repeats)) continue
    if (segment.fin && (fin === null || index < fin.copy)) continue
    const proof = laterProof(view, index)
    const input: Input = {
      at: isContradicted && fin ? fin.at - 0.1 : index + 0.5,
      event: 'rcv ACK of FIN',
      evidence: proof ? 'proved' : 'assumed',
      cause: segment,
      proof,
    }
    return { index, input }
  }
  return null
}

/**
 * Three ACKs of the FIN and more were lost before this one, and X's next repeat, after twice the pause, is not due before
 * the capture ends: nothing speaks for this one.
 */
function isDoubtful(view: View, ack: Observation, repeats: readonly number[]): boolean {
  if (repeats.length < 3) return false
  const sent = repeats.map((index) => view.segments[index]!.timeNs)
  const answered = view.y.own.find((index) => acknowledges(view.segments[index]!, view.x.finEnd!))!
  const lost = sent.filter((timeNs) => timeNs > view.segments[answered]!.timeNs).length
  if (lost < 3) return false
  const pauseNs = sent[sent.length - 1]! - sent[sent.length - 2]!
  return view.endNs < Math.max(ack.timeNs, sent[sent.length - 1]! + 2.2 * pauseNs)
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
