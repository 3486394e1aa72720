/**
 * 4-tuple → record or embryo: open addressing over typed arrays, nothing allocated per packet or per look-up.
 *
 * A slot holds 26 bits of index and 6 bits of hash, which spares most wrong candidates a cache miss. The hash is the same
 * for both directions and does not contain the path, so that copies of one packet on two paths meet.
 */
import type { Segment } from '../decode/segment.ts'
import { Arena } from './arena.ts'
import { EMBRYO_WORDS } from './embryo.ts'
import { ADDRESS_A, ADDRESS_B, ANY_PATH, IPV6, KEY, PORTS, RECORD_WORDS, STATE } from './record.ts'

const TAG_BITS = 6
const TAG_MASK = (1 << TAG_BITS) - 1
/** In an index: it is that of an embryo. */
const EMBRYO = 1 << 24
const INDEX_MASK = EMBRYO - 1
/** Most records, and most embryos, that a slot can address. */
export const MAX_RECORDS = EMBRYO - 1
const IPV6_WORDS = 8

/** Whether what `find` returned is an embryo. */
export function isEmbryo(found: number): boolean {
  return found >= EMBRYO << 1
}

/** The index in `embryos` of what `find` returned. */
export function embryoOf(found: number): number {
  return (found >>> 1) & INDEX_MASK
}

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
  /** Live records and embryos. */
  size = 0
  readonly records: Arena = new Arena(RECORD_WORDS)
  readonly embryos: Arena = new Arena(EMBRYO_WORDS)
  /** After a `find` that found nothing: a record of the same 4-tuple on another path (index << 1 | direction), or -1. */
  otherPath = -1
  private readonly seed: number
  private slots: Int32Array = new Int32Array(1 << 12)
  private slotMask = (1 << 12) - 1
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

  /** index << 1 | direction (0: from A) of the segment's connection, see `isEmbryo`; -1 when there is none. */
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
    const isHatched = index < EMBRYO
    const arena = isHatched ? this.records : this.embryos
    const page = arena.page(index & INDEX_MASK)
    const base = arena.baseOf(index & INDEX_MASK)
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
    if (key >>> 1 === segment.path || (isHatched && (page[base + STATE]! & ANY_PATH) !== 0)) return found
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
    const index = this.records.allocate()
    this.enter(index, this.records.page(index), this.records.baseOf(index), segment)
    return index
  }

  /** The same, an embryo; returns its index in `embryos`. */
  insertEmbryo(segment: Segment): number {
    const index = this.embryos.allocate()
    this.enter(index | EMBRYO, this.embryos.page(index), this.embryos.baseOf(index), segment)
    return index
  }

  private enter(index: number, page: Int32Array, base: number, segment: Segment): void {
    if ((this.size + 1) * 2 > this.slotMask) this.grow()
    this.hashKey(segment)
    page[base + ADDRESS_A] = this.source
    page[base + ADDRESS_B] = this.destination
    page[base + PORTS] = (segment.sourcePort << 16) | segment.destinationPort
    page[base + KEY] = (segment.path << 1) | (segment.family === 6 ? 1 : 0)
    if (segment.family === 6) page[base + IPV6] = this.insertIpv6(segment)
    this.place(index, this.hash)
    this.size++
  }

  /** Makes a record of an embryo: the same key, and zeros. */
  hatch(embryo: number): number {
    const { embryos, records } = this
    const from = embryos.page(embryo)
    const at = embryos.baseOf(embryo)
    const index = records.allocate()
    const page = records.page(index)
    const base = records.baseOf(index)
    page[base + ADDRESS_A] = from[at + ADDRESS_A]!
    page[base + ADDRESS_B] = from[at + ADDRESS_B]!
    page[base + PORTS] = from[at + PORTS]!
    page[base + KEY] = from[at + KEY]!
    page[base + IPV6] = from[at + IPV6]!
    const slot = this.slotOf(embryo | EMBRYO)
    this.slots[slot] = ((index + 1) << TAG_BITS) | (this.slots[slot]! & TAG_MASK)
    embryos.release(embryo)
    return index
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
      if (slot !== 0) this.place((slot >>> TAG_BITS) - 1, this.hashOfIndex((slot >>> TAG_BITS) - 1))
    }
  }

  private hashOfIndex(index: number): number {
    const arena = index < EMBRYO ? this.records : this.embryos
    const page = arena.page(index & INDEX_MASK)
    const base = arena.baseOf(index & INDEX_MASK)
    const ports = page[base + PORTS]!
    return this.hashOf(page[base + ADDRESS_A]!, ports >>> 16, page[base + ADDRESS_B]!, ports & 0xffff)
  }

  private slotOf(index: number): number {
    let slot = this.hashOfIndex(index) & this.slotMask
    while ((this.slots[slot]! >>> TAG_BITS) - 1 !== index) slot = (slot + 1) & this.slotMask
    return slot
  }

  /** Gives a record back. */
  remove(index: number): void {
    this.removeSlot(index)
    this.release(this.records, index)
  }

  /** Gives an embryo back. */
  removeEmbryo(index: number): void {
    this.removeSlot(index | EMBRYO)
    this.release(this.embryos, index)
  }

  private release(arena: Arena, index: number): void {
    const page = arena.page(index)
    const base = arena.baseOf(index)
    if ((page[base + KEY]! & 1) === 1) this.ipv6Free.push(page[base + IPV6]!)
    arena.release(index)
    this.size--
  }

  /** Later slots of the same run move up, so that no look-up stops early. */
  private removeSlot(index: number): void {
    const mask = this.slotMask
    let hole = this.slotOf(index)
    for (let at = (hole + 1) & mask; this.slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.hashOfIndex((this.slots[at]! >>> TAG_BITS) - 1) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.slots[hole] = this.slots[at]!
      hole = at
    }
    this.slots[hole] = 0
  }

  /** Address words of side 0 (A) or 1 (B) of a record: one for IPv4, four for IPv6. */
  addressOf(index: number, side: number): number[] {
    const page = this.records.page(index)
    const base = this.records.baseOf(index)
    if ((page[base + KEY]! & 1) === 0) return [page[base + ADDRESS_A + side]!]
    const at = page[base + IPV6]! * IPV6_WORDS + side * 4
    return Array.from(this.ipv6.subarray(at, at + 4))
  }

  /** Writes the key of a record or embryo into `into`: addresses as they are in its `addresses`, end A first. */
  describe(
    page: Int32Array,
    base: number,
    into: { family: number; addresses: Int32Array; ports: [number, number] },
  ): void {
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
    const ports = this.records.page(index)[this.records.baseOf(index) + PORTS]!
    return side === 0 ? ports >>> 16 : ports & 0xffff
  }
}
