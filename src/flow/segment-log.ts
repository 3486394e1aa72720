/**
 * The segments that may matter to a state, of all live connections: linked entries of 12 int32 words (48 bytes) in
 * pages. Read once, when a connection is reported in full.
 *
 * A connection takes entries four at a time: of single ones, each that had been given back cost a wait for memory, to
 * read which one came next.
 */
import { FLAG_FIN, type Segment } from '../decode/segment.ts'
import type { Context, Observation } from '../tcp/observation.ts'
import { isIpIdJump, isNextIpId } from '../tcp/reset-origin.ts'
import type { Side } from '../tcp/timeline.ts'
import { frameId } from './frames.ts'
import { ACK, EDGE, LOG_HEAD, LOG_TAIL, NEXT, PHASE, PHASE_ENTRIES_SHIFT } from './record.ts'
import type { Row } from './row.ts'
import type { Sighting } from './sighting.ts'

const ENTRY_WORDS = 12
const PAGE_BITS = 14
const PAGE_MASK = (1 << PAGE_BITS) - 1
const CHUNK_BITS = 2
const CHUNK_LAST = (1 << CHUNK_BITS) - 1
/** An entry of the first chunk, which no connection has: entry 0 is none. */
const SCRATCH = 1

/** Words of an entry. Time is a double split into its high and low halves of nanoseconds. */
const TIME_HIGH = 0
const TIME_LOW = 1
const FRAME = 2
const SEQ = 3
const ACKNOWLEDGMENT = 4
const LENGTH = 5
/** Bits below, and the file index in the top 15. */
const BITS = 6
/** window << 16 | IP identification. */
const WINDOW_ID = 7
const TS_VALUE = 8
const TS_ECHO = 9
/** ttl << 24 | window scale (255 none) << 16 | mss; for ICMP type << 8 | code. */
const EXTRA = 10
const NEXT_ENTRY = 11

const BIT_FIN = 0x001
const BIT_SYN = 0x002
const BIT_RST = 0x004
const BIT_ACK = 0x010
const BIT_FROM_B = 1 << 6
const BIT_TIMESTAMPS = 1 << 7
const BIT_DSACK = 1 << 8
const BIT_CORRUPT = 1 << 9
const BIT_COPY = 1 << 10
const BIT_CONTEXT = 1 << 11
const BIT_ICMP = 1 << 12
const BIT_FAST_OPEN = 1 << 13
const BIT_SACK_PERMITTED = 1 << 14
const BIT_AUTHENTICATED = 1 << 15
const BIT_IPV6 = 1 << 16
const FILE_SHIFT = 17
export class SegmentLog {
  private readonly pages: Int32Array[] = [new Int32Array((PAGE_MASK + 1) * ENTRY_WORDS)]
  /** Chunks ever used, and those given back. */
  private used = 1
  private free: Int32Array = new Int32Array(1024)
  private freeCount = 0

  /** Puts a segment at the end of a connection's log. */
  append(row: Row, seen: Sighting): void {
    this.write(this.extend(row), seen, row.direction)
  }

  /** What `append` would keep of a segment. */
  observationOf(seen: Sighting, direction: number, sideOf: readonly [Side, Side]): Observation {
    this.write(SCRATCH, seen, direction)
    return readSegment(this.pages[0]!, SCRATCH * ENTRY_WORDS, sideOf)
  }

  private write(entry: number, seen: Sighting, direction: number): void {
    const { segment, options } = seen
    this.begin(entry, seen)
    const words = this.pages[entry >>> PAGE_BITS]!
    const at = (entry & PAGE_MASK) * ENTRY_WORDS
    let bits = words[at + BITS]! | (segment.flags & (BIT_FIN | BIT_SYN | BIT_RST | BIT_ACK))
    if (direction === 1) bits |= BIT_FROM_B
    if (options.hasTimestamps) bits |= BIT_TIMESTAMPS
    if (seen.hasDsack) bits |= BIT_DSACK
    if (seen.isCorrupt) bits |= BIT_CORRUPT
    if (options.fastOpenCookieLength >= 0) bits |= BIT_FAST_OPEN
    if (options.sackPermitted) bits |= BIT_SACK_PERMITTED
    if (options.isAuthenticated) bits |= BIT_AUTHENTICATED
    if (segment.family === 6) bits |= BIT_IPV6
    if (segment.isIcmpQuote) bits |= BIT_ICMP
    words[at + SEQ] = segment.seq
    words[at + ACKNOWLEDGMENT] = segment.ack
    words[at + LENGTH] = segment.payloadLength
    words[at + BITS] = bits
    words[at + WINDOW_ID] = (segment.window << 16) | (segment.ipId & 0xffff)
    words[at + TS_VALUE] = options.tsVal
    words[at + TS_ECHO] = options.tsEcr
    words[at + EXTRA] = segment.isIcmpQuote
      ? (segment.icmpType << 8) | segment.icmpCode
      : (segment.ttl << 24) | ((options.windowScale & 0xff) << 16) | (options.mss & 0xffff)
  }

