/**
 * Retransmissions, out-of-order segments, keep-alives, zero windows, pauses: counted off the fast path, by the rules of
 * Wireshark's TCP analysis (User's Guide §7.5). Where finwait's numbers differ, and why: docs/agreement.md.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import type { Anomaly, RareEvents } from './rare.ts'
import { ACK, BYTES, EDGE, FIN, HAS_ACK, NEXT, NEXT_TIME, SCALE_SHIFT, SEEN } from './record.ts'
import type { Row } from './row.ts'
import type { Sighting } from './sighting.ts'

/** Old data that come sooner after new ones were reordered, not sent again; when no round trip is known. */
const REORDER_NS = 3e6
/** Data asked for by two repeated acknowledgments this long ago at most were sent again because of them. */
const FAST_NS = 20e6
const FAST_REPEATS = 2
/** A pause worth remembering: heartbeats are slower, conversations faster. */
export const IDLE_NS = 400e6
const PLAUSIBLE = 1 << 28
const CONTROL = FLAG_SYN | FLAG_FIN | FLAG_RST

/** Whether anything of this segment is to be counted: spares most connections the object. */
export function isAnomalous(row: Row, { segment, timeNs }: Sighting): boolean {
  if (segment.flags & FLAG_RST) return false
  if (timeNs - row.lastTimeNs > IDLE_NS || hasZeroWindow(segment) || unseenBytes(row, segment) > 0) return true
  if (!row.ownHas(SEEN)) return false
  return segment.seq !== row.page[row.own + NEXT] || repeatsAck(row, segment) || isWindowProbe(row, segment)
}

/** Counts what is to be counted; called before the record moves on. */
export function countAnomaly(rare: RareEvents, row: Row, { segment, timeNs, frame, end }: Sighting): void {
  const side = row.direction
  const isBeat = timeNs - row.lastTimeNs > IDLE_NS && (segment.flags & CONTROL) === 0
  if (isBeat) rare.heartbeat.beat(timeNs, bytesOf(row))
  markForZeek(rare, row, segment, timeNs, end)
  const unseen = unseenBytes(row, segment)
  if (unseen > 0) rare.missUnseen(side === 0 ? 1 : 0, unseen, segment.ack)
  if (isWindowProbe(row, segment)) {
    rare.probes[side] = segment.seq
    return
  }
  if (hasZeroWindow(segment)) rare.note('zero-window', side, frame)
  if (!row.ownHas(SEEN)) return
  noteHole(rare, row, segment, timeNs)
  if (repeatsAck(row, segment)) rare.repeatAck(side, segment.ack, timeNs)
  const anomaly = outOfSequence(rare, row, segment, timeNs, end)
  if (anomaly === 'retransmission' && segment.flags & FLAG_SYN) rare.noteSynAgain(frame)
  else if (anomaly) rare.note(anomaly, side, frame)
}

/** Letters of Zeek's history: old data, a closed window, an acknowledgment of what was not seen. */
function markForZeek(rare: RareEvents, row: Row, segment: Segment, timeNs: number, end: number): void {
  const side = row.direction
  const isOld = row.ownHas(SEEN) && distance(end, row.page[row.own + NEXT]!) <= 0
  if (unseenBytes(row, segment) > 0) rare.mark('g', side === 0 ? 1 : 0, timeNs)
  if (segment.window === 0 && (segment.flags & FLAG_SYN) === 0) rare.mark('w', side, timeNs)
  if (isOld && segment.payloadLength > 0) rare.mark('t', side, timeNs)
}

/** Where the end jumps over something, or fills what it jumped over before. */
function noteHole(rare: RareEvents, row: Row, { seq, flags, payloadLength }: Segment, timeNs: number): void {
  if (flags & FLAG_SYN) return
  const next = row.page[row.own + NEXT]!
  const ahead = distance(seq, next)
  const holes = rare.holes[row.direction]
  if (ahead > 0 && ahead < PLAUSIBLE) holes.open(next, seq, timeNs)
  else if (ahead < 0 && payloadLength > 0) holes.fill(seq, (seq + payloadLength) | 0)
}

