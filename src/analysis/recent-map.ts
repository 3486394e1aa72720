/**
 * A Map of bounded size: it makes a value when there is none, and forgets the one used longest ago.
 */
export class RecentMap<Value> {
  private readonly values: Map<string, Value> = new Map()
  private readonly limit: number
  private readonly make: () => Value

  constructor(limit: number, make: () => Value) {
    this.limit = limit
    this.make = make
  }

  /** The value of `key`, which by that becomes the one used last. */
  get(key: string): Value {
    const { values } = this
    const value = values.get(key) ?? this.make()
    values.delete(key)
    values.set(key, value)
    if (values.size > this.limit) values.delete(values.keys().next().value!)
    return value
  }

  entries(): [key: string, value: Value][] {
    return [...this.values]
  }
}