  /** The last entry was seen once more by the tap. */
  appendCopy(row: Row, seen: Sighting): void {
    const entry = this.extend(row)
    this.begin(entry, seen)
    this.pages[entry >>> PAGE_BITS]![(entry & PAGE_MASK) * ENTRY_WORDS + BITS]! |= BIT_COPY
  }

  /** What both ends had said before the last entry, a FIN or RST, which has moved the record on already. */
  appendContext(row: Row, seen: Sighting): void {
    const { page, own, peer } = row
    const { flags, seq } = seen.segment
    const entry = this.extend(row)
    this.begin(entry, seen)
    const words = this.pages[entry >>> PAGE_BITS]!
    const at = (entry & PAGE_MASK) * ENTRY_WORDS
    words[at + BITS]! |= BIT_CONTEXT
    words[at + SEQ] = flags & FLAG_FIN ? seq : page[own + NEXT]!
    words[at + ACKNOWLEDGMENT] = page[peer + ACK]!
    words[at + LENGTH] = page[peer + NEXT]!
    words[at + TS_VALUE] = page[peer + EDGE]!
    words[at + TS_ECHO] = page[own + ACK]!
  }

  /** One more entry at the end of a connection's log. */
  private extend({ page, base }: Row): number {
    const tail = page[base + LOG_TAIL]!
    const isFull = tail === 0 || (tail & CHUNK_LAST) === CHUNK_LAST
    const entry = isFull ? this.allocate() << CHUNK_BITS : tail + 1
    page[base + PHASE]! += 1 << PHASE_ENTRIES_SHIFT
    page[base + LOG_TAIL] = entry
    if (tail === 0) page[base + LOG_HEAD] = entry
    else this.pages[tail >>> PAGE_BITS]![(tail & PAGE_MASK) * ENTRY_WORDS + NEXT_ENTRY] = entry
    return entry
  }

