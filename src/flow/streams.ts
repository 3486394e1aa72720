/**
 * Wireshark's `tcp.stream` and `tcp.completeness` of one capture, by the rules of Wireshark 4.0: readers look
 * connections up there.
 *
 * A stream is not a connection. Its key is addresses and ports alone, without tags, tunnels and interfaces, and it never
 * ends: only a SYN with another sequence number than its side's base begins a new one. So streams have a table of their
 * own, which remembers 4-tuples after their connections are gone. 60 ns a look-up, which
 * `show` spares segments in order; one of a settled connection changes nothing here.
 */
import { FLAG_ACK, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { COMPLETENESS_SYN, completenessOf, firstCompleteness } from './completeness.ts'
import { FLOW_LIMITS } from './limits.ts'
import { Slots } from './slots.ts'
import type { Tuple } from './tuple.ts'

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

export class Streams {
  /** Of the segment entered last: its stream, and what that stream has shown so far. */
  stream = -1
  completeness = 0
  /** Where that stream is kept, for `show`. */
  entry = -1
  /** 4-tuples that were forgotten. */
  forgotten = 0
  private next = 0
  private readonly maxTuples: number
  private young: Generation = new Generation()
  private old: Generation = new Generation()

  /** `maxTuples`: of a generation; one or two generations are remembered, of 48 MB each when a million is in them. */
  constructor(maxTuples: number = FLOW_LIMITS.maxStreams) {
    this.maxTuples = maxTuples
  }

  /**
   * Takes a segment in, in the order of the capture, or the quote of one in an ICMP error: that counts too. `tuple` is
   * that of the segment; `known` is the stream of its connection, -1 when it has none. `isShort`: the header claims to
   * be shorter than it is, and its flags show nothing.
   */
  enter(tuple: Tuple, segment: Segment, known: number, isShort = false): void {
    const { flags, window, payloadLength, isIcmpQuote } = segment
    this.stream = known
    this.completeness = 0
    this.entry = -1
    // Wireshark needs a quote up to its window.
    if (isIcmpQuote && flags === 0 && window === 0) return
    const found = this.find(tuple)
    this.entry = found < 0 ? this.insert(tuple, known) : found >>> 1
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

  /** The number of a stream for a 4-tuple that has none, which is not kept yet; -1 when it has one. */
  begin(tuple: Tuple): number {
    return this.find(tuple) < 0 ? this.next++ : -1
  }

  /** Keeps a stream that `begin` began with a SYN of the tuple's sender. Returns where, for `show`. */
  keep(tuple: Tuple, stream: number, seq: number): number {
    const entry = this.insert(tuple, stream)
    const { words } = this.young
    words[entry * ENTRY_WORDS + BASE] = seq
    words[entry * ENTRY_WORDS + BITS]! |= HAS_BASE | COMPLETENESS_SYN
    return entry
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
  private find(tuple: Tuple): number {
    const found = this.young.find(tuple)
    if (found >= 0 || this.old.size === 0) return found
    const { old } = this
    const remembered = old.find(tuple)
    if (remembered < 0) return -1
    const entry = this.makeRoom().insert(tuple)
    const from = (remembered >>> 1) * ENTRY_WORDS
    this.young.words.set(old.words.subarray(from, from + ENTRY_WORDS), entry * ENTRY_WORDS)
    return (entry << 1) | (remembered & 1)
  }

  private insert(tuple: Tuple, known: number): number {
    const young = this.makeRoom()
    const entry = young.insert(tuple)
    young.words[entry * ENTRY_WORDS + STREAM] = known >= 0 ? known : this.next++
    return entry
  }

  /** The young generation, with room for one more: a full one becomes the old one, and the old one is forgotten. */
  private makeRoom(): Generation {
    if (this.young.size >= this.maxTuples) {
      this.forgotten += this.old.size
      this.old = this.young
      this.young = new Generation()
    }
    return this.young
  }
}

/** 4-tuples → entries; nothing is ever taken out. */
class Generation {
  words: Int32Array = new Int32Array(ENTRY_WORDS * 512)
  private readonly slots: Slots = new Slots()

  get size(): number {
    return this.slots.size
  }

  /** entry << 1 | direction; -1 when there is none. */
  find({ hash, source, destination, ports, portsBack, isIpv6 }: Tuple): number {
    const { slots, words } = this
    const family = isIpv6 ? IS_IPV6 : 0
    for (let slot = slots.seek(hash, hash); slot >= 0; slot = slots.seek(hash, slot + 1)) {
      const entry = slots.indexAt(slot)
      const at = entry * ENTRY_WORDS
      if ((words[at + BITS]! & IS_IPV6) !== family) continue
      const a = words[at + ADDRESS_A]!
      const b = words[at + ADDRESS_B]!
      if (words[at + PORTS] === ports && a === source && b === destination) return entry << 1
      if (words[at + PORTS] === portsBack && a === destination && b === source) return (entry << 1) | 1
    }
    return -1
  }

  /** A new entry with nothing but its key. */
  insert({ hash, source, destination, ports, isIpv6 }: Tuple): number {
    const entry = this.size
    const at = entry * ENTRY_WORDS
    if (at === this.words.length) this.grow()
    const { words } = this
    words[at + ADDRESS_A] = source
    words[at + ADDRESS_B] = destination
    words[at + PORTS] = ports
    words[at + BITS] = isIpv6 ? IS_IPV6 : 0
    this.slots.insert(hash, entry)
    return entry
  }

  private grow(): void {
    const { words } = this
    this.words = new Int32Array(words.length * 2)
    this.words.set(words)
  }
}
