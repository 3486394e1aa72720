/**
 * 4-tuple → record: open addressing over typed arrays, nothing allocated per packet or per look-up.
 *
 * Pages of 65,536 records are never copied (one doubling array costs 28-37 % on a SYN flood). A slot holds 26 bits of
 * record index and 6 bits of hash, which spares most wrong candidates a cache miss. The hash is the same for both
 * directions and does not contain the path, so that copies of one packet on two paths meet.
 */
import type { Segment } from '../decode/segment.ts'
import { ADDRESS_A, ADDRESS_B, ANY_PATH, IPV6, KEY, NUMBER, PORTS, RECORD_WORDS, STATE } from './record.ts'

const PAGE_BITS = 16
const PAGE_RECORDS = 1 << PAGE_BITS
const PAGE_MASK = PAGE_RECORDS - 1
const TAG_BITS = 6
const TAG_MASK = (1 << TAG_BITS) - 1
/** Most records a slot can address. */
export const MAX_RECORDS = (1 << (31 - TAG_BITS)) - 1
const IPV6_WORDS = 8

/** Scatters 32 bits. */
export function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

/** Four words as one. */
export function fold(a: number, b: number, c: number, d: number, seed: number): number {
  return mix(mix(mix(a ^ seed) ^ b) ^ c) ^ d
}

export class ConnectionTable {
  /** Live records. */
  size = 0
  /** After a `find` that found nothing: a record of the same 4-tuple on another path (index << 1 | direction), or -1. */
  otherPath = -1
  private readonly pages: Int32Array[] = []
  private readonly doubles: Float64Array[] = []
  private readonly seed: number
  private slots: Int32Array = new Int32Array(1 << 12)
  private slotMask = (1 << 12) - 1
  /** Records ever used, and those given back. */
  used = 0
  private readonly free: number[] = []
  private ipv6: Int32Array = new Int32Array(IPV6_WORDS * 64)
  private ipv6Used = 0
  private readonly ipv6Free: number[] = []
  /** Key of the segment looked up or inserted last. */
  private hash = 0
  private source = 0
  private destination = 0

  constructor(seed: number) {
    this.seed = seed
  }

  /** Words of the record's page; its own start at `baseOf(index)`. */
  page(index: number): Int32Array {
    return this.pages[index >>> PAGE_BITS]!
  }

  /** The same page as doubles: word index halved. */
  doublesOf(index: number): Float64Array {
    return this.doubles[index >>> PAGE_BITS]!
  }

  baseOf(index: number): number {
    return (index & PAGE_MASK) * RECORD_WORDS
  }

  /** index << 1 | direction (0: from A) of the segment's connection; -1 when there is none. */
  find(segment: Segment): number {
    this.hashKey(segment)
    this.otherPath = -1
    const slots = this.slots
    const mask = this.slotMask
    const tag = (this.hash >>> 26) & TAG_MASK
    for (let at = this.hash & mask; ; at = (at + 1) & mask) {
      const slot = slots[at]!
      if (slot === 0) return -1
      if ((slot & TAG_MASK) !== tag) continue
      const match = this.match((slot >>> TAG_BITS) - 1, segment)
      if (match >= 0) return match
    }
  }

  private hashKey(segment: Segment): void {
    if (segment.family === 4) {
      this.source = segment.source0
      this.destination = segment.destination0
    } else {
      const seed = this.seed
      this.source = fold(segment.source0, segment.source1, segment.source2, segment.source3, seed)
      this.destination = fold(
        segment.destination0,
        segment.destination1,
        segment.destination2,
        segment.destination3,
        seed,
      )
    }
    this.hash = this.hashOf(this.source, segment.sourcePort, this.destination, segment.destinationPort)
  }

  private hashOf(a: number, portA: number, b: number, portB: number): number {
    const seed = this.seed
    return mix((mix(a ^ seed ^ Math.imul(portA, 0x9e3779b1)) + mix(b ^ seed ^ Math.imul(portB, 0x9e3779b1))) | 0)
  }

  /** index << 1 | direction when record `index` is the segment's connection, else -1. */
  private match(index: number, segment: Segment): number {
    const page = this.pages[index >>> PAGE_BITS]!
    const base = (index & PAGE_MASK) * RECORD_WORDS
    const ports = page[base + PORTS]!
    const a = page[base + ADDRESS_A]!
    const b = page[base + ADDRESS_B]!
    let direction = 0
    if (
      ports !== ((segment.sourcePort << 16) | segment.destinationPort) ||
      a !== this.source ||
      b !== this.destination
    ) {
      if (ports !== ((segment.destinationPort << 16) | segment.sourcePort)) return -1
      if (a !== this.destination || b !== this.source) return -1
      direction = 1
    }
    const key = page[base + KEY]!
    const isIpv6 = segment.family === 6
    if ((key & 1) !== (isIpv6 ? 1 : 0) || (isIpv6 && !this.matchesIpv6(page[base + IPV6]!, segment, direction)))
      return -1
    const found = (index << 1) | direction
    if (key >>> 1 === segment.path || (page[base + STATE]! & ANY_PATH) !== 0) return found
    this.otherPath = found
    return -1
  }

  private matchesIpv6(pair: number, segment: Segment, direction: number): boolean {
    const words = this.ipv6
    const source = pair * IPV6_WORDS + direction * 4
    const destination = pair * IPV6_WORDS + (1 - direction) * 4
    return (
      words[source] === segment.source0 &&
      words[source + 1] === segment.source1 &&
      words[source + 2] === segment.source2 &&
      words[source + 3] === segment.source3 &&
      words[destination] === segment.destination0 &&
      words[destination + 1] === segment.destination1 &&
      words[destination + 2] === segment.destination2 &&
      words[destination + 3] === segment.destination3
    )
  }

