/**
 * Wireshark's `tcp.stream` and `tcp.completeness` of one capture, by the rules of Wireshark 4.0: readers look
 * connections up there.
 *
 * A stream is not a connection. Its key is addresses and ports alone, without tags, tunnels and interfaces, and it never
 * ends: only a SYN with another sequence number than its side's base begins a new one. So streams have a table of their
 * own, which remembers 4-tuples after their connections are gone. Off the fast path, for 60 ns a segment: one in order of
 * a settled connection changes nothing here.
 */
import { FLAG_ACK, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { COMPLETENESS_SYN, completenessOf, firstCompleteness } from './completeness.ts'
import { FLOW_LIMITS } from './limits.ts'
import { fold, mix } from './table.ts'

/** An entry: 8 int32 words, of which 7 are used. Addresses of IPv6 are folded to 32 bits each. */
const ENTRY_WORDS = 8
const ADDRESS_A = 0
const ADDRESS_B = 1
const PORTS = 2
const STREAM = 3
/** Base sequence number of A, then of B. */
const BASE = 4
const BITS = 6

/** `BITS`: tcp.completeness in the lowest 6, whether the base of A and of B is known, the family, what the first segment showed. */
const COMPLETENESS = 0x3f
const HAS_BASE = 1 << 6
const BOTH_BASES = HAS_BASE | (HAS_BASE << 1)
const IS_IPV6 = 1 << 8
const FIRST_SHIFT = 9

/** A slot is 26 bits of entry and 6 of hash, see table.ts. */
const TAG_BITS = 6
const TAG_SHIFT = 32 - TAG_BITS
const TAG_MASK = (1 << TAG_BITS) - 1
const MAX_ENTRIES = 1 << 25

export class Streams {
  /** Of the segment entered last: its stream, and what that stream has shown so far. */
  stream = -1
  completeness = 0
  /** Where that stream is kept, for `show`. */
  entry = -1
  /** 4-tuples that were forgotten. */
  forgotten = 0
  private next = 0
  private readonly key: Key
  private readonly maxTuples: number
  private young: Generation
  private old: Generation

  /**
   * `seed`: as `TrackerOptions.seed`. `maxTuples`: of a generation; one or two generations are remembered, of 48 MB each
   * when a million is in them.
   */
  constructor(seed: number, maxTuples: number = FLOW_LIMITS.maxStreams) {
    this.key = new Key(seed)
    this.maxTuples = Math.min(maxTuples, MAX_ENTRIES)
    this.young = new Generation(seed)
    this.old = new Generation(seed)
  }

  /**
   * Takes a segment in, in the order of the capture, or the quote of one in an ICMP error: that counts too. `known` is
   * the stream of its connection, -1 when it has none. `isShort`: the header claims to be shorter than it is, and its
   * flags show nothing.
   */
  enter(segment: Segment, known: number, isShort = false): void {
    const { flags, window, payloadLength, isIcmpQuote } = segment
    this.stream = known
    this.completeness = 0
    this.entry = -1
    // Wireshark needs a quote up to its window.
    if (isIcmpQuote && flags === 0 && window === 0) return
    this.key.read(segment)
    const found = this.find()
    this.entry = found < 0 ? this.insert(known) : found >>> 1
    const at = this.entry * ENTRY_WORDS
    const direction = found < 0 ? 0 : found & 1
    if (flags & FLAG_SYN) this.compareBase(at, direction, segment)
    if (!isIcmpQuote || isShort) this.setBases(at, direction, segment)
    const { words } = this.young
    const shown = isShort ? 0 : completenessOf(flags, payloadLength)
    const isFirst = found < 0 && known < 0
    if (isFirst) words[at + BITS]! |= (isShort ? 0 : firstCompleteness(flags, payloadLength)) | (shown << FIRST_SHIFT)
    else words[at + BITS]! |= shown | (words[at + BITS]! >>> FIRST_SHIFT)
    this.stream = words[at + STREAM]!
    this.completeness = words[at + BITS]! & COMPLETENESS
  }

  /**
   * Takes in what a segment without SYN adds to `stream`, kept at `entry` when it was looked up last: the same as
   * `enter`, without a look-up. Returns what the stream has shown, or -1 when it is not there any more.
   */
  show(entry: number, stream: number, shown: number): number {
    const { words } = this.young
    const at = entry * ENTRY_WORDS
    // Numbers of streams are never used twice, so nothing else can be there under this one.
    if (words[at + STREAM] !== stream || (words[at + BITS]! & BOTH_BASES) !== BOTH_BASES) return -1
    words[at + BITS]! |= shown | (words[at + BITS]! >>> FIRST_SHIFT)
    return words[at + BITS]! & COMPLETENESS
  }

  /** A SYN with another sequence number begins a stream; a SYN-ACK with one only moves the base of its side. */
  private compareBase(at: number, direction: number, { flags, seq }: Segment): void {
    const { words } = this.young
    const hasBase = (words[at + BITS]! & (HAS_BASE << direction)) !== 0
    if (!hasBase || words[at + BASE + direction] === seq) return
    if (flags & FLAG_ACK) {
      words[at + BASE + direction] = seq
      return
    }
    words[at + STREAM] = this.next++
    words[at + BITS] = (words[at + BITS]! & IS_IPV6) | COMPLETENESS_SYN
  }

  /** The first segment of a side tells its base; before that, what the other side acknowledges does. */
  private setBases(at: number, direction: number, { flags, seq, ack }: Segment): void {
    const { words } = this.young
    const own = HAS_BASE << direction
    const peer = HAS_BASE << (1 - direction)
    if ((words[at + BITS]! & own) === 0) {
      words[at + BASE + direction] = flags & FLAG_SYN ? seq : seq - 1
      words[at + BITS]! |= own
    }
    if ((flags & FLAG_ACK) !== 0 && (words[at + BITS]! & peer) === 0) {
      words[at + BASE + 1 - direction] = ack - 1
      words[at + BITS]! |= peer
    }
  }

  /** entry << 1 | direction in the young generation; -1 when the 4-tuple is not remembered. */
  private find(): number {
    const found = this.young.find(this.key)
    if (found >= 0 || this.old.size === 0) return found
    const { old } = this
    const remembered = old.find(this.key)
    if (remembered < 0) return -1
    const entry = this.makeRoom().insert(this.key)
    const from = (remembered >>> 1) * ENTRY_WORDS
    this.young.words.set(old.words.subarray(from, from + ENTRY_WORDS), entry * ENTRY_WORDS)
    return (entry << 1) | (remembered & 1)
  }

  private insert(known: number): number {
    const young = this.makeRoom()
    const entry = young.insert(this.key)
    young.words[entry * ENTRY_WORDS + STREAM] = known >= 0 ? known : this.next++
    return entry
  }

  /** The young generation, with room for one more: a full one becomes the old one, and the old one is forgotten. */
  private makeRoom(): Generation {
    if (this.young.size >= this.maxTuples) {
      this.forgotten += this.old.size
      this.old = this.young
      this.young = new Generation(this.key.seed)
    }
    return this.young
  }
}

/** The 4-tuple that is looked up, its sender as A. */
class Key {
  a = 0
  b = 0
  portA = 0
  portB = 0
  family = 0
  hash = 0
  readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  read(segment: Segment): void {
    const { family, source0, destination0 } = segment
    const { seed } = this
    const isIpv6 = family === 6
    this.a = isIpv6 ? fold(source0, segment.source1, segment.source2, segment.source3, seed) : source0
    this.b = isIpv6
      ? fold(destination0, segment.destination1, segment.destination2, segment.destination3, seed)
      : destination0
    this.portA = segment.sourcePort
    this.portB = segment.destinationPort
    this.family = isIpv6 ? IS_IPV6 : 0
    this.hash = hashOf(this.a, this.portA, this.b, this.portB, seed)
  }
}

/** The same in both directions. */
function hashOf(a: number, portA: number, b: number, portB: number, seed: number): number {
  return mix((mix(a ^ seed ^ Math.imul(portA, 0x9e3779b1)) + mix(b ^ seed ^ Math.imul(portB, 0x9e3779b1))) | 0)
}

/** 4-tuples → entries: open addressing, slots as in table.ts; nothing is ever taken out. */
class Generation {
  size = 0
  words: Int32Array = new Int32Array(ENTRY_WORDS * 512)
  private slots: Int32Array = new Int32Array(1024)
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  find(key: Key): number {
    const { slots, words } = this
    const mask = slots.length - 1
    const there = (key.portA << 16) | key.portB
    const back = (key.portB << 16) | key.portA
    const tag = key.hash >>> TAG_SHIFT
    for (let at = key.hash & mask; ; at = (at + 1) & mask) {
      const slot = slots[at]!
      if (slot === 0) return -1
      if ((slot & TAG_MASK) !== tag) continue
      const entry = (slot >>> TAG_BITS) - 1
      const word = entry * ENTRY_WORDS
      if ((words[word + BITS]! & IS_IPV6) !== key.family) continue
      const a = words[word + ADDRESS_A]!
      const b = words[word + ADDRESS_B]!
      if (words[word + PORTS] === there && a === key.a && b === key.b) return entry << 1
      if (words[word + PORTS] === back && a === key.b && b === key.a) return (entry << 1) | 1
    }
  }

  /** A new entry with nothing but its key. */
  insert(key: Key): number {
    if ((this.size + 1) * 2 > this.slots.length) this.grow()
    const entry = this.size++
    const at = entry * ENTRY_WORDS
    const { words } = this
    words[at + ADDRESS_A] = key.a
    words[at + ADDRESS_B] = key.b
    words[at + PORTS] = (key.portA << 16) | key.portB
    words[at + BITS] = key.family
    this.place(entry, key.hash)
    return entry
  }

  private place(entry: number, hash: number): void {
    const mask = this.slots.length - 1
    let slot = hash & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = ((entry + 1) << TAG_BITS) | (hash >>> TAG_SHIFT)
  }

  private grow(): void {
    const { words } = this
    this.words = new Int32Array(words.length * 2)
    this.words.set(words)
    this.slots = new Int32Array(this.slots.length * 2)
    for (let entry = 0; entry < this.size; entry++) {
      const at = entry * ENTRY_WORDS
      const ports = words[at + PORTS]!
      const hash = hashOf(words[at + ADDRESS_A]!, ports >>> 16, words[at + ADDRESS_B]!, ports & 0xffff, this.seed)
      this.place(entry, hash)
    }
  }
}
