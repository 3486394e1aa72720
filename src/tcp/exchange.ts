/**
 * What the observations of one connection say of each side before anything is inferred: initial sequence numbers,
 * where the FIN is, what was sent twice, how quickly a side reacts. Facts of the wire only.
 */
import { isOrdinary, type Observation } from './observation.ts'
import { covers, distance } from './seq.ts'
import { CLIENT, SERVER, type Side } from './timeline.ts'
import { isPartlyUnseen } from './unseen.ts'

/** One side's half of the exchange. Indexes point into `Exchange.observations`. */
export interface Half {
  side: Side
  /** Everything it sent, in the order of the tap. */
  own: number[]
  /** Initial send sequence number: from its SYN, else from the acknowledgment of the peer's first answer; null when unknown. */
  iss: number | null
  synCopies: number[]
  /** Its SYN repeats one of the connection before on the same 4-tuple: an old duplicate, unless it leads somewhere. */
  isOldSyn: boolean
  /** SYNs with another sequence number: old duplicates, forged ones, or of a host that forgot the connection. */
  foreignSyns: number[]
  /** Sequence number after its FIN; null when it sent none. */
  finEnd: number | null
  finCopies: number[]
  /** The peer acknowledged bytes of it that are not in the capture: its FIN may be among them. */
  hasUnseen: boolean
  /** From the tap to this side and back, at least: how long its answer to a SYN took. 0 when unknown. */
  reactionNs: number
  /** Index of the last it was heard of; -1 when never. */
  last: number
  /**
   * Index of the first segment of the peer that it never answered although it was repeated, twice at least; Infinity
   * while it answers. What the peer sent from there on may not have reached it.
   */
  silentFrom: number
}

export interface Exchange {
  observations: readonly Observation[]
  /** Clock of the capture at its end, in nanoseconds. */
  endNs: number
  halves: readonly [Half, Half]
}

/** What the rules for one side look at: side X, and its peer Y. */
export interface View {
  segments: readonly Observation[]
  /** Clock of the capture at its end. */
  endNs: number
  x: Half
  y: Half
}

/** The exchange as `side` sees it. */
export function viewOf(exchange: Exchange, side: Side): View {
  return {
    segments: exchange.observations,
    endNs: exchange.endNs,
    x: exchange.halves[side],
    y: exchange.halves[peerOf(side)],
  }
}

/** The same exchange, seen from the peer. */
export function reversed({ segments, endNs, x, y }: View): View {
  return { segments, endNs, x: y, y: x }
}

/** The other side of `side`. */
export function peerOf(side: Side): Side {
  return side === CLIENT ? SERVER : CLIENT
}

/** What is known besides the observations. */
export interface Circumstances {
  /** Clock of the capture when it ended, or now (live), in nanoseconds. */
  endNs: number
  /** Sequence number of the SYN that client and server had sent on the same 4-tuple before; null where they had not. */
  oldSyns: readonly [number | null, number | null]
  /** Of client and server: the peer acknowledged bytes that are not in the capture. */
  hasUnseen: readonly [boolean, boolean]
  /** When client and server were last heard of: later than the last observation, as most segments are none. */
  lastSeenNs: readonly [number, number]
}

/** Collects the facts of both halves. */
export function readExchange(observations: readonly Observation[], circumstances: Circumstances): Exchange {
  const { endNs, oldSyns, hasUnseen, lastSeenNs } = circumstances
  const halves: [Half, Half] = [emptyHalf(CLIENT), emptyHalf(SERVER)]
  for (let index = 0; index < observations.length; index++) {
    const segment = observations[index]!
    if (segment.icmp || segment.isCorrupt) continue
    const half = halves[segment.side]
    half.own.push(index)
    half.last = index
    if (segment.syn) half.synCopies.push(index)
    if (segment.fin && !segment.rst) half.finCopies.push(index)
  }
  for (const half of halves) {
    const peer = halves[peerOf(half.side)]
    keepOneSyn(observations, half, peer)
    half.iss = initialSequence(observations, half, peer)
    half.isOldSyn = half.iss !== null && oldSyns[half.side] === half.iss
    keepOneFin(observations, half, peer)
  }
  for (const half of halves) {
    const peer = halves[peerOf(half.side)]
    if (half.own.length === 0) half.finEnd = finOfUnseen(observations, peer)
    half.hasUnseen = hasUnseen[half.side] || isPartlyUnseen(observations, half, peer)
    half.reactionNs = reactionTime(observations, half, peer)
    half.silentFrom = silentFrom(observations, half, peer, lastSeenNs[half.side])
  }
  return { observations, endNs, halves }
}

