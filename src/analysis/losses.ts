/**
 * When the capturing side lost packets: what it told of its losses while packets came.
 */

/** Times kept; older ones are put together, so that a lossy capture of days takes no memory. */
const MAX_SAMPLES = 4096

interface Sample {
  /** When the total was told. */
  timeNs: number
  /** Packets lost until then. */
  total: number
}

export class Losses {
  /** In order of time. The first says when counting began. */
  private samples: Sample[] = []

  /** `total` packets have been lost until now. */
  note(total: number, timeNs: number): void {
    const { samples } = this
    const last = samples.at(-1)
    const before = samples.at(-2)
    // Without a loss in between, the later of two equal totals says more.
    if (last && before && last.total === total && before.total === total) last.timeNs = timeNs
    else samples.push({ timeNs, total })
    if (samples.length > MAX_SAMPLES) this.samples = samples.filter((_, i) => i === 0 || i % 2 === samples.length % 2)
  }

  /**
   * Packets lost between two moments; some of them may have been lost shortly before or after, as losses are told from
   * time to time. Null when nothing was ever told.
   */
  between(fromNs: number, toNs: number): number | null {
    const { samples } = this
    if (samples.length === 0) return null
    const before = samples.findLast(({ timeNs }) => timeNs <= fromNs)?.total ?? 0
    const after = (samples.find(({ timeNs }) => timeNs >= toNs) ?? samples.at(-1)!).total
    return Math.max(0, after - before)
  }
}
