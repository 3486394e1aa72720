/**
 * A count over time in a bounded number of equal steps: the most of each step. The longer it goes on, the coarser it is.
 */

const STEPS = 60
/** What a step is at first. */
const FINEST_NS = 1e9

export class History {
  private readonly startNs: number
  private stepNs = FINEST_NS
  /** The most in each step so far; the last one is at `used - 1`. */
  private readonly most: Uint32Array = new Uint32Array(STEPS)
  private used = 1
  private count = 0

  constructor(startNs: number) {
    this.startNs = startNs
  }

  /** The count from `timeNs` on; times come in order. */
  record(timeNs: number, count: number): void {
    this.reach(timeNs)
    this.count = count
    const last = this.used - 1
    if (count > this.most[last]!) this.most[last] = count
  }

  /** Opens the steps up to that of `timeNs`: nothing happened in between, so the count stayed. */
  private reach(timeNs: number): void {
    while (timeNs - this.startNs >= STEPS * this.stepNs) this.coarsen()
    const step = Math.floor((timeNs - this.startNs) / this.stepNs)
    if (step < this.used) return
    this.most.fill(this.count, this.used, step + 1)
    this.used = step + 1
  }

  /** Two steps become one. */
  private coarsen(): void {
    const { most, used } = this
    for (let i = 0; i < used; i += 2) most[i >>> 1] = Math.max(most[i]!, i + 1 < used ? most[i + 1]! : 0)
    this.used = (used + 1) >>> 1
    this.stepNs *= 2
  }

  /** All steps that begin before `untilNs`. */
  until(untilNs: number): { startNs: number; stepNs: number; most: number[] } {
    this.reach(untilNs)
    const { startNs, stepNs, most } = this
    const steps = Math.max(1, Math.ceil((untilNs - startNs) / stepNs))
    return { startNs, stepNs, most: [...most.subarray(0, steps)] }
  }
}
