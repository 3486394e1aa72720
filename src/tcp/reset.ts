/**
 * RSTs, judged as their target would (RFC 9293 §3.5.3 and §3.10.7.4, RFC 5961 §3.2), and then by what happened next:
 * a target that goes on sending was not reset, and a sender that goes on sending did not send the RST.
 */
import { acknowledges, isNetworkCopy, type View } from './exchange.ts'
import { isOrdinary, type Observation } from './observation.ts'
import { foreignTraits } from './reset-origin.ts'
import { covers, distance, within } from './seq.ts'

/** Where the RST's sequence number lies for its target: RCV.NXT itself, inside its window, outside, or not to be told. */
export type ResetPlace = 'exact' | 'in-window' | 'outside' | 'unknown'

export interface ResetVerdict {
  place: ResetPlace
  /** Bytes beyond what the target expects, negative before it; null when not known. */
  offset: number | null
  /** The target took it as a reset of its connection. */
  isAccepted: boolean
  /** Something between the two sent it: its seeming sender goes on, or its IP header is not that host's. */
  isForged: boolean
  /** The target later answered as a host without the connection: closed by this RST, or before. */
  isConfirmed: boolean
  /** The target's later segment that shows it did not close; null when none does. */
  refutation: Observation | null
  /** Place in the target's order: behind what it sent before the RST can have reached it. */
  at: number
}

/** Judges the RST at `index`, sent in Y's name to X. */
export function judgeReset(view: View, index: number): ResetVerdict {
  const { segments, x } = view
  const reset = segments[index]!
  const after = x.own.filter((own) => own > index)
  const isCrossing = (own: number): boolean => segments[own]!.timeNs <= reset.timeNs + x.reactionNs
  const arrival = after.findLast((own) => isCrossing(own) && isLiving(segments[own]!)) ?? index
  const later = after.filter((own) => !isCrossing(own) && !isCopyOfEarlier(view, own))
  const goesOn = later.find((own) => isLiving(segments[own]!) || isRepeatedSyn(view, own))
  const refutation = segments[goesOn ?? -1] ?? null
  const isConfirmed = refutation === null && later.some((own) => isClosedReply(segments[own]!))
  const place = placeOf(view, index, arrival)
  const { targetAck } = contextOf(view, index, arrival)
  const isAcceptable = place === 'exact' || place === 'unknown' || (place === 'in-window' && isConfirmed)
  return {
    place,
    offset: targetAck === null ? null : distance(reset.seq, targetAck),
    isAccepted: isAcceptable && refutation === null,
    isForged: isForged(view, index, place, refutation),
    isConfirmed,
    refutation,
    at: arrival + 0.3,
  }
}

/** A host without the connection answers by a RST that carries no acknowledgment (RFC 9293 §3.5.2 group 1). */
function isClosedReply(segment: Observation): boolean {
  return segment.rst && !segment.hasAck
}

/** What a side sends only while it has the connection. */
function isLiving(segment: Observation): boolean {
  return isOrdinary(segment) || (segment.syn && segment.hasAck)
}

function isCopyOfEarlier({ segments, x }: View, own: number): boolean {
  return x.own.some((earlier) => earlier < own && isNetworkCopy(segments[earlier]!, segments[own]!))
}

/** A side that repeats its SYN still waits for the answer. */
function isRepeatedSyn({ segments, x }: View, own: number): boolean {
  return x.synCopies.includes(own) && own !== x.synCopies[0] && !segments[own]!.hasAck
}

/** Where the RST lies for X as it is when the RST arrives, behind X's segment at `arrival`. */
function placeOf(view: View, index: number, arrival: number): ResetPlace {
  const { segments, x } = view
  const reset = segments[index]!
  const before = x.own.filter((own) => own <= arrival)
  if (isInSynSent(view, before)) {
    const isAnswer = reset.hasAck && covers(reset.ack, (x.iss! + 1) | 0) && distance(reset.ack, x.iss!) < 1 << 16
    return isAnswer ? 'exact' : 'outside'
  }
  const { targetAck, targetEdge, senderNext } = contextOf(view, index, arrival)
  if (targetAck === null) return 'unknown'
  if (reset.seq === targetAck || reset.seq === senderNext) return 'exact'
  return within(reset.seq, targetAck, targetEdge) ? 'in-window' : 'outside'
}

/** X has sent a SYN and acknowledged nothing yet. */
function isInSynSent(view: View, before: readonly number[]): boolean {
  const { segments } = view
  return before.length > 0 && isActiveOpener(view) && before.every((own) => !segments[own]!.hasAck)
}

function isActiveOpener(view: View): boolean {
  const first = view.x.synCopies[0]
  return first !== undefined && !view.segments[first]!.hasAck
}

interface Context {
  targetAck: number | null
  targetEdge: number
  senderNext: number | null
}

/** What the target had acknowledged and the sender had sent when the RST arrived. */
function contextOf(view: View, index: number, arrival: number): Context {
  const { segments, x, y } = view
  const known = segments[index]!.context
  const hasAcked = x.own.some((own) => own <= arrival && isLiving(segments[own]!))
  if (known && arrival === index && hasAcked) return known
  let targetAck: number | null = null
  let targetEdge = 0
  let senderNext: number | null = null
  const scale = windowScale(view)
  for (const own of x.own) {
    const segment = segments[own]!
    if (own > arrival || !segment.hasAck || segment.rst) continue
    if (targetAck === null || covers(segment.ack, targetAck)) targetAck = segment.ack
    targetEdge = (segment.ack + segment.window * (segment.syn ? 1 : scale)) | 0
  }
  for (const own of y.own) {
    const segment = segments[own]!
    if (own < index && !segment.rst && (senderNext === null || covers(segment.end, senderNext)))
      senderNext = segment.end
  }
  return { targetAck, targetEdge, senderNext }
}

