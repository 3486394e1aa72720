/**
 * Stretches of an end's sequence numbers that the capture jumped over: lost before the tap, or missed by it. What is sent
 * later fills them; what stays open and was acknowledged, the capture has missed.
 */
import { distance } from '../tcp/seq.ts'

/** More are not told apart from the last one. */
const MAX_HOLES = 32

interface Hole {
  from: number
  to: number
}

export class Holes {
  private holes: Hole[] = []

  /** The end went on at `to` where `from` was due. */
  open(from: number, to: number): void {
    if (this.holes.length < MAX_HOLES) this.holes.push({ from, to })
  }

  /** The end sent `[from, to)` after all. */
  fill(from: number, to: number): void {
    if (this.holes.length === 0) return
    this.holes = this.holes.flatMap((hole) => {
      if (distance(to, hole.from) <= 0 || distance(hole.to, from) <= 0) return [hole]
      const before = distance(from, hole.from) > 0 ? [{ from: hole.from, to: from }] : []
      const after = distance(hole.to, to) > 0 ? [{ from: to, to: hole.to }] : []
      return [...before, ...after]
    })
  }

  /** Bytes of the holes that lie before `acknowledged`. */
  bytesBefore(acknowledged: number): number {
    return this.holes
      .filter(({ to }) => distance(acknowledged, to) >= 0)
      .reduce((sum, { from, to }) => sum + distance(to, from), 0)
  }
}
