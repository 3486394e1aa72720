/**
 * Records of so many int32 words each, in pages that are never copied: one array that doubles costs 28 to 37 % on a SYN
 * flood. A page is untouched memory until its records are used.
 */
import { NUMBER } from './record.ts'

const PAGE_BITS = 16
const PAGE_RECORDS = 1 << PAGE_BITS
const PAGE_MASK = PAGE_RECORDS - 1

export class Arena {
  /** Records ever used; those of them that were given back have a negative `NUMBER`. */
  used = 0
  private readonly pages: Int32Array[] = []
  private readonly doubles: Float64Array[] = []
  private readonly free: number[] = []
  private readonly words: number

  /** `words`: of a record, an even number. */
  constructor(words: number) {
    this.words = words
  }

  /** The page of a record, in words; its own start at `baseOf(index)`. */
  page(index: number): Int32Array {
    return this.pages[index >>> PAGE_BITS]!
  }

  /** The same page as doubles: word index halved. */
  doublesOf(index: number): Float64Array {
    return this.doubles[index >>> PAGE_BITS]!
  }

  baseOf(index: number): number {
    return (index & PAGE_MASK) * this.words
  }

  /** A record of zeros. */
  allocate(): number {
    const index = this.free.pop()
    if (index === undefined) return this.allocateFresh()
    const base = this.baseOf(index)
    this.page(index).fill(0, base, base + this.words)
    return index
  }

  private allocateFresh(): number {
    if (this.used === this.pages.length * PAGE_RECORDS) {
      const buffer = new ArrayBuffer(PAGE_RECORDS * this.words * Int32Array.BYTES_PER_ELEMENT)
      this.pages.push(new Int32Array(buffer))
      this.doubles.push(new Float64Array(buffer))
    }
    return this.used++
  }

  release(index: number): void {
    this.page(index)[this.baseOf(index) + NUMBER] = -1
    this.free.push(index)
  }

  isLive(index: number): boolean {
    return this.page(index)[this.baseOf(index) + NUMBER]! >= 0
  }

  get live(): number {
    return this.used - this.free.length
  }

  /** The next live record from `index` on, around the end; -1 when there is none. */
  nextLive(index: number): number {
    if (this.live === 0) return -1
    for (let at = index % this.used; ; at = (at + 1) % this.used) {
      if (this.isLive(at)) return at
    }
  }
}