/** What one unit of X's window stands for: scaling is in force only when both SYNs offer it (RFC 7323 §2.2). */
function windowScale({ segments, x, y }: View): number {
  const [own, others] = [x, y].map((half) => segments[half.synCopies[0] ?? -1]?.synOptions?.windowScale ?? -1)
  return own! < 0 || others! < 0 ? 1 : 2 ** own!
}

/** Whether the RST was not sent by Y: Y goes on, its IP header is another host's, or it missed SND.NXT and X lives. */
function isForged(view: View, index: number, place: ResetPlace, refutation: Observation | null): boolean {
  const { segments, y } = view
  const reset = segments[index]!
  const sent = y.own.filter((own) => own < index)
  const reborn = y.own.find((own) => own > index && segments[own]!.syn) ?? Number.POSITIVE_INFINITY
  const goesOn = y.own.some((own) => {
    const segment = segments[own]!
    if (own < index || own > reborn || !isOrdinary(segment)) return false
    if (isOutdated(segment, reset) || sent.some((earlier) => isNetworkCopy(segments[earlier]!, segment))) return false
    return segment.timeNs > reset.timeNs + 1e6 || distance(segment.end, reset.seq) > 0
  })
  const next = contextOf(view, index, index).senderNext
  const isElsewhere = place !== 'exact' && place !== 'unknown' && reset.seq !== next
  const isMissed = refutation !== null && isElsewhere && !isReply(view, index) && !isOvertaken(view, reset, next)
  return goesOn || isMissed || foreignTraits(view, index).length > 0
}

/** `segment` acknowledges less than its sender had before the RST: it was sent before, too. */
function isOutdated(segment: Observation, { context }: Observation): boolean {
  return context !== null && context.senderAck !== 0 && distance(segment.ack, context.senderAck) < 0
}

/** A number that Y has passed, not long ago: it may answer a segment which came late. Who forges takes the newest, or any. */
function isOvertaken({ y }: View, { seq, hasAck }: Observation, next: number | null): boolean {
  if (hasAck || y.iss === null || next === null || y.finCopies.length === 0) return false
  const behind = distance(next, seq)
  return behind > 0 && behind < 1 << 20 && distance(seq, y.iss) > 0
}

/**
 * A RST that neither stands at SND.NXT, or a little beyond for segments that the tap missed, nor answers anything of
 * this connection: it is about another one.
 */
export function isStray(view: View, index: number): boolean {
  const { senderNext } = contextOf(view, index, index)
  if (senderNext === null || isReply(view, index)) return false
  const { seq, hasAck } = view.segments[index]!
  const ahead = distance(seq, senderNext)
  // An older number may be that of a segment which came late and is not in the log.
  if (ahead < 0 && !hasAck && view.y.iss !== null) return distance(seq, view.y.iss) <= 0
  return ahead < 0 || ahead > 1 << 20
}

/** A RST without ACK takes its number from the acknowledgment it answers: in the log, or the last before a FIN or RST. */
function isReply(view: View, index: number): boolean {
  const { segments, x, y } = view
  const reset = segments[index]!
  if (reset.hasAck) return false
  if (contextOf(view, index, index).targetAck === reset.seq) return true
  if (y.own.some((own) => own < index && segments[own]!.context?.targetAck === reset.seq)) return true
  return x.own.some((own) => own < index && segments[own]!.hasAck && segments[own]!.ack === reset.seq)
}

/**
 * Whether a RST of X only refuses a segment that acknowledged what X never sent: before it is synchronized, X stays as
 * it is then (RFC 9293 §3.10.7.3 first, §3.10.7.4 fifth; Figure 8 line 5, Figure 10 line 5).
 */
export function isRefusal(view: View, index: number): boolean {
  const { segments, x, y } = view
  const reset = segments[index]!
  const isOwnSyn = (own: number): boolean => segments[own]!.hasAck || !x.foreignSyns.includes(own)
  const syn = segments[x.own.findLast((own) => own < index && segments[own]!.syn && isOwnSyn(own)) ?? -1]
  if (reset.hasAck || x.iss === null) return false
  const end = ((syn?.seq ?? x.iss) + 1) | 0
  const synAt = syn ? x.own.find((own) => segments[own]!.syn && segments[own]!.seq === syn.seq)! : -1
  // Without an acknowledgment of its SYN, what looks like speech is a challenge ACK.
  const isAnswered = y.own.some((own) => own < index && acknowledges(segments[own]!, end))
  const hasSpoken = x.own.some((own) => own > synAt && own < index && isOrdinary(segments[own]!))
  if (hasSpoken && isAnswered) return false
  return y.own.some((own) => {
    const answer = segments[own]!
    return own < index && answer.hasAck && !answer.rst && answer.ack === reset.seq && !isAckOfSyn(view, answer, end)
  })
}

function isAckOfSyn({ segments, x }: View, answer: Observation, end: number): boolean {
  const syn = segments[x.synCopies[0] ?? -1]
  return answer.ack === end || (syn !== undefined && acknowledges(answer, end) && covers(syn.end, answer.ack))
}
