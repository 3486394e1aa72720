/**
 * The only clock of the model: a queue of actions in virtual microseconds. Actions of the same moment run in the
 * order in which they were asked for, so that a run is the same every time.
 */
export interface Alarm {
  readonly us: number
  isCancelled: boolean
}

interface Entry extends Alarm {
  readonly order: number
  readonly action: () => void
}

export class VirtualTime {
  nowUs = 0
  private order = 0
  private marks = 0
  /** Binary heap, the earliest first. */
  private readonly heap: Entry[] = []

  after(delayUs: number, action: () => void): Alarm {
    return this.at(this.nowUs + delayUs, action)
  }

  at(us: number, action: () => void): Alarm {
    const entry: Entry = { us: Math.max(us, this.nowUs), order: this.order++, action, isCancelled: false }
    this.heap.push(entry)
    this.rise(this.heap.length - 1)
    return entry
  }

  /** A number that grows: tells the order of what happens in the same microsecond. */
  mark(): number {
    return this.marks++
  }

  /** Runs everything up to `endUs`. */
  run(endUs: number): void {
    while (this.heap.length > 0 && this.heap[0]!.us <= endUs) {
      const entry = this.take()
      if (entry.isCancelled) continue
      this.nowUs = entry.us
      entry.action()
    }
  }

  private take(): Entry {
    const first = this.heap[0]!
    const last = this.heap.pop()!
    if (this.heap.length > 0) {
      this.heap[0] = last
      this.sink(0)
    }
    return first
  }

  private rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(this.heap[at]!, this.heap[parent]!)) return
      this.swap(at, parent)
      at = parent
    }
  }

  private sink(from: number): void {
    let at = from
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.heap.length && isBefore(this.heap[child]!, this.heap[least]!)) least = child
      }
      if (least === at) return
      this.swap(at, least)
      at = least
    }
  }

  private swap(first: number, second: number): void {
    const entry = this.heap[first]!
    this.heap[first] = this.heap[second]!
    this.heap[second] = entry
  }
}

function isBefore(first: Entry, second: Entry): boolean {
  return first.us < second.us || (first.us === second.us && first.order < second.order)
}
