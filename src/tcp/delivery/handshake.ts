/**
 * SYN, SYN-ACK and the ACK of it, as they reached one side X from its peer Y.
 */
import { acknowledges, type Half, transmissions, type View } from '../exchange.ts'
import { isOrdinary, type Observation } from '../observation.ts'
import { distance } from '../seq.ts'
import { afterCrossing, contradicted, isAfterSilence, isTooNew, pickCopy } from './evidence.ts'
import { type Input, observed } from './input.ts'

/**
 * An active OPEN: a SYN of its own, or a SYN-ACK of the peer that could only answer one. An old duplicate SYN was not
 * sent now; only a sender that goes on with it shows that it was.
 */
export function sentSyn(view: View): Input[] {
  const { segments, x, y } = view
  const first = x.synCopies[0]
  if (first !== undefined) {
    const isNotSent = segments[first]!.hasAck || (x.isOldSyn && !x.own.some((index) => isOrdinary(segments[index]!)))
    if (isNotSent) return []
    // An old one that leads somewhere was repeated: when it was first sent is not known.
    const sent = observed(first, 'snd SYN', segments[first]!)
    if (x.isOldSyn) sent.evidence = 'assumed'
    return [sent]
  }
  const answer = y.synCopies.find((index) => segments[index]!.hasAck)
  if (answer === undefined || repliesToSynAckByReset(view, answer)) return []
  const goesOn = x.own.find(
    (index) => isOrdinary(segments[index]!) && acknowledges(segments[index]!, segments[answer]!.end),
  )
  if (x.isOldSyn && goesOn === undefined) return []
  const evidence = x.isOldSyn || goesOn === undefined ? 'assumed' : 'proved'
  return [{ at: answer - 0.5, event: 'snd SYN', evidence, cause: null, proof: segments[goesOn ?? answer]! }]
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
  const from = x.synCopies[0] ?? -1
  const proofAt = x.own.find((at) => at >= from && !segments[at]!.rst && acknowledges(segments[at]!, end))
  if (proofAt === undefined) return impliedByPeer(view)
  const possible = segments[proofAt]!.syn ? y.synCopies.filter((index) => !segments[index]!.hasAck) : y.synCopies
  const cause = pickCopy(view, possible, proofAt)
  const isAnswer = cause === null ? !segments[proofAt]!.syn && !hasSynAck(view, x) : segments[cause]!.hasAck
  return [
    {
      at: proofAt - 0.5,
      event: isAnswer ? 'rcv SYN,ACK' : 'rcv SYN',
      evidence: isMixed(view, possible) ? 'assumed' : 'proved',
      cause: cause === null ? null : segments[cause]!,
      proof: segments[proofAt]!,
    },
  ]
}

/** SYNs with and without ACK: which of them arrived decides between SYN-RECEIVED and ESTABLISHED. */
function isMixed({ segments }: View, copies: readonly number[]): boolean {
  const answers = copies.filter((index) => segments[index]!.hasAck).length
  return answers > 0 && answers < copies.length
}

/**
 * SYN-ACKs with another sequence number than the one that counted: X answered the SYN before, and dropped that answer
 * (it was reset, or restarted).
 */
export function earlierAnswers(view: View): Input[] {
  const { segments, x, y } = view
  if (y.iss === null || x.foreignSyns.length === 0) return []
  const end = (y.iss + 1) | 0
  const answers = x.foreignSyns.filter((index) => acknowledges(segments[index]!, end))
  const isFirst = (index: number): boolean =>
    answers.find((other) => segments[other]!.seq === segments[index]!.seq) === index
  return answers.filter(isFirst).map((index) => {
    const cause = y.synCopies.findLast((syn) => syn < index)
    const syn = cause === undefined ? null : segments[cause]!
    return { at: index - 0.5, event: 'rcv SYN', evidence: 'proved', cause: syn, proof: segments[index]! }
  })
}

function hasSynAck(view: View, half: Half): boolean {
  return half.synCopies.some((index) => view.segments[index]!.hasAck)
}

