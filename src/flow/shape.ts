/**
 * What inference sees of an undisturbed connection, without its numbers. Two connections of one shape went through the
 * same states, so what was inferred of the first holds for the second (analysis/precedents.ts).
 *
 * Undisturbed means: opened by one SYN, no data after a FIN, and all in order but for what both sides say between their
 * first data and the first FIN, which cannot matter to a state, and for one segment of each side before, the SYN or data,
 * that it sends again; no RST but one that is plainly its sender's, instead of a FIN, and nothing after it. Then rules ask
 * of a segment only what its step says, and of times only their order and which deadlines are over. Steps make a tree, and
 * the record of a live connection holds where in it the connection is: one look-up a segment.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { isNetworkCopy } from '../tcp/exchange.ts'
import { distance } from '../tcp/seq.ts'
import { ACK, BYTES, HAS_ACK, LOG_HEAD, LOG_TAIL, NEXT, SHAPE } from './record.ts'
import type { Row } from './row.ts'
import type { SegmentLog } from './segment-log.ts'
import type { Sighting } from './sighting.ts'

/** The shape of a connection that was disturbed, and of one that has no segment yet. */
export const NO_SHAPE = -1
const ROOT = 0
/** Shapes told apart, beginnings of others included; connections of more shapes than that have none. 32 MB at most. */
const MAX_SHAPES = 1 << 16

/** A step in 7 bits: who, FIN, data, whether later than the segment before, how far it acknowledges, RST. */
const STEPS = 128
const FROM_B = 1
const HAS_FIN = 2
const HAS_DATA = 4
const IS_LATER = 8
/** Everything that was seen of the other side; no more than its sender before; something between. */
const ACKS_ALL = 0
const ACKS_SAME = 16
const ACKS_PART = 32
/** No segment that is told apart: a SYN, which comes first and second; with `HAS_FIN` one that cannot matter. */
const OTHER = 48
const CANNOT_MATTER = OTHER | HAS_FIN
/** With `OTHER`, the RST acknowledges nothing. */
const HAS_RST = 64
/** The first SYN again; with `IS_LATER` it was sent again, else the network brought it twice. */
const SYN_AGAIN = OTHER | HAS_DATA
/** Data sent again; a RST has none. */
const AGAIN = HAS_RST | HAS_DATA

const SYN_FLAGS = FLAG_SYN | FLAG_ACK | FLAG_FIN | FLAG_RST

/** What led to a shape: bits in pairs, A then B. */
const HAS_SYN = 1
/** Said what only a synchronized side says: data, a FIN, an acknowledgment of these. */
const HAS_SPOKEN = 4
const HAS_SENT = 16
const HAS_CLOSED = 64
/** Acknowledged the FIN of the other side. */
const HAS_TAKEN_FIN = 256
/** Said something that cannot matter. */
const HAS_CHATTED = 1024
/** Of both. */
const EITHER_CLOSED = HAS_CLOSED | (HAS_CLOSED << 1)
const ONLY_SYNS = HAS_SYN | (HAS_SYN << 1)
/** One of them sent a RST: nothing may follow. */
const IS_RESET = 4096
/** Sent data or its SYN again. Who does so twice may be left alone by the other side, and a RST then has other reasons. */
const HAS_REPEATED = 8192
const EITHER_REPEATED = HAS_REPEATED | (HAS_REPEATED << 1)

export class Shapes {
  private children: Int32Array = new Int32Array(STEPS * 64)
  private facts: Int32Array = new Int32Array(64)
  private count = 1
  private readonly log: SegmentLog

  constructor(log: SegmentLog) {
    this.log = log
  }

  /** The shape that the row's connection has with one more segment. To be asked before the record moves on. */
  next(row: Row, seen: Sighting): number {
    const shape = row.page[row.base + SHAPE]!
    if (shape === NO_SHAPE) return NO_SHAPE
    const facts = this.facts[shape]!
    const step = this.stepOf(row, seen, facts)
    if (step < 0) return NO_SHAPE
    // What cannot matter does not matter twice.
    if (step >>> 1 === CANNOT_MATTER >>> 1 && facts & (HAS_CHATTED << row.direction)) return shape
    return this.children[shape * STEPS + step]! || this.grow(shape, step)
  }

