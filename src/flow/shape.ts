/**
 * What inference sees of an undisturbed connection, without its numbers. Two connections of one shape went through the
 * same states, so what was inferred of the first holds for the second (analysis/precedents.ts).
 *
 * A shape says of each segment what it is, how far it acknowledges and echoes what the other side sent, and of the
 * connection which deadlines had passed at its end. Undisturbed means opened by one SYN, every segment in order and sent
 * once, no RST. Then no rule of tcp/ and findings/ compares two times but for their order. A rule that looks at
 * anything else must find it in the words here; test/analysis/precedents.test.ts compares with inference.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import { LogEntry, type SegmentLog } from './segment-log.ts'

/** Segments of a shape; a connection with more that matter has none. */
const MAX_SEGMENTS = 24
/** Of one side; further away sequence numbers cannot be compared. */
const MAX_BYTES = 2 ** 30
/** The deadlines of findings: RFC 6298's first RTO, and what a close takes. */
const SOON_NS = 1e9

/** Bits of a segment's word, beside its TCP flags SYN, FIN and ACK. */
const FROM_B = 1 << 5
const HAS_DATA = 1 << 6
const IS_LATER = 1 << 7
const HAS_TIMESTAMPS = 1 << 8
/** Segments of A, of B, between the one before and this one that cannot matter. */
const AFTER_OTHERS = 1 << 9
/** How many segments of the other side it acknowledges, and whether up to the end of the last, or one less. */
const ACKED_SHIFT = 11
const ACKED_EXACTLY = 1 << 16
const ACKED_BUT_FIN = 1 << 17
/** How many of them have a timestamp that is not newer than the one it echoes. */
const ECHOED_SHIFT = 18

/** What time it is when a connection is over for the run. */
export interface Clock {
  endNs: number
  timeWaitNs: number
  /** The capture has ended, not just the connection. */
  isEnding: boolean
}

/** A connection as the ledger has it. */
export interface Outline {
  log: SegmentLog
  /** First entry of its log. */
  head: number
  /** Payload bytes of A and B. */
  bytes: [number, number]
  /** When A and B last sent something new. */
  lastDataNs: [number, number]
}

export class Shape {
  /** Number of the connection. */
  number = 0
  family = 0
  /** Four words of the client, four of the server; IPv4 uses the first. */
  readonly addresses: Int32Array = new Int32Array(8)
  readonly ports: [number, number] = [0, 0]
  /** What makes the shape: a word for the connection, and one for each segment. */
  readonly words: Int32Array = new Int32Array(1 + MAX_SEGMENTS)
  length = 0
  hash = 0
  /** Of the segments in `words`, from the second word on. */
  readonly times: Float64Array = new Float64Array(MAX_SEGMENTS)
  private readonly entry: LogEntry = new LogEntry()
  private readonly sides: [SideSoFar, SideSoFar] = [new SideSoFar(), new SideSoFar()]
  private segments = 0
  private firstFin = -1
  private skipped = 0

  /** Takes on the shape of a connection; false when it has none. The client is end A. */
  read({ log, head, bytes, lastDataNs }: Outline, clock: Clock): boolean {
    const { entry, sides } = this
    this.segments = 0
    this.firstFin = -1
    this.skipped = 0
    for (const side of sides) side.clear()
    let lastNs = Number.NEGATIVE_INFINITY
    for (let at = head; at !== 0; at = entry.next) {
      log.glance(at, entry)
      if (entry.isContext) continue
      if (entry.isOdd || entry.timeNs < lastNs || !this.take()) return false
      lastNs = entry.timeNs
    }
    if (this.segments === 0 || bytes[0] >= MAX_BYTES || bytes[1] >= MAX_BYTES) return false
    if (this.firstFin >= 0 && lastNs - this.times[this.firstFin]! >= clock.timeWaitNs) return false
    this.finish(clock, lastDataNs)
    return true
  }

  /** The segment in `entry`; false when it disturbs. */
  private take(): boolean {
    const { entry, sides } = this
    const { direction, flags, payloadLength } = entry
    const own = sides[direction]
    const peer = sides[1 - direction]!
    if (flags & FLAG_SYN ? !this.opens(own, peer) : !own.goesOn(entry)) return false
    const acked = peer.countUpTo(peer.ends, entry.ack)
    const echoed = entry.hasTimestamps && own.count > 0 ? peer.countUpTo(peer.values, entry.tsEcr) : 0
    if (own.count > 0 && (acked === 0 || entry.hasTimestamps !== (own.hasTimestamps && peer.hasTimestamps)))
      return false
    const isSpeech = payloadLength > 0 || (flags & FLAG_FIN) !== 0 || distance(entry.ack, peer.ends[0]!) > 0
    const isClean = acked === peer.count && (!entry.hasTimestamps || echoed === peer.count)
    const cannotMatter = own.hasSpoken && peer.hasSpoken && this.firstFin < 0 && (flags & FLAG_FIN) === 0 && isClean
    own.pass(entry, isSpeech && (flags & FLAG_SYN) === 0)
    if (cannotMatter) {
      this.skipped |= AFTER_OTHERS << direction
      return true
    }
    if (this.segments === MAX_SEGMENTS) return false
    if (flags & FLAG_FIN && this.firstFin < 0) this.firstFin = this.segments
    this.keep(acked, echoed)
    own.keep(entry)
    return true
  }