/** X itself is not in the capture, but Y goes on as a TCP does that X has answered. */
function impliedByPeer(view: View): Input[] {
  const { segments, x, y } = view
  const synAt = y.synCopies[0]
  if (x.own.length > 0 || synAt === undefined) return []
  const proofAt = y.own.find((index) => index > synAt && isOrdinary(segments[index]!) && segments[index]!.ack !== 0)
  if (proofAt === undefined) return []
  const event = segments[synAt]!.hasAck ? 'rcv SYN,ACK' : 'rcv SYN'
  return [{ at: proofAt - 0.5, event, evidence: 'assumed', cause: segments[synAt]!, proof: segments[proofAt]! }]
}

/**
 * An ACK of X's SYN cannot be acknowledged itself: it counts as received at once, unless X repeats its SYN-ACK or
 * refuses by a RST, and it is proved when X then speaks as only a synchronized side does.
 */
export function receivedAckOfSyn(view: View, syn: Input | undefined): Input[] {
  const { segments, x, y } = view
  if (x.iss === null || !mayBeInSynReceived(view)) return []
  const end = (x.iss + 1) | 0
  const from = x.synCopies[0] ?? -1
  const candidates = y.own.filter((index) => {
    const segment = segments[index]!
    const isAck = index >= from && !segment.rst && acknowledges(segment, end)
    return isAck && !isAfterSilence(view, index) && !isRefused(view, segment, index)
  })
  const chosen = chooseAck(view, candidates)
  if (chosen === undefined) return ackOfUnseen(view)
  const segment = segments[chosen]!
  const at = Math.max(afterCrossing(view, chosen), (syn?.at ?? 0) + 0.1)
  const proofAt = x.own.find(
    (own) => own > at && isOrdinary(segments[own]!) && provesAck(view, segment, segments[own]!),
  )
  const proof = proofAt === undefined ? null : segments[proofAt]!
  return [{ at, event: 'rcv ACK of SYN', evidence: proof ? 'proved' : 'assumed', cause: segment, proof }]
}

/** The first ACK that X does not contradict; when X then spoke although it contradicted all before, the last of these. */
function chooseAck(view: View, candidates: readonly number[]): number | undefined {
  const { segments, x } = view
  const repeats = transmissions(segments, x.synCopies)
  const isFitting = (index: number): boolean => !contradicted(view, segments[index]!, repeats)
  const spokeAt = x.own.find((index) => isSpeech(view, segments[index]!))
  if (spokeAt === undefined || isFastOpen(view)) return candidates.find(isFitting)
  const carrier = candidates.find((index) => index < spokeAt && isTakenBy(segments[index]!, segments[spokeAt]!))
  const early = candidates.filter((index) => index < spokeAt && index <= (carrier ?? index))
  return early.find(isFitting) ?? early[early.length - 1]
}

/** `answer` acknowledges data or a FIN of `segment`: that segment arrived, and its ACK with it. */
function isTakenBy(segment: Observation, answer: Observation): boolean {
  return segment.end !== segment.seq && acknowledges(answer, segment.end)
}

/** With TCP Fast Open a server speaks before it has the ACK (RFC 7413 §4.2). */
function isFastOpen({ segments, y }: View): boolean {
  return (segments[y.synCopies[0] ?? -1]?.payloadLength ?? 0) > 0
}

/** Only a synchronized side sends data or acknowledges them; a bare ACK of the SYN may be a challenge ACK. */
function isSpeech({ x, y }: View, segment: Observation): boolean {
  const isOfBefore = x.iss !== null && distance(segment.seq, x.iss) < 0
  if (!isOrdinary(segment) || isOfBefore) return false
  return segment.payloadLength > 0 || segment.fin || (y.iss !== null && distance(segment.ack, y.iss) > 1)
}

/** Whether X's segment shows that it had received `ack`. */
function provesAck(view: View, ack: Observation, own: Observation): boolean {
  if (isTooNew(ack, own) || !isSpeech(view, own)) return false
  const syn = view.segments[view.y.synCopies[0] ?? -1]
  return !syn || !isFastOpen(view) || distance(own.ack, syn.end) > 0 || isEcho(ack, own)
}

function isEcho(segment: Observation, answer: Observation): boolean {
  if (!segment.timestamps || !answer.timestamps) return false
  return distance(answer.timestamps.echo, segment.timestamps.value) >= 0
}

/** Y's ACK is not in the capture, but X speaks as only a synchronized side does. */
function ackOfUnseen(view: View): Input[] {
  const proofAt = view.x.own.find((index) => isSpeech(view, view.segments[index]!))
  if (proofAt === undefined || isFastOpen(view)) return []
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
