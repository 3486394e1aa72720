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

  /** Whether a candidate may be among those to show; one that cannot need only be counted. */
  isOpenTo(number: number, rank: number): boolean {
    return this.#last === null || loudFirst({ number, rank }, this.#last) < 0
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
  const loudA = a.rank >= LOUD ? a.rank : -1
  const loudB = b.rank >= LOUD ? b.rank : -1
  return loudB - loudA || a.number - b.number
}