function emptyHalf(side: Side): Half {
  return {
    side,
    own: [],
    iss: null,
    synCopies: [],
    isOldSyn: false,
    foreignSyns: [],
    finEnd: null,
    finCopies: [],
    hasUnseen: false,
    reactionNs: 0,
    last: -1,
    silentFrom: Number.POSITIVE_INFINITY,
  }
}

/**
 * A side has one ISS; of SYNs that disagree, the last that the peer acknowledged is its own, else the first. A SYN whose
 * sender had gone on behind it before is an old copy, and opens nothing.
 */
function keepOneSyn(observations: readonly Observation[], half: Half, peer: Half): void {
  if (isLongOpen(observations, half, peer)) {
    half.foreignSyns = half.synCopies
    half.synCopies = []
  }
  const first = half.synCopies[0]
  if (first === undefined || half.synCopies.length === 1) return
  const isAcked = (index: number): boolean =>
    peer.own.some(
      (answer) =>
        answer > index &&
        !observations[answer]!.rst &&
        observations[answer]!.hasAck &&
        distance(observations[answer]!.ack, observations[index]!.seq) === 1,
    )
  const seq = observations[half.synCopies.findLast(isAcked) ?? first]!.seq
  half.foreignSyns = half.synCopies.filter((index) => observations[index]!.seq !== seq)
  half.synCopies = half.synCopies.filter((index) => observations[index]!.seq === seq)
}

/** Both sides were synchronized before the capture began: no SYN-ACK is in it, and the sender of the SYN goes on first. */
function isLongOpen(observations: readonly Observation[], half: Half, peer: Half): boolean {
  const first = half.own[0]
  const syn = half.synCopies[0]
  if (first === undefined || syn === undefined || !isOrdinary(observations[first]!)) return false
  return peer.synCopies.length === 0 && distance(observations[first]!.seq, observations[syn]!.seq) > 0
}

/** From its SYN, else from what the peer first acknowledges of it, else from the first segment after an unseen SYN. */
function initialSequence(observations: readonly Observation[], half: Half, peer: Half): number | null {
  const syn = half.synCopies[0]
  if (syn !== undefined) return observations[syn]!.seq
  const answer = peer.synCopies.find((index) => observations[index]!.hasAck)
  if (answer !== undefined) return (observations[answer]!.ack - 1) | 0
  if (peer.synCopies.length === 0) return null
  const first = half.own.find((index) => !observations[index]!.rst)
  if (first !== undefined) return (observations[first]!.seq - 1) | 0
  const acked = peer.own.find((index) => isOrdinary(observations[index]!) && observations[index]!.ack !== 0)
  return acked === undefined ? null : (observations[acked]!.ack - 1) | 0
}

/**
 * A stack sends one FIN; of several that disagree, the one that the peer acknowledged is it, else the first. One before
 * the ISS is of an older connection.
 */
function keepOneFin(observations: readonly Observation[], half: Half, peer: Half): void {
  const { iss } = half
  if (half.finCopies.length === 0) return
  if (iss !== null) half.finCopies = half.finCopies.filter((index) => distance(observations[index]!.end, iss) > 0)
  const ends = half.finCopies.map((index) => observations[index]!.end)
  if (ends.length === 0) return
  const acked = ends.findLast((end) => peer.own.some((index) => acknowledges(observations[index]!, end)))
  const finEnd = acked ?? ends[0]!
  half.finEnd = finEnd
  half.finCopies = half.finCopies.filter((index) => observations[index]!.end === finEnd)
}

/**
 * The FIN of a side that is not in the capture: its peer's acknowledgment moved by exactly one, and never again. One
 * byte of data would look the same, so what follows from it is assumed.
 */
function finOfUnseen(observations: readonly Observation[], peer: Half): number | null {
  const spoken = peer.own.map((index) => observations[index]!).filter(isOrdinary)
  const last = spoken[spoken.length - 1]
  const step = spoken.findIndex((segment) => segment.ack === last?.ack)
  if (!last || step < 1) return null
  return distance(last.ack, spoken[step - 1]!.ack) === 1 ? last.ack : null
}

/** Whether `segment` acknowledges everything before `end`, within a plausible distance (2^30) of it. */
export function acknowledges(segment: Observation, end: number): boolean {
  return segment.hasAck && covers(segment.ack, end) && distance(segment.ack, end) < 1 << 30
}

