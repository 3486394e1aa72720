/**
 * A Map of bounded size: it makes a value when there is none, and forgets values not used for long. In two generations,
 * for to take keys out of the beginning of a Map, one by one, costs more the more went before.
 */
export class RecentMap<Key, Value> {
  private young: Map<Key, Value> = new Map()
  private old: Map<Key, Value> = new Map()
  private readonly limit: number
  private readonly make: () => Value
  /** Values that were forgotten. */
  forgotten = 0
  /** Keys of the old generation that are in the young one, too. */
  private kept = 0

  /** Of the keys used last, `limit` are remembered at least, and at most twice as many. */
  constructor(limit: number, make: () => Value) {
    this.limit = limit
    this.make = make
  }

  get(key: Key): Value {
    const known = this.young.get(key)
    if (known !== undefined) return known
    const remembered = this.old.get(key)
    if (remembered !== undefined) this.kept++
    if (this.young.size >= this.limit) {
      this.forgotten += this.old.size - this.kept
      this.kept = 0
      this.old = this.young
      this.young = new Map()
    }
    const value = remembered ?? this.make()
    this.young.set(key, value)
    return value
  }

  /** All that is remembered, longest unused first. */
  entries(): [key: Key, value: Value][] {
    const { young, old } = this
    return [...[...old].filter(([key]) => !young.has(key)), ...young]
  }
}
