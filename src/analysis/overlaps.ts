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
  /** When the first of all begins, and the last ends; until when all is counted. */
  private firstNs = Number.POSITIVE_INFINITY
  private lastNs = Number.NEGATIVE_INFINITY
  private foldedNs = Number.NEGATIVE_INFINITY
  private foldAt = FOLD_AT
  private nextPair = 0
  private readonly freePairs: number[] = []
  /** Pairs that are given back, by the end of the last interval that can be one of theirs. */
  private readonly formerPairs: Events = new Events()

  /** `lengthNs`: of most intervals. They end in the order in which they begin, and are sorted once. */
  constructor(lengthNs: number, maxHistories: number) {
    this.lengthNs = lengthNs
    this.hosts = new Levels(maxHistories)
  }

  /** A number for a pair that is new. */
  openPair(): number {
    return this.freePairs.pop() ?? this.nextPair++
  }

  /** Gives the number of a pair back: nothing is added to it, and nobody asks for it any more. */
  closePair(pair: number): void {
    this.formerPairs.push(this.lastNs, NOBODY, pair)
  }

  /**
   * Counts for `host` and for `pair`, or `NOBODY`; hosts are small integers. `nowNs`: the newest time known. An interval
   * that ends before it begins is none.
   */
  add(host: number, pair: number, startNs: number, endNs: number, nowNs: number): void {
    if (endNs <= startNs) return
    // Events that have begun stay as they are; a late one would come among them.
    const isOdd = endNs !== startNs + this.lengthNs || startNs < this.foldedNs
    this.starts.push(startNs, host, (pair << 1) | (isOdd ? 1 : 0))
    if (isOdd) this.oddEnds.push(endNs, host, pair)
    this.firstNs = Math.min(this.firstNs, startNs)
    this.lastNs = Math.max(this.lastNs, endNs)
    if (this.starts.length < this.foldAt) return
    const untilNs = nowNs - LATE * this.lengthNs
    if (this.firstNs < untilNs) this.fold(untilNs)
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
    this.freePairsUntil(untilNs)
  }

  private freePairsUntil(untilNs: number): void {
    const { times, pairs, length } = this.formerPairs
    let count = 0
    for (; count < length && times[count]! <= untilNs; count++) {
      this.pairs.forget(pairs[count]!)
      this.freePairs.push(pairs[count]!)
    }
    this.formerPairs.drop(count)
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
