/**
 * How many intervals of each key overlap at most, and since when: TIME-WAITs of a host. Intervals may come in any order,
 * but not arbitrarily late, so that what lies before can be counted and forgotten: 16 bytes stay of each key, and a history of
 * the first keys that had two at once.
 */
import { History } from './history.ts'

/** Pending events that are worth counting; more when most of them turn out to be too recent. */
const FOLD_AT = 4096

export class Overlaps {
  private readonly lateNs: number
  private readonly starts: Events = new Events()
  private readonly ends: Events = new Events()
  private foldAt = FOLD_AT
  private readonly live: number[] = []
  private readonly peaks: number[] = []
  private readonly peakTimes: number[] = []
  private readonly histories: Map<number, History> = new Map()
  private readonly maxHistories: number

  /** An interval that begins more than `lateNs` before the newest counts from there on only. */
  constructor(lateNs: number, maxHistories = 0) {
    this.lateNs = lateNs
    this.maxHistories = maxHistories
  }

  /** `nowNs`: the newest time known. `key`: small integers from 0 on. One that ends before it begins is none. */
  add(key: number, startNs: number, endNs: number, nowNs: number): void {
    if (endNs <= startNs) return
    this.starts.push(key, startNs)
    this.ends.push(key, endNs)
    if (this.starts.length < this.foldAt) return
    this.fold(nowNs - this.lateNs)
    this.foldAt = Math.max(FOLD_AT, 2 * this.starts.length)
  }

  /** Most at once, and since when: exact after `fold(Infinity)`. */
  peakOf(key: number): { peak: number; timeNs: number } {
    return { peak: this.peaks[key] ?? 0, timeNs: this.peakTimes[key] ?? 0 }
  }

  /** How many there were over time: exact after `fold(Infinity)`. Undefined when there were never two at once. */
  historyOf(key: number): History | undefined {
    return this.histories.get(key)
  }

  /** Counts all that happens before `untilNs`. An interval that ends when another begins does not overlap it. */
  fold(untilNs: number): void {
    const { starts, ends, live, peaks, peakTimes, histories } = this
    const started = starts.sortUntil(untilNs)
    const ended = ends.sortUntil(untilNs)
    let over = 0
    for (let i = 0; i < started; i++) {
      const timeNs = starts.times[i]!
      for (; over < ended && ends.times[over]! <= timeNs; over++) this.end(ends.keys[over]!, ends.times[over]!)
      const key = starts.keys[i]!
      const count = (live[key] ?? 0) + 1
      live[key] = count
      histories.get(key)?.record(timeNs, count)
      if (count <= (peaks[key] ?? 0)) continue
      if (count === 2) this.remember(key, peakTimes[key]!, timeNs)
      peaks[key] = count
      peakTimes[key] = timeNs
    }
    for (; over < ended; over++) this.end(ends.keys[over]!, ends.times[over]!)
    starts.drop(started)
    ends.drop(ended)
  }

  private end(key: number, timeNs: number): void {
    const count = this.live[key]! - 1
    this.live[key] = count
    this.histories.get(key)?.record(timeNs, count)
  }

  /** Begins the history of a key: one at `firstNs`, two at `secondNs`. */
  private remember(key: number, firstNs: number, secondNs: number): void {
    if (this.histories.size >= this.maxHistories) return
    const history = new History(firstNs)
    history.record(firstNs, 1)
    history.record(secondNs, 2)
    this.histories.set(key, history)
  }
}

/** Pairs of key and time, in any order, but mostly in that of time. */
class Events {
  length = 0
  keys: Int32Array = new Int32Array(FOLD_AT)
  times: Float64Array = new Float64Array(FOLD_AT)

  push(key: number, timeNs: number): void {
    if (this.length === this.keys.length) this.grow()
    this.keys[this.length] = key
    this.times[this.length] = timeNs
    this.length++
  }

  private grow(): void {
    const { keys, times } = this
    this.keys = new Int32Array(keys.length * 2)
    this.keys.set(keys)
    this.times = new Float64Array(times.length * 2)
    this.times.set(times)
  }

  /** Puts all in order of time; returns how many there are up to `untilNs`. */
  sortUntil(untilNs: number): number {
    if (!this.insertionSort()) this.sort()
    const { length, times } = this
    let low = 0
    for (let high = length; low < high; ) {
      const middle = (low + high) >>> 1
      if (times[middle]! <= untilNs) low = middle + 1
      else high = middle
    }
    return low
  }

  /** In place, 10 times as fast as `sort` while they come nearly in order; false, and not sorted, when they do not. */
  private insertionSort(): boolean {
    const { length, keys, times } = this
    let moves = 8 * length
    for (let i = 1; i < length; i++) {
      const timeNs = times[i]!
      if (timeNs >= times[i - 1]!) continue
      const key = keys[i]!
      let at = i
      for (; at > 0 && times[at - 1]! > timeNs && moves > 0; at--, moves--) {
        times[at] = times[at - 1]!
        keys[at] = keys[at - 1]!
      }
      times[at] = timeNs
      keys[at] = key
      if (moves === 0) return false
    }
    return true
  }

  /** Key and time as one number where 53 bits hold both: a sort without comparisons of ours takes a fifth of the time. */
  private sort(): void {
    const { length } = this
    const keys = this.keys.subarray(0, length)
    const times = this.times.subarray(0, length)
    const firstNs = times.reduce((least, timeNs) => Math.min(least, timeNs), Number.POSITIVE_INFINITY)
    const lastNs = times.reduce((most, timeNs) => Math.max(most, timeNs), Number.NEGATIVE_INFINITY)
    const count = keys.reduce((most, key) => Math.max(most, key), 0) + 1
    const fits = (lastNs - firstNs + 1) * count <= Number.MAX_SAFE_INTEGER
    if (!fits || !times.every(Number.isInteger)) this.sortByOrder()
    else {
      const packed = times.map((timeNs, i) => (timeNs - firstNs) * count + keys[i]!).sort()
      for (let i = 0; i < length; i++) {
        const timeNs = Math.floor(packed[i]! / count)
        keys[i] = packed[i]! - timeNs * count
        times[i] = timeNs + firstNs
      }
    }
  }

  private sortByOrder(): void {
    const { length, keys, times } = this
    const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => times[a]! - times[b]!)
    this.keys = keys.map((key, i) => (i < length ? keys[order[i]!]! : key))
    this.times = times.map((timeNs, i) => (i < length ? times[order[i]!]! : timeNs))
  }

  /** Forgets the first `count`. */
  drop(count: number): void {
    this.keys.copyWithin(0, count, this.length)
    this.times.copyWithin(0, count, this.length)
    this.length -= count
  }
}
