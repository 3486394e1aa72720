/**
 * How many there are of each key, the most there were and since when: 18 bytes a key, and a history of the first keys
 * that had two at once.
 */
import { resized } from './columns.ts'
import { History } from './history.ts'

export class Levels {
  private readonly maxHistories: number
  private readonly histories: History[] = []
  private counts: Int32Array<ArrayBuffer> = new Int32Array(64)
  private peaks: Int32Array<ArrayBuffer> = new Int32Array(64)
  private peakTimes: Float64Array<ArrayBuffer> = new Float64Array(64)
  /** By key: 1 + index in `histories`; 0 is none. */
  private historyAt: Uint16Array<ArrayBuffer> = new Uint16Array(64)

  constructor(maxHistories: number) {
    this.maxHistories = maxHistories
  }

  /** One more of `key`, a small integer. Times come in order. */
  enter(key: number, timeNs: number): void {
    if (key >= this.counts.length) this.grow(key)
    const count = ++this.counts[key]!
    const history = this.historyAt[key]!
    if (history > 0) this.histories[history - 1]!.record(timeNs, count)
    if (count <= this.peaks[key]!) return
    if (count === 2) this.remember(key, this.peakTimes[key]!, timeNs)
    this.peaks[key] = count
    this.peakTimes[key] = timeNs
  }

  leave(key: number, timeNs: number): void {
    const count = --this.counts[key]!
    const history = this.historyAt[key]!
    if (history > 0) this.histories[history - 1]!.record(timeNs, count)
  }

  /** Begins the history of a key: one at `firstNs`, two at `secondNs`. */
  private remember(key: number, firstNs: number, secondNs: number): void {
    if (this.histories.length >= this.maxHistories) return
    const history = new History(firstNs)
    history.record(firstNs, 1)
    history.record(secondNs, 2)
    this.historyAt[key] = this.histories.push(history)
  }

  private grow(key: number): void {
    const length = 2 ** Math.ceil(Math.log2(key + 1))
    this.counts = resized(this.counts, length)
    this.peaks = resized(this.peaks, length)
    this.peakTimes = resized(this.peakTimes, length)
    this.historyAt = resized(this.historyAt, length)
  }

  /** Begins anew with a key that none is of. */
  forget(key: number): void {
    if (key < this.peaks.length) this.peaks[key] = 0
  }

  /** Most at once, and since when. */
  peakOf(key: number): { peak: number; timeNs: number } {
    return { peak: this.peaks[key] ?? 0, timeNs: this.peakTimes[key] ?? 0 }
  }

  /** How many there were over time; undefined when there were never two at once. */
  historyOf(key: number): History | undefined {
    return this.histories[(this.historyAt[key] ?? 0) - 1]
  }
}
