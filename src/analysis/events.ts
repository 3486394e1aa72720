/**
 * Moments of two keys each, in order of time: typed columns, for they come by the million. They may be added in any
 * order, but mostly in that of time.
 */
import { resized } from './columns.ts'

const FIRST_LENGTH = 4096
/** How far an event may move, on average, before another way to sort is faster. */
const MOVES = 8
const MOVES_IN_BUCKETS = 64

export class Events {
  length = 0
  times: Float64Array<ArrayBuffer> = new Float64Array(FIRST_LENGTH)
  hosts: Int32Array<ArrayBuffer> = new Int32Array(FIRST_LENGTH)
  pairs: Int32Array<ArrayBuffer> = new Int32Array(FIRST_LENGTH)

  push(timeNs: number, host: number, pair: number): void {
    if (this.length === this.times.length) this.resize(this.length * 2)
    this.times[this.length] = timeNs
    this.hosts[this.length] = host
    this.pairs[this.length] = pair
    this.length++
  }

  /** Forgets the first `count`. */
  drop(count: number): void {
    if (count === 0) return
    this.times.copyWithin(0, count, this.length)
    this.hosts.copyWithin(0, count, this.length)
    this.pairs.copyWithin(0, count, this.length)
    this.length -= count
    let room = this.times.length
    while (room > FIRST_LENGTH && room > 4 * this.length) room /= 2
    if (room < this.times.length) this.resize(room)
  }

  private resize(room: number): void {
    this.times = resized(this.times, room)
    this.hosts = resized(this.hosts, room)
    this.pairs = resized(this.pairs, room)
  }

  /** Puts those from `from` on in order of time. */
  sort(from: number): void {
    const sorted = this.insert(from, MOVES)
    if (sorted === this.length) return
    const first = this.firstAfter(from, sorted)
    this.spread(first)
    if (this.insert(first, MOVES_IN_BUCKETS) < this.length) this.compare(first)
  }

  /** In place, in 3 ns each while they are nearly in order. Returns up to where they are once that takes too long. */
  private insert(from: number, movesOfEach: number): number {
    const { length, times, hosts, pairs } = this
    let moves = movesOfEach * (length - from)
    for (let i = from + 1; i < length; i++) {
      const timeNs = times[i]!
      if (timeNs >= times[i - 1]!) continue
      const host = hosts[i]!
      const pair = pairs[i]!
      let at = i
      for (; at > from && times[at - 1]! > timeNs && moves > 0; at--, moves--) {
        times[at] = times[at - 1]!
        hosts[at] = hosts[at - 1]!
        pairs[at] = pairs[at - 1]!
      }
      times[at] = timeNs
      hosts[at] = host
      pairs[at] = pair
      if (moves === 0) return at
    }
    return length
  }

  /** Of those up to `sorted`, which are in order, the first that is later than any of the others. */
  private firstAfter(from: number, sorted: number): number {
    const { length, times } = this
    let earliestNs = Number.POSITIVE_INFINITY
    for (let i = sorted; i < length; i++) earliestNs = Math.min(earliestNs, times[i]!)
    let low = from
    for (let high = sorted; low < high; ) {
      const middle = (low + high) >>> 1
      if (times[middle]! <= earliestNs) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Into as many equal steps of time as there are events: nearly in order, faster than by comparing them. */
  private spread(from: number): void {
    const { length, times } = this
    const count = length - from
    let firstNs = times[from]!
    let lastNs = firstNs
    for (let i = from; i < length; i++) {
      firstNs = Math.min(firstNs, times[i]!)
      lastNs = Math.max(lastNs, times[i]!)
    }
    const perNs = (count - 1) / Math.max(1, lastNs - firstNs)
    const starts = new Uint32Array(count + 1)
    for (let i = from; i < length; i++) starts[Math.floor((times[i]! - firstNs) * perNs) + 1]!++
    for (let i = 1; i <= count; i++) starts[i]! += starts[i - 1]!
    this.arrange(from, (i) => starts[Math.floor((times[i]! - firstNs) * perNs)]!++)
  }

  private compare(from: number): void {
    const { length, times } = this
    const order = Uint32Array.from({ length: length - from }, (_, i) => from + i)
    order.sort((a, b) => times[a]! - times[b]!)
    const places = new Uint32Array(length - from)
    for (const [place, i] of order.entries()) places[i - from] = place
    this.arrange(from, (i) => places[i - from]!)
  }

  /** Moves each to the place that `placeOf` names, counted from `from`. */
  private arrange(from: number, placeOf: (i: number) => number): void {
    const { length, times, hosts, pairs } = this
    this.times = times.slice()
    this.hosts = hosts.slice()
    this.pairs = pairs.slice()
    for (let i = from; i < length; i++) {
      const at = from + placeOf(i)
      this.times[at] = times[i]!
      this.hosts[at] = hosts[i]!
      this.pairs[at] = pairs[i]!
    }
  }
}