  private stepOf(row: Row, seen: Sighting, facts: number): number {
    const { flags } = seen.segment
    if (facts & IS_RESET) return -1
    if (flags & FLAG_SYN) return facts === HAS_SYN ? this.secondSynStep(row, seen) : synStep(row, seen, facts)
    return flags & FLAG_RST ? this.resetStep(row, seen, facts) : this.plainStep(row, seen, facts)
  }

  /** That of a connection of which one plain SYN was seen. */
  get ofSyn(): number {
    return this.children[ROOT * STEPS + OTHER] || this.grow(ROOT, OTHER)
  }

  /** The SYN again, or its answer. */
  private secondSynStep(row: Row, seen: Sighting): number {
    const { segment, options, timeNs } = seen
    if (row.direction === 1) return synStep(row, seen, HAS_SYN)
    const first = this.log.last(row.page[row.base + LOG_TAIL]!)
    const isBare = segment.payloadLength === 0 && options.fastOpenCookieLength < 0 && segment.ack === 0
    const isSame = (segment.flags & SYN_FLAGS) === FLAG_SYN && seen.end === row.page[row.own + NEXT]
    if (!first || !isBare || !isSame || timeNs <= row.lastTimeNs) return -1
    const timestamps = options.hasTimestamps ? { value: options.tsVal, echo: options.tsEcr } : null
    const { seq, end, ack, syn, fin, rst } = first
    const again = { seq, end, ack, syn, fin, rst, ipId: segment.ipId, timestamps, timeNs }
    return isNetworkCopy(first, again) ? SYN_AGAIN : SYN_AGAIN | IS_LATER
  }

  private plainStep(row: Row, seen: Sighting, facts: number): number {
    const { flags, payloadLength, ack } = seen.segment
    const { direction } = row
    const own = facts >>> direction
    const peer = facts >>> (1 - direction)
    if ((flags & FLAG_ACK) === 0 || (own & peer & HAS_SYN) === 0) return -1
    const fin = flags & FLAG_FIN ? HAS_FIN : 0
    const data = payloadLength > 0 ? HAS_DATA : 0
    const isOpen = (own & peer & HAS_SPOKEN) !== 0 && ((own | peer) & HAS_CLOSED) === 0
    if (isOpen && fin === 0) return CANNOT_MATTER | direction
    const acked = ackedBy(row, ack)
    if (acked < 0 || seen.timeNs < row.lastTimeNs) return -1
    const later = seen.timeNs > row.lastTimeNs ? IS_LATER : 0
    if (seen.segment.seq !== row.page[row.own + NEXT]) {
      const mayRepeat = fin === 0 && (own & HAS_REPEATED) === 0 && ((own | peer) & HAS_CLOSED) === 0
      return mayRepeat && isSentAgain(row, seen) ? AGAIN | direction | later | acked : -1
    }
    if (own & HAS_TAKEN_FIN && fin === 0) return -1
    if (own & HAS_CLOSED ? fin | data : peer & HAS_CLOSED && data) return -1
    if ((own & HAS_SPOKEN) === 0 && (acked === ACKS_PART || !this.knowsLatest(row, seen))) return -1
    return direction | fin | data | later | acked
  }

  /** Instead of a SYN-ACK, instead of an answer to it, or while nobody has closed; at the number that is due. */
  private resetStep(row: Row, seen: Sighting, facts: number): number {
    const { flags, payloadLength, seq, ack } = seen.segment
    const { page, base, own, direction } = row
    const hasAck = (flags & FLAG_ACK) !== 0
    if (payloadLength > 0 || flags & FLAG_FIN || seen.timeNs < row.lastTimeNs) return -1
    if (facts & (EITHER_CLOSED | EITHER_REPEATED)) return -1
    const acked = hasAck ? ackedBy(row, ack) : OTHER
    const step = HAS_RST | direction | (seen.timeNs > row.lastTimeNs ? IS_LATER : 0) | acked
    if (facts === HAS_SYN) return direction === 1 && acked === ACKS_ALL ? step : -1
    if (acked < 0 || seq !== page[own + NEXT] || (facts & ONLY_SYNS) !== ONLY_SYNS) return -1
    if (!hasAck && facts !== ONLY_SYNS) return -1
    return this.log.isLikeOthers(page[base + LOG_HEAD]!, direction, seen.segment) ? step : -1
  }

