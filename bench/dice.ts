/**
 * Numbers that look random and are the same for the same seed (mulberry32).
 */
export class Dice {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  /** 0 ≤ result < 1 */
  roll(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let h = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    h = (h + Math.imul(h ^ (h >>> 7), 61 | h)) ^ h
    return ((h ^ (h >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number, 0 ≤ result < limit. */
  below(limit: number): number {
    return Math.floor(this.roll() * limit)
  }
}
