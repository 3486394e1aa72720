/**
 * Whether a silent connection speaks at regular times: keep-alives, pings. A beat is what comes after a pause.
 */

/** Bytes of both ends in one beat: what carries more transfers something. */
const MAX_BYTES = 1460
/** Beats are regular when each comes within this part of the mean period. */
const TOLERANCE = 0.2
/** As many periods in a row, at least. */
const ENOUGH = 3

export class Heartbeat {
  private lastNs: number | null = null
  private lastBytes = 0
  private count = 0
  private meanNs = 0
  private longest = 0
  private longestNs = 0

  /** A pause ended. `bytes`: payload of both ends until then. */
  beat(timeNs: number, bytes: number): void {
    if (this.lastNs !== null) this.enter(timeNs - this.lastNs, bytes - this.lastBytes)
    this.lastNs = timeNs
    this.lastBytes = bytes
  }

  private enter(periodNs: number, bytes: number): void {
    const isRegular = this.count === 0 || Math.abs(periodNs - this.meanNs) <= this.meanNs * TOLERANCE
    if (!isRegular || bytes > MAX_BYTES) this.count = 0
    if (bytes > MAX_BYTES) return
    this.count++
    this.meanNs = this.count === 1 ? periodNs : this.meanNs + (periodNs - this.meanNs) / this.count
    if (this.count < this.longest) return
    this.longest = this.count
    this.longestNs = this.meanNs
  }

  /** Of the longest row of regular beats, in seconds; null when there was none. */
  get periodSeconds(): number | null {
    return this.longest < ENOUGH ? null : this.longestNs / 1e9
  }
}