  /** A chunk. */
  private allocate(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount]!
    const chunk = this.used++
    if ((chunk << CHUNK_BITS) >>> PAGE_BITS === this.pages.length)
      this.pages.push(new Int32Array((PAGE_MASK + 1) * ENTRY_WORDS))
    return chunk
  }

  /** What all entries have. */
  private begin(entry: number, { timeNs, frame, fileIndex }: Sighting): void {
    const words = this.pages[entry >>> PAGE_BITS]!
    const at = (entry & PAGE_MASK) * ENTRY_WORDS
    const high = Math.floor(timeNs / 0x1_0000_0000)
    words[at + TIME_HIGH] = high
    words[at + TIME_LOW] = timeNs - high * 0x1_0000_0000
    words[at + FRAME] = frame
    words[at + BITS] = fileIndex << FILE_SHIFT
    words[at + NEXT_ENTRY] = 0
  }

  /** Gives a connection's whole chain back. */
  release(head: number, tail: number): void {
    if (head === 0) return
    const last = tail >>> CHUNK_BITS
    for (let chunk = head >>> CHUNK_BITS; ; ) {
      if (this.freeCount === this.free.length) this.growFree()
      this.free[this.freeCount++] = chunk
      if (chunk === last) return
      chunk = this.word((chunk << CHUNK_BITS) | CHUNK_LAST, NEXT_ENTRY) >>> CHUNK_BITS
    }
  }

  private growFree(): void {
    const wider = new Int32Array(this.free.length * 2)
    wider.set(this.free)
    this.free = wider
  }

  /** Sequence number of the first SYN of end `direction` in a chain; null when there is none. */
  synOf(head: number, direction: number): number | null {
    const syn = this.nextSyn(head, direction)
    return syn === 0 ? null : this.word(syn, SEQ)
  }

  /** Sequence number of the SYN of end `direction` that the other end answered by a SYN-ACK; null when it did not. */
  answeredSyn(head: number, direction: number): number | null {
    for (
      let syn = this.nextSyn(head, 1 - direction);
      syn !== 0;
      syn = this.nextSyn(this.word(syn, NEXT_ENTRY), 1 - direction)
    ) {
      if (this.word(syn, BITS) & BIT_ACK) return (this.word(syn, ACKNOWLEDGMENT) - 1) | 0
    }
    return null
  }

  /** How often end `direction` sent the SYN with the number `seq`, as far as the chain has it. */
  countSyns(head: number, direction: number, seq: number): number {
    let count = 0
    for (
      let syn = this.nextSyn(head, direction);
      syn !== 0;
      syn = this.nextSyn(this.word(syn, NEXT_ENTRY), direction)
    ) {
      if (this.word(syn, SEQ) === seq) count++
    }
    return count
  }

  /** The first SYN of end `direction` from `entry` on; 0 when there is none. */
  private nextSyn(entry: number, direction: number): number {
    for (let at = entry; at !== 0; at = this.word(at, NEXT_ENTRY)) {
      const bits = this.word(at, BITS)
      if (bits & BIT_SYN && ((bits & BIT_FROM_B) !== 0 ? 1 : 0) === direction) return at
    }
    return 0
  }

  private word(entry: number, offset: number): number {
    return this.pages[entry >>> PAGE_BITS]![(entry & PAGE_MASK) * ENTRY_WORDS + offset]!
  }

  /** Time from the last SYN to the first ACK of anything else, as Wireshark takes it for the round trip; null without. */
  roundTripNs(head: number): number | null {
    let synNs: number | null = null
    for (let entry = head; entry !== 0; ) {
      const words = this.pages[entry >>> PAGE_BITS]!
      const at = (entry & PAGE_MASK) * ENTRY_WORDS
      const bits = words[at + BITS]!
      if ((bits & (BIT_COPY | BIT_CONTEXT | BIT_ICMP)) === 0) {
        const isSyn = (bits & BIT_SYN) !== 0
        const hasAck = (bits & BIT_ACK) !== 0
        if (hasAck && !isSyn) return synNs === null ? null : readMoment(words, at).timeNs - synNs
        if (isSyn && !hasAck) synNs = readMoment(words, at).timeNs
      }
      entry = words[at + NEXT_ENTRY]!
    }
    return null
  }

  /** Timestamp of the last segment of end `direction` in the chain from `head` to `tail`; null when that has none. */
  timestampOf(head: number, tail: number, direction: number): number | null {
    // Who speaks for the first time nearly always answers the last segment.
    let latest: number | null = null
    for (let entry = this.isOf(tail, direction) ? tail : head; entry !== 0; entry = this.word(entry, NEXT_ENTRY)) {
      if (!this.isOf(entry, direction)) continue
      latest = this.word(entry, BITS) & BIT_TIMESTAMPS ? this.word(entry, TS_VALUE) : null
    }
    return latest
  }

  /** Whether nothing in the IP header of a segment speaks against end `direction` as its sender: tcp/reset-origin.ts. */
  isLikeOthers(head: number, direction: number, { ttl, ipId }: Segment): boolean {
    let isCounter = true
    let last = 0
    let count = 0
    for (let entry = head; entry !== 0; entry = this.word(entry, NEXT_ENTRY)) {
      if (!this.isOf(entry, direction)) continue
      if (this.word(entry, EXTRA) >>> 24 !== ttl) return false
      const id = this.word(entry, BITS) & BIT_IPV6 ? 0 : this.word(entry, WINDOW_ID) & 0xffff
      if (id === 0) continue
      if (count > 0 && !isNextIpId(last, id)) isCounter = false
      last = id
      count++
    }
    return ipId <= 0 || count < 2 || !isCounter || !isIpIdJump(last, ipId)
  }

  /** Whether the entry is a segment of end `direction`. */
  private isOf(entry: number, direction: number): boolean {
    const bits = this.word(entry, BITS)
    return ((bits & BIT_FROM_B) !== 0 ? 1 : 0) === direction && (bits & (BIT_COPY | BIT_CONTEXT | BIT_ICMP)) === 0
  }

  /** One entry as an observation, with end A as CLIENT; null when it is no segment. */
  last(entry: number): Observation | null {
    if (entry === 0) return null
    const words = this.pages[entry >>> PAGE_BITS]!
    const at = (entry & PAGE_MASK) * ENTRY_WORDS
    return words[at + BITS]! & (BIT_COPY | BIT_CONTEXT | BIT_ICMP) ? null : readSegment(words, at, [0, 1])
  }

  /** The chain as observations, oldest first. `sideOf[direction]` says which side A and B are. */
  read(head: number, sideOf: readonly [Side, Side]): Observation[] {
    const observations: Observation[] = []
    for (let entry = head; entry !== 0; ) {
      const words = this.pages[entry >>> PAGE_BITS]!
      const at = (entry & PAGE_MASK) * ENTRY_WORDS
      const bits = words[at + BITS]!
      const previous = observations[observations.length - 1]
      if (bits & BIT_COPY) {
        if (previous) previous.lastCopy = readMoment(words, at)
      } else if (bits & BIT_CONTEXT) {
        if (previous) previous.context = readContext(words, at)
      } else {
        observations.push(readSegment(words, at, sideOf))
      }
      entry = words[at + NEXT_ENTRY]!
    }
    return observations
  }
}

