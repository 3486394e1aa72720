/**
 * How many intervals of each key overlap at most, and since when: TIME-WAITs of a host. Intervals may come in any order,
 * but not arbitrarily late, so that what lies before can be counted and forgotten: 16 bytes stay of each key.
 */

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

  /** An interval that begins more than `lateNs` before the newest counts from there on only. */
  constructor(lateNs: number) {
    this.lateNs = lateNs
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

  /** Counts all that happens before `untilNs`. An interval that ends when another begins does not overlap it. */
  fold(untilNs: number): void {
    const { live, peaks, peakTimes } = this
    const starts = this.starts.take(untilNs)
    const ends = this.ends.take(untilNs)
    let ended = 0
    for (let i = 0; i < starts.keys.length; i++) {
      const timeNs = starts.times[i]!
      for (; ends.times[ended]! <= timeNs; ended++) live[ends.keys[ended]!]!--
      const key = starts.keys[i]!
      const count = (live[key] ?? 0) + 1
      live[key] = count
      if (count <= (peaks[key] ?? 0)) continue
      peaks[key] = count
      peakTimes[key] = timeNs
    }
    for (; ended < ends.keys.length; ended++) live[ends.keys[ended]!]!--
  }
}

interface Batch {
  keys: number[]
  times: number[]
}

/** Pairs of key and time, in any order. */
class Events {
  private keys: number[] = []
  private times: number[] = []

  get length(): number {
    return this.keys.length
  }

  push(key: number, timeNs: number): void {
    this.keys.push(key)
    this.times.push(timeNs)
  }

  /** Takes out those up to `untilNs`, in order of time. */
  take(untilNs: number): Batch {
    const { keys, times } = this
    const order = Uint32Array.from(keys.keys()).sort((a, b) => times[a]! - times[b]!)
    const taken: Batch = { keys: [], times: [] }
    const left: Batch = { keys: [], times: [] }
    for (const at of order) {
      const batch = times[at]! <= untilNs ? taken : left
      batch.keys.push(keys[at]!)
      batch.times.push(times[at]!)
    }
    this.keys = left.keys
    this.times = left.times
    return taken
  }
}
