/**
 * Retransmissions, out-of-order segments, keep-alives, zero windows, pauses: counted off the fast path, by the rules of
 * Wireshark's TCP analysis (User's Guide §7.5). Where finwait's numbers differ, and why: docs/agreement.md.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import type { Asides } from './asides.ts'
import { PLAUSIBLE } from './progress.ts'
import type { Anomaly, RareEvents } from './rare.ts'
import { ACK, EDGE, FIN, HAS_ACK, LOG_HEAD, NEXT, NEXT_TIME, SCALE_SHIFT, SEEN } from './record.ts'
import type { Row } from './row.ts'
import type { SegmentLog } from './segment-log.ts'
import type { Sighting } from './sighting.ts'

/** Old data that come sooner after new ones were reordered, not sent again; when no round trip is known. */
const REORDER_NS = 3e6
/** Data asked for by two repeated acknowledgments this long ago at most were sent again because of them. */
const FAST_NS = 20e6
const FAST_REPEATS = 2
/** A pause worth remembering: heartbeats are slower, conversations faster. */
export const IDLE_NS = 400e6
const CONTROL = FLAG_SYN | FLAG_FIN | FLAG_RST

/** Whether the segment ends a pause, and not the connection or its opening. */
export function isBeat(row: Row, { segment, timeNs }: Sighting): boolean {
  return timeNs - row.lastTimeNs > IDLE_NS && (segment.flags & CONTROL) === 0
}

/** Whether anything of this segment may be to be counted: spares most segments the rest. */
export function isAnomalous(row: Row, { segment }: Sighting): boolean {
  if (segment.flags & FLAG_RST) return false
  if (closesWindow(segment) || unseenBytes(row, segment) > 0 || isWindowProbe(row, segment)) return true
  return row.ownHas(SEEN) && (segment.seq !== row.page[row.own + NEXT] || repeatsAck(row, segment))
}

/** Counts what is to be counted; called before the record moves on. */
export function countAnomaly(asides: Asides, log: SegmentLog, row: Row, seen: Sighting): void {
  const { segment, timeNs, frame } = seen
  const side = row.direction
  const receiver = side === 0 ? 1 : 0
  const isOld = row.ownHas(SEEN) && distance(seen.end, row.page[row.own + NEXT]!) <= 0
  const unseen = unseenBytes(row, segment)
  if (unseen > 0) asides.needEvents(row).missUnseen(receiver, unseen, segment.ack)
  // Letters of Zeek's history: an acknowledgment of what was not seen, a window closed to who still sends, old data.
  if (unseen > 0) asides.needEvents(row).mark('g', receiver, timeNs)
  if (closesWindow(segment) && !row.peerHas(FIN)) asides.needEvents(row).mark('w', side, timeNs)
  if (isOld && segment.payloadLength > 0) asides.needEvents(row).mark('t', side, timeNs)
  if (isWindowProbe(row, segment)) {
    asides.needEvents(row).probe(side, segment.seq)
    return
  }
  if (closesWindow(segment) && (segment.flags & CONTROL) === 0) asides.needEvents(row).note('zero-window', side, frame)
  if (!row.ownHas(SEEN)) return
  noteHole(asides, row, segment, timeNs)
  if (repeatsAck(row, segment)) asides.needEvents(row).repeatAck(side, segment.ack, timeNs)
  const anomaly = outOfSequence(asides.eventsOf(row), log, row, seen)
  if (anomaly === 'retransmission' && segment.flags & FLAG_SYN) asides.noteSynAgain(frame)
  else if (anomaly) asides.needEvents(row).note(anomaly, side, frame)
}

/** Where the end jumps over something, or fills what it jumped over before. */
function noteHole(asides: Asides, row: Row, { seq, flags, payloadLength }: Segment, timeNs: number): void {
  if (flags & FLAG_SYN) return
  const next = row.page[row.own + NEXT]!
  const ahead = distance(seq, next)
  if (ahead > 0 && ahead < PLAUSIBLE) asides.needEvents(row).openHole(row.direction, next, seq, timeNs)
  else if (ahead < 0 && payloadLength > 0)
    asides.eventsOf(row)?.fillHoles(row.direction, seq, (seq + payloadLength) | 0)
}

/** The window of a SYN is closed before it is opened. */
function closesWindow({ flags, window }: Segment): boolean {
  return window === 0 && (flags & FLAG_SYN) === 0
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
function outOfSequence(
  events: RareEvents | null,
  log: SegmentLog,
  row: Row,
  { segment, timeNs, end }: Sighting,
): Anomaly | null {
  const { seq, flags, payloadLength } = segment
  const { page, own, peer, direction } = row
  const ahead = distance(seq, page[own + NEXT]!)
  if (ahead === -1 && payloadLength <= 1 && (flags & CONTROL) === 0)
    return events?.isProbed(direction, seq) ? null : 'keep-alive'
  if (payloadLength === 0 && !mayRepeat(events, row, flags, end)) return null
  const isAcked = row.peerHas(HAS_ACK) && distance(seq + payloadLength, page[peer + ACK]!) <= 0
  if (payloadLength > 0 && isAcked) return 'retransmission'
  // A segment that starts with the byte of a window probe adds new data.
  if (ahead >= 0 || (ahead === -1 && payloadLength > 1)) return null
  if (events && events.repeatsOf(direction === 0 ? 1 : 0, seq, timeNs, FAST_NS) >= FAST_REPEATS) return 'retransmission'
  const sinceNs = timeNs - row.doubles[(own + NEXT_TIME) >> 1]!
  const isRecent = sinceNs >= 0 && sinceNs < (log.roundTripNs(page[row.base + LOG_HEAD]!) || REORDER_NS)
  return isRecent && end !== page[own + NEXT] ? 'out-of-order' : 'retransmission'
}

/** Whether a segment without payload may have been sent before. */
function mayRepeat(events: RareEvents | null, row: Row, flags: number, end: number): boolean {
  // The SYN-ACK of a simultaneous open comes after its sender's SYN and is the first of its kind.
  if (flags & FLAG_SYN) return (flags & FLAG_ACK) === 0 || row.ownHas(HAS_ACK)
  // A FIN that was acknowledged before it was seen was late.
  return (flags & FLAG_FIN) !== 0 && (row.ownHas(FIN) || !events?.isUnseenUpTo(row.direction, end))
}
