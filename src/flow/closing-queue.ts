/**
 * Connections that have closed, in the order of their last segment, until 2MSL has passed and they can be reported and
 * forgotten. A queue rather than a wheel: they all wait equally long, and one that spoke again is queued again.
 */
export class ClosingQueue {
  private indexes: Int32Array = new Int32Array(1024)
  private numbers: Int32Array = new Int32Array(1024)
  private times: Float64Array = new Float64Array(1024)
  private head = 0
  private length = 0

  push(index: number, number: number, timeNs: number): void {
    if (this.length === this.indexes.length) this.grow()
    const at = (this.head + this.length) & (this.indexes.length - 1)
    this.indexes[at] = index
    this.numbers[at] = number
    this.times[at] = timeNs
    this.length++
  }

  /** Time of the oldest entry; Infinity when there is none. */
  get oldestNs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.times[this.head]!
  }

  /** Takes the oldest entry: its record, and the connection's number, by which a reused record is told. */
  shift(): { index: number; number: number } {
    const entry = { index: this.indexes[this.head]!, number: this.numbers[this.head]! }
    this.head = (this.head + 1) & (this.indexes.length - 1)
    this.length--
    return entry
  }

  private grow(): void {
    const size = this.indexes.length
    const indexes = new Int32Array(size * 2)
    const numbers = new Int32Array(size * 2)
    const times = new Float64Array(size * 2)
    for (let i = 0; i < this.length; i++) {
      const at = (this.head + i) & (size - 1)
      indexes[i] = this.indexes[at]!
      numbers[i] = this.numbers[at]!
      times[i] = this.times[at]!
    }
    this.indexes = indexes
    this.numbers = numbers
    this.times = times
    this.head = 0
  }
}
