/**
 * A FIN of Y that came before data of Y: what brought the data, so that the FIN took effect at X.
 */
import { acknowledges, isNetworkCopy, type View } from '../exchange.ts'
import { type Observation, TAP_COPY_NS } from '../observation.ts'
import { covers, distance } from '../seq.ts'

/** Data before the FIN that reached the tap after it: the FIN took effect only when they arrived (RFC 9293 §3.10.7.4). */
export function gapFiller(view: View, copy: number, proofAt: number): number | undefined {
  const { segments, x, y } = view
  const finSeq = (y.finEnd! - 1) | 0
  const known = segments[copy]!.context?.targetAck
  return y.own.findLast((index) => {
    const segment = segments[index]!
    if (index <= copy || index >= proofAt || segment.payloadLength === 0 || segment.fin) return false
    // The reaction time is there and back: half of it is a fair guess, and less is possible when X had asked.
    const least = isAskedFor(view, copy, index) ? x.reactionNs / 8 : x.reactionNs / 2
    if (segments[proofAt]!.timeNs - segment.timeNs < least) return false
    if (!covers(finSeq, segment.end) || (known !== undefined && covers(known, segment.end))) return false
    if (isAcknowledgedInPart(view, index) || isCopyOfTap(view, index)) return false
    return !x.own.some((own) => own < index && segments[own]!.hasAck && acknowledges(segments[own]!, segment.end))
  })
}

/** The tap took the data twice. */
function isCopyOfTap({ segments, y }: View, index: number): boolean {
  const segment = segments[index]!
  const isCopy = (other: Observation): boolean =>
    segment.timeNs - other.timeNs <= TAP_COPY_NS && isNetworkCopy(other, segment)
  return y.own.some((other) => other < index && isCopy(segments[other]!))
}

/** X then acknowledges a part of the data at `index`: it had that from other segments, and so the rest. */
function isAcknowledgedInPart({ segments, x }: View, index: number): boolean {
  const { seq, end } = segments[index]!
  return x.own.some((own) => {
    const { hasAck, ack, rst } = segments[own]!
    return own > index && hasAck && !rst && distance(ack, seq) > 0 && distance(end, ack) > 0
  })
}

/** X repeats its acknowledgment without a word: what it got, the FIN, came before the data at `index`. */
function isAskedFor({ segments, x }: View, fin: number, index: number): boolean {
  const known = segments[fin]!.context?.targetAck
  return x.own.some((own) => {
    const { hasAck, ack, seq, end, rst } = segments[own]!
    return own > fin && own < index && hasAck && !rst && seq === end && ack === known
  })
}
