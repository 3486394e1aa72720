/**
 * UDP conversations, counted beside TCP: no states, only how many there were.
 */
import type { Segment } from '../decode/segment.ts'

export class UdpCounter {
  datagrams = 0
  /** Datagrams of conversations that were too many to be told apart. */
  untold = 0
  private readonly seen: Set<number> = new Set()
  private readonly maxConversations: number

  constructor(maxConversations: number) {
    this.maxConversations = maxConversations
  }

  get conversations(): number {
    return this.seen.size
  }

  count(segment: Segment): void {
    this.datagrams++
    const source = end(segment.source0, segment.source1, segment.source2, segment.source3, segment.sourcePort)
    const destination = end(
      segment.destination0,
      segment.destination1,
      segment.destination2,
      segment.destination3,
      segment.destinationPort,
    )
    // 53 bits of a direction-free hash: two of a million conversations meet with a probability of 6 in 10^5.
    const low = (source.low + destination.low) >>> 0
    const high = (source.high + destination.high) & 0x1fffff
    const key = high * 0x1_0000_0000 + low
    if (this.seen.size < this.maxConversations) this.seen.add(key)
    else if (!this.seen.has(key)) this.untold++
  }
}

function end(a: number, b: number, c: number, d: number, port: number): { low: number; high: number } {
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (const word of [a, b, c, d, port]) {
    low = Math.imul(low ^ word, 0x85ebca6b) ^ (low >>> 15)
    high = Math.imul(high ^ word, 0xc2b2ae35) ^ (high >>> 13)
  }
  return { low: low >>> 0, high: high >>> 0 }
}