/** Payload of both ends so far. */
function bytesOf({ doubles, own, peer }: Row): number {
  return doubles[(own + BYTES) >> 1]! + doubles[(peer + BYTES) >> 1]!
}

function hasZeroWindow({ flags, window }: Segment): boolean {
  return window === 0 && (flags & CONTROL) === 0
}

/** Bytes that the segment acknowledges although they are not in the capture. */
function unseenBytes(row: Row, { flags, ack }: Segment): number {
  // A SYN-ACK for more than the SYN is an answer to another one.
  if ((flags & (FLAG_ACK | FLAG_SYN)) !== FLAG_ACK || !row.peerHas(SEEN)) return 0
  const unseen = distance(ack, row.page[row.peer + NEXT]!)
  return unseen > 0 && unseen < PLAUSIBLE ? unseen : 0
}

/** Nothing but the acknowledgment and the window that its sender told last. */
function repeatsAck(row: Row, { flags, seq, ack, window, payloadLength }: Segment): boolean {
  if (payloadLength > 0 || (flags & (CONTROL | FLAG_ACK)) !== FLAG_ACK || !row.ownHas(HAS_ACK)) return false
  const { page, own, state, direction } = row
  if (seq !== page[own + NEXT] || ack !== page[own + ACK]) return false
  return page[own + EDGE] === ((ack + (window << ((state >>> (SCALE_SHIFT + 4 * direction)) & 15))) | 0)
}

/** One byte into a window that is closed, for the first time or again. */
function isWindowProbe(row: Row, { seq, payloadLength }: Segment): boolean {
  const { page, own, peer } = row
  const isClosed = row.peerHas(HAS_ACK) && page[peer + EDGE] === page[peer + ACK]
  const ahead = distance(seq, page[own + NEXT]!)
  return payloadLength === 1 && isClosed && (ahead === 0 || ahead === -1)
}

/** What a segment is that does not continue what its sender sent before; null when it is nothing to count. */
function outOfSequence(rare: RareEvents, row: Row, segment: Segment, timeNs: number, end: number): Anomaly | null {
  const { seq, flags, payloadLength } = segment
  const { page, own, peer } = row
  const ahead = distance(seq, page[own + NEXT]!)
  if (ahead === -1 && payloadLength <= 1 && (flags & CONTROL) === 0)
    return seq === rare.probes[row.direction] ? null : 'keep-alive'
  if (payloadLength === 0 && !mayRepeat(rare, row, flags, end)) return null
  const isAcked = row.peerHas(HAS_ACK) && distance(seq + payloadLength, page[peer + ACK]!) <= 0
  if (payloadLength > 0 && isAcked) return 'retransmission'
  // A segment that starts with the byte of a window probe adds new data.
  if (ahead >= 0 || (ahead === -1 && payloadLength > 1)) return null
  const receiver = row.direction === 0 ? 1 : 0
  if (rare.repeatsOf(receiver, seq, timeNs, FAST_NS) >= FAST_REPEATS) return 'retransmission'
  const sinceNs = timeNs - row.doubles[(own + NEXT_TIME) >> 1]!
  const isRecent = sinceNs >= 0 && sinceNs < (rare.roundTripNs || REORDER_NS)
  return isRecent && end !== page[own + NEXT] ? 'out-of-order' : 'retransmission'
}

/** Whether a segment without payload may have been sent before. */
function mayRepeat(rare: RareEvents, row: Row, flags: number, end: number): boolean {
  // The SYN-ACK of a simultaneous open comes after its sender's SYN and is the first of its kind.
  if (flags & FLAG_SYN) return (flags & FLAG_ACK) === 0 || row.ownHas(HAS_ACK)
  // A FIN that was acknowledged before it was seen was late.
  return (flags & FLAG_FIN) !== 0 && (row.ownHas(FIN) || rare.unseenEnds[row.direction] !== end)
}
