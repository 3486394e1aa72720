/**
 * One record opened for one segment: its words, and which end sends. The ledger and the fast path reuse one each, so
 * that nobody else computes offsets. Layout and bits: `record.ts`.
 */
import {
  BYTES,
  FILES,
  KEY,
  LAST_FRAME,
  LAST_TIME,
  SEGMENTS,
  SEGMENTS_MASK,
  SIDE_A,
  SIDE_WORDS,
  STATE,
} from './record.ts'
import type { Sighting } from './sighting.ts'
import type { ConnectionTable } from './table.ts'

export class Row {
  index = -1
  /** 0 when end A sends, 1 when end B does. */
  direction: 0 | 1 = 0
  page: Int32Array = new Int32Array(0)
  doubles: Float64Array = new Float64Array(0)
  /** Word offsets in `page`: of the record, of the sender's side, of the other side. */
  base = 0
  own = 0
  peer = 0

  /** `at` is index << 1 | direction, as `ConnectionTable.find` gives it. */
  open(table: ConnectionTable, at: number): this {
    const index = at >>> 1
    this.index = index
    this.direction = (at & 1) as 0 | 1
    this.page = table.records.page(index)
    this.doubles = table.records.doublesOf(index)
    this.base = table.records.baseOf(index)
    this.own = this.base + SIDE_A + this.direction * SIDE_WORDS
    this.peer = this.base + SIDE_A + (1 - this.direction) * SIDE_WORDS
    return this
  }

  get state(): number {
    return this.page[this.base + STATE]!
  }

  set state(bits: number) {
    this.page[this.base + STATE] = bits
  }

  /** When either end was last heard of. */
  get lastTimeNs(): number {
    return Math.max(this.doubles[(this.own + LAST_TIME) >> 1]!, this.doubles[(this.peer + LAST_TIME) >> 1]!)
  }

  /** Payload of both ends so far. */
  get bytes(): number {
    return this.doubles[(this.own + BYTES) >> 1]! + this.doubles[(this.peer + BYTES) >> 1]!
  }

  /** The sender is heard of now. */
  hear(timeNs: number): void {
    this.doubles[(this.own + LAST_TIME) >> 1] = timeNs
  }

  get path(): number {
    return this.page[this.base + KEY]! >>> 1
  }

  /** Capture of its first segment. */
  get firstFile(): number {
    return this.page[this.base + FILES]! & 0xffff
  }

  setLastFrame({ frame, fileIndex }: Sighting): void {
    this.page[this.base + LAST_FRAME] = frame
    this.page[this.base + FILES] = (fileIndex << 16) | this.firstFile
  }

  /** Bit of a pair (`SEEN`, `FIN`, …) for the sender, and for the other end. */
  ownHas(pair: number): boolean {
    return (this.state & (pair << this.direction)) !== 0
  }

  peerHas(pair: number): boolean {
    return (this.state & (pair << (1 - this.direction))) !== 0
  }

  /** Whether both bits of a pair are set, or either. */
  bothHave(pair: number): boolean {
    return (this.state & (pair | (pair << 1))) === (pair | (pair << 1))
  }

  eitherHas(pair: number): boolean {
    return (this.state & (pair | (pair << 1))) !== 0
  }

  set(bits: number): void {
    this.page[this.base + STATE]! |= bits
  }

  clear(bits: number): void {
    this.page[this.base + STATE]! &= ~bits
  }

  /** Makes the next data, and the next bare ACK, of each end count as its first. */
  clearKinds(): void {
    this.page[this.own + SEGMENTS]! &= SEGMENTS_MASK
    this.page[this.peer + SEGMENTS]! &= SEGMENTS_MASK
  }

  setOwn(pair: number): void {
    this.set(pair << this.direction)
  }
}