/** A SYN is answered by the kernel at once, so its answer measures the way from the tap to the host and back. */
function reactionTime(observations: readonly Observation[], half: Half, peer: Half): number {
  if (peer.iss === null) return 0
  const end = (peer.iss + 1) | 0
  const answer = half.own.find((index) => !observations[index]!.rst && acknowledges(observations[index]!, end))
  if (answer === undefined) return 0
  // Where SYNs cross, the SYN-ACK answers the SYN, not the other side's SYN-ACK.
  const isAsked = (index: number): boolean => !(observations[answer]!.syn && observations[index]!.hasAck)
  const sent = transmissions(observations, peer.synCopies.filter(isAsked))
  const asked = sent.findLast((index) => index < answer)
  if (asked === undefined) return 0
  return Math.max(0, observations[answer]!.timeNs - observations[asked]!.timeNs)
}

/** Where the side fell silent: the first segment that the peer repeated in vain after it was last heard of. */
function silentFrom(observations: readonly Observation[], half: Half, peer: Half, lastSeenNs: number): number {
  const beforeLast = peer.own[peer.own.length - 2] ?? -1
  if (beforeLast <= half.last) return Number.POSITIVE_INFINITY
  const repeated: number[] = []
  const firstOf = new Map<number, number>()
  let highest = peer.own.length > 0 ? observations[peer.own[0]!]!.seq : 0
  for (const index of peer.own) {
    const segment = observations[index]!
    const isDue = index > half.last && segment.timeNs > lastSeenNs && !segment.rst
    if (isDue && (isSentAgain(observations, peer, index, firstOf) || isProbe(segment, highest))) repeated.push(index)
    if (!firstOf.has(segment.end)) firstOf.set(segment.end, index)
    if (covers(segment.end, highest)) highest = segment.end
  }
  const first = repeated[0]
  if (first === undefined || repeated.length < 2) return Number.POSITIVE_INFINITY
  return Math.max(half.last + 1, firstOf.get(observations[first]!.end) ?? first)
}

/** What the peer sent before, and not what the network brought twice; the SYN-ACK after a SYN that crossed is new. */
function isSentAgain(
  observations: readonly Observation[],
  peer: Half,
  index: number,
  firstOf: ReadonlyMap<number, number>,
): boolean {
  const segment = observations[index]!
  const first = observations[firstOf.get(segment.end) ?? -1]
  if (!first || segment.end === segment.seq || first.hasAck !== segment.hasAck) return false
  return !peer.own.some((earlier) => earlier < index && isNetworkCopy(observations[earlier]!, segment))
}

/** A keep-alive probe repeats the sequence number before SND.NXT, with one byte or none (RFC 9293 §3.8.4). */
function isProbe(segment: Observation, senderNext: number): boolean {
  return !segment.syn && !segment.fin && segment.payloadLength <= 1 && segment.seq === ((senderNext - 1) | 0)
}

/** What tells a segment that was sent again from one that the network brought twice. */
type Repeatable = Pick<Observation, 'seq' | 'end' | 'ack' | 'syn' | 'fin' | 'rst' | 'ipId' | 'timestamps' | 'timeNs'>

/**
 * Whether `later` is the very segment `earlier` delivered twice by the network, not sent twice: a retransmission has
 * an IP identification and a timestamp of its own. Without either, only time tells: no RTO is below 50 ms.
 */
export function isNetworkCopy(earlier: Repeatable, later: Repeatable): boolean {
  if (earlier.seq !== later.seq || earlier.end !== later.end || earlier.ack !== later.ack) return false
  if (earlier.syn !== later.syn || earlier.fin !== later.fin || earlier.rst !== later.rst) return false
  if (earlier.ipId > 0 && later.ipId > 0) return earlier.ipId === later.ipId
  if (earlier.timestamps && later.timestamps) return earlier.timestamps.value === later.timestamps.value
  return later.timeNs - earlier.timeNs < 50e6
}

/** Copies that the side really sent again: the first, and later ones that the network did not duplicate. */
export function transmissions(observations: readonly Observation[], copies: readonly number[]): readonly number[] {
  if (copies.length < 2) return copies
  return copies.filter(
    (index, position) =>
      !copies.slice(0, position).some((earlier) => isNetworkCopy(observations[earlier]!, observations[index]!)),
  )
}
