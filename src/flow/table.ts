/**
 * 4-tuple → record or embryo: typed arrays, nothing allocated per packet or per look-up.
 */
import type { Segment } from '../decode/segment.ts'
import { Arena } from './arena.ts'
import { EMBRYO_WORDS } from './embryo.ts'
import { ADDRESS_A, ADDRESS_B, ANY_PATH, IPV6, KEY, PORTS, RECORD_WORDS, STATE } from './record.ts'
import { Slots } from './slots.ts'
import { Tuple } from './tuple.ts'

/** In an index: it is that of an embryo. */
const EMBRYO = 1 << 29
const INDEX_MASK = EMBRYO - 1
/** Most records and embryos that there may be: an index and a direction are no more than 31 bits. */
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

export class ConnectionTable {
  readonly records: Arena = new Arena(RECORD_WORDS)
  readonly embryos: Arena = new Arena(EMBRYO_WORDS)
  /** Of the segment that was looked up last. */
  readonly tuple: Tuple
  private readonly embryoTuple: Tuple
  /** After a `find` that found nothing: a record of the same 4-tuple on another path (index << 1 | direction), or -1. */
  otherPath = -1
  private readonly slots: Slots = new Slots()
  private ipv6: Int32Array = new Int32Array(IPV6_WORDS * 64)
  private ipv6Used = 0
  private readonly ipv6Free: number[] = []

  /** `seed`: as `Tuple`'s. */
  constructor(seed: number) {
    this.tuple = new Tuple(seed)
    this.embryoTuple = new Tuple(seed)
  }

  /** Live records and embryos. */
  get size(): number {
    return this.slots.size
  }

  /** index << 1 | direction (0: from A) of the segment's connection, see `isEmbryo`; -1 when there is none. */
  find(segment: Segment): number {
    const { tuple, slots } = this
    tuple.read(segment)
    this.otherPath = -1
    const { hash } = tuple
    for (let slot = slots.seek(hash, hash); slot >= 0; slot = slots.seek(hash, slot + 1)) {
      const match = this.match(slots.indexAt(slot), segment)
      if (match >= 0) return match
    }
    return -1
  }

  /** index << 1 | direction when record `index` is the segment's connection, else -1. */
  private match(index: number, segment: Segment): number {
    const isHatched = index < EMBRYO
    const arena = isHatched ? this.records : this.embryos
    const page = arena.page(index & INDEX_MASK)
    const base = arena.baseOf(index & INDEX_MASK)
    const { tuple } = this
    const ports = page[base + PORTS]!
    const a = page[base + ADDRESS_A]!
    const b = page[base + ADDRESS_B]!
    let direction = 0
    if (ports !== tuple.ports || a !== tuple.source || b !== tuple.destination) {
      if (ports !== tuple.portsBack || a !== tuple.destination || b !== tuple.source) return -1
      direction = 1
    }
    const key = page[base + KEY]!
    const isIpv6 = (key & 1) === 1
    if (isIpv6 !== tuple.isIpv6 || (isIpv6 && !this.matchesIpv6(page[base + IPV6]!, segment, direction))) return -1
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
    const { tuple } = this
    tuple.read(segment)
    page[base + ADDRESS_A] = tuple.source
    page[base + ADDRESS_B] = tuple.destination
    page[base + PORTS] = tuple.ports
    page[base + KEY] = (segment.path << 1) | (tuple.isIpv6 ? 1 : 0)
    if (tuple.isIpv6) page[base + IPV6] = this.insertIpv6(segment)
    this.slots.insert(tuple.hash, index)
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
    this.slots.replace(this.hashOf(page, base), embryo | EMBRYO, index)
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

  /** The 4-tuple of an embryo, its client as the sender. One is filled again and again. */
  tupleOfEmbryo(index: number): Tuple {
    const page = this.embryos.page(index)
    const base = this.embryos.baseOf(index)
    const isIpv6 = (page[base + KEY]! & 1) === 1
    this.embryoTuple.restore(page[base + ADDRESS_A]!, page[base + ADDRESS_B]!, page[base + PORTS]!, isIpv6)
    return this.embryoTuple
  }

  private hashOf(page: Int32Array, base: number): number {
    const ports = page[base + PORTS]!
    return this.tuple.hashOf(page[base + ADDRESS_A]!, ports >>> 16, page[base + ADDRESS_B]!, ports & 0xffff)
  }

  /** Gives a record back. */
  remove(index: number): void {
    this.release(this.records, index, index)
  }

  /** Gives an embryo back. */
  removeEmbryo(index: number): void {
    this.release(this.embryos, index, index | EMBRYO)
  }

  private release(arena: Arena, index: number, slotIndex: number): void {
    const page = arena.page(index)
    const base = arena.baseOf(index)
    this.slots.remove(this.hashOf(page, base), slotIndex)
    if ((page[base + KEY]! & 1) === 1) this.ipv6Free.push(page[base + IPV6]!)
    arena.release(index)
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
