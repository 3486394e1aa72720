/**
 * An `AddressTable` of bounded size: it forgets keys that were not used for long. In two generations, of which the older
 * is forgotten as a whole: to take keys out one by one costs as much as to put them in.
 */
import { AddressTable, type Parties } from './address-table.ts'

/** A key that is remembered: its row of `table`, whose counts begin at `at` of its words. */
export interface Remembered {
  table: AddressTable
  row: number
  words: Int32Array
  at: number
}

export class RecentTable {
  /** Keys that were forgotten. */
  forgotten = 0
  private young: AddressTable
  private old: AddressTable
  private readonly limit: number
  private readonly onForget: ((words: Int32Array, at: number) => void) | null
  /** Counts of a row on its way to the young generation. */
  private readonly counts: Int32Array

  /**
   * Of the keys used last, `limit` are remembered at least, and at most twice as many.
   *
   * `addresses`, `counts`: as of `AddressTable`. `onForget` is told the counts of a key that is forgotten.
   */
  constructor(
    seed: number,
    addresses: 1 | 2,
    counts: number,
    limit: number,
    onForget: ((words: Int32Array, at: number) => void) | null = null,
  ) {
    this.young = new AddressTable(seed, addresses, counts)
    this.old = new AddressTable(seed, addresses, counts)
    this.counts = new Int32Array(counts)
    this.limit = limit
    this.onForget = onForget
  }

  /** The rows of the keys used last. */
  get words(): Int32Array {
    return this.young.words
  }

  /** Where in `words` the counts of the addresses from word `at` on, with `port`, begin; until it is used again. */
  use(parties: Parties, at: number, port: number): number {
    const { young } = this
    const known = young.find(parties, at, port)
    return young.countsAt(known < 0 ? this.enter(parties, at, port) : known)
  }

  private enter(parties: Parties, at: number, port: number): number {
    const { counts } = this
    const known = this.old.find(parties, at, port)
    if (known < 0) counts.fill(0)
    else this.old.take(known, counts)
    if (this.young.size >= this.limit) this.turn()
    return this.young.insert(parties, at, port, counts)
  }

  /** Forgets what was used in the generation before, and not in this one, which is over. */
  private turn(): void {
    const { old } = this
    for (let row = 0; row < old.size; row++) {
      if (old.isTaken(row)) continue
      this.forgotten++
      this.onForget?.(old.words, old.countsAt(row))
    }
    old.clear()
    this.old = this.young
    this.young = old
  }

  /** All that is remembered, longest unused first. */
  *rows(): Generator<Remembered> {
    yield* rowsOf(this.old)
    yield* rowsOf(this.young)
  }
}

function* rowsOf(table: AddressTable): Generator<Remembered> {
  for (let row = 0; row < table.size; row++) {
    if (!table.isTaken(row)) yield { table, row, words: table.words, at: table.countsAt(row) }
  }
}
