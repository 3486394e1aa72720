/**
 * The choices of the fuzzer, all from one seed: the same input comes of the same two numbers, whatever ran before.
 */
import { Random } from '../model/random.ts'

export class Chance {
  private readonly random: Random

  /** `input`: number of the input within the run of `seed`. */
  constructor(seed: number, input: number) {
    this.random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b))
  }

  uint32(): number {
    return this.random.uint32()
  }

  below(limit: number): number {
    return this.random.below(limit)
  }

  /** `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }

  /** What a field of `bits` bits is set to: a limit, something near what it was, or anything. */
  field(was: number, bits: number): number {
    const most = bits === 32 ? 0xffff_ffff : 2 ** bits - 1
    const kind = this.below(4)
    if (kind === 0) return this.pick(LIMITS) & most
    if (kind === 1) return (was + this.between(-8, 8)) & most
    if (kind === 2) return (was ^ (1 << this.below(bits))) & most
    return this.uint32() & most
  }
}

const LIMITS = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 20, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, -1, -2, 1 << 31]
