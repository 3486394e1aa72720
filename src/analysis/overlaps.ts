/**
 * How many intervals overlap at most: TIME-WAITs of a host, and of a pair of a client and a server's port. Intervals may
 * come in any order, but not arbitrarily late, so that what lies before can be counted and forgotten.
 */
import { Events } from './events.ts'
import { Levels } from './levels.ts'

/** Pending events that are worth counting; more when most of them turn out to be too recent. */
const FOLD_AT = 4096
/** An interval that begins earlier than so many lengths before the newest time counts later than it should. */
const LATE = 3
/** In place of a host or a pair: not counted. */
export const NOBODY = -1

export class Overlaps {
  /** Exact after `fold(Infinity)`. */
  readonly hosts: Levels
  readonly pairs: Levels = new Levels(0)
  private readonly lengthNs: number
  /** Those that are not over. Pairs are `pair << 1 | isOdd`. */
  private readonly starts: Events = new Events()
  /** How many of `starts` have begun, and how many of these have ended. */
  private begun = 0
  private ended = 0
  /** Ends of intervals of another length. */
  private readonly oddEnds: Events = new Events()
  private oddEnded = 0
  private foldAt = FOLD_AT
  private foldedNs = Number.NEGATIVE_INFINITY

  /** `lengthNs`: of most intervals. They end in the order in which they begin, and are sorted once. */
  constructor(lengthNs: number, maxHistories: number) {
    this.lengthNs = lengthNs
    this.hosts = new Levels(maxHistories)
  }

  /**
   * Counts for `host` and for `pair`, which are small integers or `NOBODY`. `nowNs`: the newest time known. An interval
   * that ends before it begins is none.
   */
  add(host: number, pair: number, startNs: number, endNs: number, nowNs: number): void {
    if (endNs <= startNs) return
    // Events that have begun stay as they are; a late one would come among them.
    const isOdd = endNs !== startNs + this.lengthNs || startNs < this.foldedNs
    this.starts.push(startNs, host, (pair << 1) | (isOdd ? 1 : 0))
    if (isOdd) this.oddEnds.push(endNs, host, pair)
    if (this.starts.length < this.foldAt) return
    this.fold(nowNs - LATE * this.lengthNs)
    this.foldAt = Math.max(FOLD_AT, 2 * this.starts.length)
  }

  /** Counts all that happens before `untilNs`. An interval that ends when another begins does not overlap it. */
  fold(untilNs: number): void {
    const { starts, oddEnds } = this
    starts.sort(this.begun)
    oddEnds.sort(0)
    const { times } = starts
    for (; this.begun < starts.length && times[this.begun]! <= untilNs; this.begun++) this.begin(this.begun)
    this.endUntil(untilNs)
    this.foldedNs = untilNs
    this.begun -= this.ended
    starts.drop(this.ended)
    this.ended = 0
    oddEnds.drop(this.oddEnded)
    this.oddEnded = 0
  }

  private begin(at: number): void {
    const { times, hosts, pairs } = this.starts
    const timeNs = times[at]!
    const pair = pairs[at]! >> 1
    this.endUntil(timeNs)
    if (hosts[at]! !== NOBODY) this.hosts.enter(hosts[at]!, timeNs)
    if (pair !== NOBODY) this.pairs.enter(pair, timeNs)
  }

  private endUntil(untilNs: number): void {
    const { starts, oddEnds, lengthNs } = this
    for (;;) {
      const endNs = this.ended < this.begun ? starts.times[this.ended]! + lengthNs : Number.POSITIVE_INFINITY
      const oddNs = this.oddEnded < oddEnds.length ? oddEnds.times[this.oddEnded]! : Number.POSITIVE_INFINITY
      const nextNs = Math.min(endNs, oddNs)
      if (nextNs > untilNs || nextNs === Number.POSITIVE_INFINITY) return
      if (oddNs < endNs) this.endOdd(oddNs)
      else this.endNext(endNs)
    }
  }

  private endNext(timeNs: number): void {
    const { hosts, pairs } = this.starts
    const at = this.ended++
    const isOdd = (pairs[at]! & 1) === 1
    if (!isOdd) this.leave(hosts[at]!, pairs[at]! >> 1, timeNs)
  }

  private endOdd(timeNs: number): void {
    const { hosts, pairs } = this.oddEnds
    const at = this.oddEnded++
    this.leave(hosts[at]!, pairs[at]!, timeNs)
  }

  private leave(host: number, pair: number, timeNs: number): void {
    if (host !== NOBODY) this.hosts.leave(host, timeNs)
    if (pair !== NOBODY) this.pairs.leave(pair, timeNs)
  }
}