function readMoment(words: Int32Array, at: number): { frame: number; timeNs: number; fileIndex: number } {
  const fileIndex = words[at + BITS]! >>> FILE_SHIFT
  return { frame: frameId(words[at + FRAME]! >>> 0, fileIndex), timeNs: timeOf(words, at), fileIndex }
}

function timeOf(words: Int32Array, at: number): number {
  return words[at + TIME_HIGH]! * 0x1_0000_0000 + (words[at + TIME_LOW]! >>> 0)
}

function readContext(words: Int32Array, at: number): Context {
  return {
    senderNext: words[at + SEQ]!,
    targetAck: words[at + ACKNOWLEDGMENT]!,
    targetNext: words[at + LENGTH]!,
    targetEdge: words[at + TS_VALUE]!,
    senderAck: words[at + TS_ECHO]!,
  }
}

function readSegment(words: Int32Array, at: number, sideOf: readonly [Side, Side]): Observation {
  const bits = words[at + BITS]!
  const seq = words[at + SEQ]!
  const payloadLength = words[at + LENGTH]!
  const syn = (bits & BIT_SYN) !== 0
  const fin = (bits & BIT_FIN) !== 0
  const extra = words[at + EXTRA]!
  const isIcmp = (bits & BIT_ICMP) !== 0
  // Field by field: spreading the moment into the literal costs 20 µs a segment, this 50 ns.
  return {
    frame: frameId(words[at + FRAME]! >>> 0, bits >>> FILE_SHIFT),
    timeNs: timeOf(words, at),
    fileIndex: bits >>> FILE_SHIFT,
    side: sideOf[(bits & BIT_FROM_B) !== 0 ? 1 : 0],
    seq,
    ack: words[at + ACKNOWLEDGMENT]!,
    end: (seq + payloadLength + (syn ? 1 : 0) + (fin ? 1 : 0)) | 0,
    hasAck: (bits & BIT_ACK) !== 0,
    syn,
    fin,
    rst: (bits & BIT_RST) !== 0,
    payloadLength,
    window: words[at + WINDOW_ID]! >>> 16,
    ttl: isIcmp ? 0 : extra >>> 24,
    ipId: bits & BIT_IPV6 ? -1 : words[at + WINDOW_ID]! & 0xffff,
    timestamps: bits & BIT_TIMESTAMPS ? { value: words[at + TS_VALUE]!, echo: words[at + TS_ECHO]! } : null,
    hasDsack: (bits & BIT_DSACK) !== 0,
    lastCopy: null,
    isCorrupt: (bits & BIT_CORRUPT) !== 0,
    synOptions: syn ? readSynOptions(bits, extra) : null,
    context: null,
    icmp: isIcmp ? { type: extra >>> 8, code: extra & 0xff } : null,
  }
}

function readSynOptions(bits: number, extra: number): NonNullable<Observation['synOptions']> {
  const windowScale = (extra >>> 16) & 0xff
  return {
    mss: extra & 0xffff,
    windowScale: windowScale === 0xff ? -1 : windowScale,
    fastOpen: (bits & BIT_FAST_OPEN) !== 0,
    sackPermitted: (bits & BIT_SACK_PERMITTED) !== 0,
    isAuthenticated: (bits & BIT_AUTHENTICATED) !== 0,
  }
}
