/**
 * Which connections a report for readers shows: all in order of their number while they fit, else those with
 * warnings and errors first. Keeps no more than it may show, however many it is offered.
 */

export interface Candidate {
  /** The connection's number. */
  number: number
  /** Severity rank of its loudest finding; -1 without any. */
  rank: number
}

/** From this rank on a connection is shown before the quiet ones: `warn`. */
const LOUD = 2

export class Selection<T extends Candidate> {
  #kept: T[] = []
  /** The last of those kept, once there have been too many. */
  #last: Candidate | null = null
  readonly #limit: number
  /** Offered so far. */
  count = 0

  /** @param limit - kept at most; 0: all */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit
  }

  /** The number from which on no candidate of that rank will be among those to show: it need only be counted. */
  closedFrom(rank: number): number {
    if (this.#last === null) return Number.POSITIVE_INFINITY
    const louder = loudness(rank) - loudness(this.#last.rank)
    if (louder === 0) return this.#last.number
    return louder > 0 ? Number.POSITIVE_INFINITY : 0
  }

  offer(candidate: T): void {
    this.count++
    this.#kept.push(candidate)
    if (this.#kept.length >= 2 * this.#limit) this.#cut()
  }

  /** Those to show, in the order to show them. */
  take(): T[] {
    if (this.count <= this.#limit) return this.#kept.sort((a, b) => a.number - b.number)
    this.#cut()
    return this.#kept
  }

  /** The connection to look at first: the loudest, if it has a warning or an error. */
  loudest(): T | null {
    const first = this.#kept.toSorted(loudFirst)[0]
    return first === undefined || first.rank < LOUD ? null : first
  }

  #cut(): void {
    this.#kept.sort(loudFirst)
    this.#kept.length = Math.min(this.#kept.length, this.#limit)
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1) ?? null
  }
}

function loudFirst(a: Candidate, b: Candidate): number {
  return loudness(b.rank) - loudness(a.rank) || a.number - b.number
}

function loudness(rank: number): number {
  return rank >= LOUD ? rank : -1
}