  /** Whether a SYN is the first of its side, and opens the connection or answers for that. */
  private opens(own: SideSoFar, peer: SideSoFar): boolean {
    const { flags, payloadLength, direction, ack } = this.entry
    if (own.count > 0 || payloadLength > 0 || flags & (FLAG_FIN | FLAG_RST)) return false
    if (direction === 0) return (flags & FLAG_ACK) === 0 && this.segments === 0
    return (flags & FLAG_ACK) !== 0 && peer.count === 1 && ack === peer.ends[0]
  }

  private keep(acked: number, echoed: number): void {
    const { entry, segments } = this
    const peer = this.sides[1 - entry.direction]!
    let word = (entry.flags & (FLAG_SYN | FLAG_FIN | FLAG_ACK)) | this.skipped
    if (entry.direction === 1) word |= FROM_B
    if (entry.payloadLength > 0) word |= HAS_DATA
    if (segments > 0 && entry.timeNs > this.times[segments - 1]!) word |= IS_LATER
    if (entry.hasTimestamps) word |= HAS_TIMESTAMPS | (echoed << ECHOED_SHIFT)
    if (entry.flags & FLAG_ACK) {
      word |= acked << ACKED_SHIFT
      if (acked > 0 && peer.ends[acked - 1] === entry.ack) word |= ACKED_EXACTLY
      if (peer.hasFin && peer.ends[peer.count - 1] === ((entry.ack + 1) | 0)) word |= ACKED_BUT_FIN
    }
    this.skipped = 0
    this.times[segments] = entry.timeNs
    this.words[1 + segments] = word
    this.segments++
  }

  /** The word for the connection: which of its segments are how old, and the hash over all. */
  private finish({ endNs, timeWaitNs, isEnding }: Clock, lastDataNs: readonly [number, number]): void {
    let old = 0
    let expired = 0
    for (let i = 0; i < this.segments; i++) {
      const timeNs = this.times[i]!
      if (endNs - timeNs >= SOON_NS) old++
      if (this.firstFin >= 0 && i >= this.firstFin && endNs >= timeNs + timeWaitNs) expired++
    }
    let word = this.segments | (old << 5) | (expired << 10) | (this.skipped << 9)
    if (isEnding) word |= 1 << 15
    if (endNs - lastDataNs[0] >= SOON_NS) word |= 1 << 16
    if (endNs - lastDataNs[1] >= SOON_NS) word |= 1 << 17
    this.words[0] = word
    this.length = 1 + this.segments
    let hash = 0
    for (let i = 0; i < this.length; i++) hash = Math.imul(hash ^ this.words[i]! ^ (hash >>> 15), 0x2c1b3c6d)
    this.hash = hash ^ (hash >>> 13)
  }
}

/** What one side has sent so far. */
class SideSoFar {
  /** Of its segments in the shape: sequence numbers after them, their timestamps. */
  readonly ends: Int32Array = new Int32Array(MAX_SEGMENTS)
  readonly values: Int32Array = new Int32Array(MAX_SEGMENTS)
  count = 0
  /** Sequence number that is due, and its timestamp of last. */
  next = 0
  latest = 0
  /** Its SYN offered timestamps (RFC 7323): they are in all segments when both did, else in none but the SYNs. */
  hasTimestamps = false
  /** Said what only a synchronized side says. */
  hasSpoken = false
  hasFin = false

  clear(): void {
    this.count = 0
    this.hasSpoken = false
    this.hasFin = false
  }

  /** Whether the segment continues what the side sent before it. */
  goesOn({ flags, seq, payloadLength, hasTimestamps, tsVal }: LogEntry): boolean {
    if (this.count === 0 || (flags & (FLAG_ACK | FLAG_RST)) !== FLAG_ACK || distance(seq, this.next) < 0) return false
    if (hasTimestamps && distance(tsVal, this.latest) < 0) return false
    return !this.hasFin || (payloadLength === 0 && (flags & FLAG_FIN) === 0)
  }

  pass({ end, tsVal, hasTimestamps, flags }: LogEntry, isSpeech: boolean): void {
    if (this.count === 0) this.hasTimestamps = hasTimestamps
    this.next = end
    this.latest = tsVal
    if (isSpeech) this.hasSpoken = true
    if (flags & FLAG_FIN) this.hasFin = true
  }

  keep({ end, tsVal }: LogEntry): void {
    this.ends[this.count] = end
    this.values[this.count] = tsVal
    this.count++
  }

  /** How many of its segments in the shape have a number up to `value`. */
  countUpTo(numbers: Int32Array, value: number): number {
    let count = this.count
    while (count > 0 && distance(value, numbers[count - 1]!) < 0) count--
    return count
  }
}
