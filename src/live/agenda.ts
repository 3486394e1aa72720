/**
 * Connections to be looked at again although no segment comes: a binary heap by the time when each is due.
 */
export class Agenda {
  private readonly times: number[] = []
  private readonly numbers: number[] = []

  /** When the first one is due, in nanoseconds; Infinity when none is. */
  get nextNs(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY
  }

  add(dueNs: number, number: number): void {
    let at = this.times.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.times[parent]! <= dueNs) break
      this.put(at, this.times[parent]!, this.numbers[parent]!)
      at = parent
    }
    this.put(at, dueNs, number)
  }

  /** Takes the first one out; there must be one. */
  shift(): { dueNs: number; number: number } {
    const first = { dueNs: this.times[0]!, number: this.numbers[0]! }
    const dueNs = this.times.pop()!
    const number = this.numbers.pop()!
    const length = this.times.length
    let at = 0
    while (2 * at + 1 < length) {
      const left = 2 * at + 1
      const least = left + 1 < length && this.times[left + 1]! < this.times[left]! ? left + 1 : left
      if (this.times[least]! >= dueNs) break
      this.put(at, this.times[least]!, this.numbers[least]!)
      at = least
    }
    if (length > 0) this.put(at, dueNs, number)
    return first
  }

  private put(at: number, dueNs: number, number: number): void {
    this.times[at] = dueNs
    this.numbers[at] = number
  }
}