  /** The timestamp that it echoes is not older than the last of the other side in the log. */
  private knowsLatest(row: Row, { options }: Sighting): boolean {
    if (!options.hasTimestamps) return true
    const { page, base, direction } = row
    const latest = this.log.timestampOf(page[base + LOG_HEAD]!, page[base + LOG_TAIL]!, 1 - direction)
    return latest === null || distance(options.tsEcr, latest) >= 0
  }

  private grow(shape: number, step: number): number {
    if (this.count === MAX_SHAPES) return NO_SHAPE
    if (this.count === this.facts.length) {
      this.children = doubled(this.children)
      this.facts = doubled(this.facts)
    }
    const grown = this.count++
    this.children[shape * STEPS + step] = grown
    this.facts[grown] = factsAfter(this.facts[shape]!, step)
    return grown
  }
}

/** The first SYN opens, the second answers; any other disturbs. */
function synStep(row: Row, { segment, options }: Sighting, facts: number): number {
  const { flags, payloadLength, ack } = segment
  if (payloadLength > 0 || flags & (FLAG_FIN | FLAG_RST) || options.fastOpenCookieLength >= 0) return -1
  const isFirst = facts === ROOT && row.direction === 0 && (flags & FLAG_ACK) === 0
  const isAnswer = (facts & ~EITHER_REPEATED) === HAS_SYN && row.direction === 1 && (flags & FLAG_ACK) !== 0
  if (isFirst) return OTHER
  return isAnswer && ack === row.page[row.peer + NEXT] ? OTHER | FROM_B : -1
}

/** Nothing but data that its sender has sent before. */
function isSentAgain({ page, doubles, own }: Row, { segment }: Sighting): boolean {
  const behind = distance(page[own + NEXT]!, segment.seq)
  return segment.payloadLength > 0 && segment.payloadLength <= behind && behind <= doubles[(own + BYTES) >> 1]!
}

/** -1: less than before, or more than was seen. */
function ackedBy(row: Row, ack: number): number {
  const { page, own, peer } = row
  const unacked = distance(page[peer + NEXT]!, ack)
  if (unacked === 0) return ACKS_ALL
  if (unacked < 0 || !row.ownHas(HAS_ACK)) return -1
  const news = distance(ack, page[own + ACK]!)
  if (news === 0) return ACKS_SAME
  return news > 0 ? ACKS_PART : -1
}

function factsAfter(facts: number, step: number): number {
  const direction = step & FROM_B
  if ((step & AGAIN) === AGAIN || (step & ~IS_LATER) === SYN_AGAIN) return facts | (HAS_REPEATED << direction)
  if (step & HAS_RST) return facts | IS_RESET
  const others = 1 - direction
  if (step >>> 1 === CANNOT_MATTER >>> 1) return facts | (HAS_CHATTED << direction)
  if ((step & OTHER) === OTHER) return facts | (HAS_SYN << direction)
  const acksNews = (step & OTHER) === ACKS_ALL && (facts & ((HAS_SENT | HAS_CLOSED) << others)) !== 0
  let after = facts
  if (step & (HAS_FIN | HAS_DATA) || acksNews) after |= HAS_SPOKEN << direction
  if (step & HAS_DATA) after |= HAS_SENT << direction
  if (step & HAS_FIN) after |= HAS_CLOSED << direction
  if ((step & OTHER) === ACKS_ALL && facts & (HAS_CLOSED << others)) after |= HAS_TAKEN_FIN << direction
  return after
}

function doubled(words: Int32Array): Int32Array {
  const wider = new Int32Array(words.length * 2)
  wider.set(words)
  return wider
}