  /** A new record, zeroed but for its key, for a segment that `find` did not find; its source is side A. */
  insert(segment: Segment): number {
    this.hashKey(segment)
    if ((this.size + 1) * 2 > this.slotMask) this.grow()
    const index = this.free.pop() ?? this.allocate()
    const page = this.page(index)
    const base = this.baseOf(index)
    page.fill(0, base, base + RECORD_WORDS)
    page[base + ADDRESS_A] = this.source
    page[base + ADDRESS_B] = this.destination
    page[base + PORTS] = (segment.sourcePort << 16) | segment.destinationPort
    page[base + KEY] = (segment.path << 1) | (segment.family === 6 ? 1 : 0)
    if (segment.family === 6) page[base + IPV6] = this.insertIpv6(segment)
    this.place(index, this.hash)
    this.size++
    return index
  }

  private allocate(): number {
    if (this.used === this.pages.length * PAGE_RECORDS) {
      const buffer = new ArrayBuffer(PAGE_RECORDS * RECORD_WORDS * 4)
      this.pages.push(new Int32Array(buffer))
      this.doubles.push(new Float64Array(buffer))
    }
    return this.used++
  }

  private insertIpv6(segment: Segment): number {
    const pair = this.ipv6Free.pop() ?? this.ipv6Used++
    if ((pair + 1) * IPV6_WORDS > this.ipv6.length) {
      const wider = new Int32Array(this.ipv6.length * 2)
      wider.set(this.ipv6)
      this.ipv6 = wider
    }
    const words = this.ipv6
    const at = pair * IPV6_WORDS
    words[at] = segment.source0
    words[at + 1] = segment.source1
    words[at + 2] = segment.source2
    words[at + 3] = segment.source3
    words[at + 4] = segment.destination0
    words[at + 5] = segment.destination1
    words[at + 6] = segment.destination2
    words[at + 7] = segment.destination3
    return pair
  }

  private place(index: number, hash: number): void {
    let at = hash & this.slotMask
    while (this.slots[at] !== 0) at = (at + 1) & this.slotMask
    this.slots[at] = ((index + 1) << TAG_BITS) | ((hash >>> 26) & TAG_MASK)
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2)
    this.slotMask = this.slots.length - 1
    for (const slot of old) {
      if (slot !== 0) this.place((slot >>> TAG_BITS) - 1, this.hashOfRecord((slot >>> TAG_BITS) - 1))
    }
  }

  private hashOfRecord(index: number): number {
    const page = this.page(index)
    const base = this.baseOf(index)
    const ports = page[base + PORTS]!
    return this.hashOf(page[base + ADDRESS_A]!, ports >>> 16, page[base + ADDRESS_B]!, ports & 0xffff)
  }

  /** Gives the record back. Later slots of the same run move up, so that no look-up stops early. */
  remove(index: number): void {
    const mask = this.slotMask
    let hole = this.hashOfRecord(index) & mask
    while ((this.slots[hole]! >>> TAG_BITS) - 1 !== index) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; this.slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.hashOfRecord((this.slots[at]! >>> TAG_BITS) - 1) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.slots[hole] = this.slots[at]!
      hole = at
    }
    this.slots[hole] = 0
    const page = this.page(index)
    const base = this.baseOf(index)
    if ((page[base + KEY]! & 1) === 1) this.ipv6Free.push(page[base + IPV6]!)
    this.free.push(index)
    this.size--
  }

  /** Address words of side 0 (A) or 1 (B): one for IPv4, four for IPv6. */
  addressOf(index: number, side: number): number[] {
    const page = this.page(index)
    const base = this.baseOf(index)
    if ((page[base + KEY]! & 1) === 0) return [page[base + ADDRESS_A + side]!]
    const at = page[base + IPV6]! * IPV6_WORDS + side * 4
    return Array.from(this.ipv6.subarray(at, at + 4))
  }

  /** Writes the key of a record into `into`: addresses as they are in its `addresses`, end A first. */
  describe(index: number, into: { family: number; addresses: Int32Array; ports: [number, number] }): void {
    const page = this.page(index)
    const base = this.baseOf(index)
    const isIpv6 = (page[base + KEY]! & 1) === 1
    into.family = isIpv6 ? 6 : 4
    into.ports[0] = page[base + PORTS]! >>> 16
    into.ports[1] = page[base + PORTS]! & 0xffff
    if (isIpv6) {
      const at = page[base + IPV6]! * IPV6_WORDS
      for (let i = 0; i < IPV6_WORDS; i++) into.addresses[i] = this.ipv6[at + i]!
    } else {
      into.addresses[0] = page[base + ADDRESS_A]!
      into.addresses[4] = page[base + ADDRESS_B]!
    }
  }

  portOf(index: number, side: number): number {
    const ports = this.page(index)[this.baseOf(index) + PORTS]!
    return side === 0 ? ports >>> 16 : ports & 0xffff
  }

  /** The next live record from `index` on, around the end; there must be one. */
  nextLive(index: number): number {
    for (let at = index % this.used; ; at = (at + 1) % this.used) {
      if (this.isLive(at)) return at
    }
  }

  isLive(index: number): boolean {
    return this.page(index)[this.baseOf(index) + NUMBER]! >= 0
  }

  /** The live records, in no order; records removed meanwhile do no harm. */
  live(): Int32Array {
    const live = new Int32Array(this.size)
    let count = 0
    for (const slot of this.slots) if (slot !== 0) live[count++] = (slot >>> TAG_BITS) - 1
    return live
  }
}
