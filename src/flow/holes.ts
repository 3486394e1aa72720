/**
 * Stretches of an end's sequence numbers that the capture jumped over: lost before the tap, or missed by it. What is sent
 * later fills them; what stays open and was acknowledged, the capture has missed.
 */
import { distance } from '../tcp/seq.ts'

/** More are left out. */
const MAX_HOLES = 32

interface Hole {
  start: number
  end: number
  /** When the sender went on behind it. */
  timeNs: number
}

export class Holes {
  /** Whether there were too many to keep them all. */
  isIncomplete = false
  private holes: Hole[] = []

  /** Whether nothing was ever left out, and nothing is open. */
  get isEmpty(): boolean {
    return this.holes.length === 0 && !this.isIncomplete
  }

  /** The sender went on at `end` where `start` was due. */
  open(start: number, end: number, timeNs: number): void {
    if (this.holes.length < MAX_HOLES) this.holes.push({ start, end, timeNs })
    else this.isIncomplete = true
  }

  /** The sender filled `[start, end)` after all. */
  fill(start: number, end: number): void {
    if (this.holes.length === 0) return
    this.holes = this.holes.flatMap((hole) => {
      if (distance(end, hole.start) <= 0 || distance(hole.end, start) <= 0) return [hole]
      const before = distance(start, hole.start) > 0 ? [{ ...hole, end: start }] : []
      const after = distance(hole.end, end) > 0 ? [{ ...hole, start: end }] : []
      return [...before, ...after]
    })
  }

  /** Those that lie before `acknowledged`. */
  before(acknowledged: number): readonly Hole[] {
    return this.holes.filter(({ end }) => distance(acknowledged, end) >= 0)
  }

  /** Their bytes. */
  bytesBefore(acknowledged: number): number {
    return this.before(acknowledged).reduce((sum, { start, end }) => sum + distance(end, start), 0)
  }
}
