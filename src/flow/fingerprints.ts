/**
 * What identifies a packet that the tap delivers twice, of the connections it does that to. All share one ring of words:
 * copies come within milliseconds, and objects that each connection kept for as long as it lived were a third of the time.
 */
import type { Sighting } from './sighting.ts'

/** Packets remembered, of all connections. */
const CAPACITY = 1 << 16
/** Packets of an end that are compared: as many as come between a packet and its copy. */
const MAX_COMPARED = 64

/** Words of a packet. */
const WORDS = 8
const SEQ = 0
const ACKNOWLEDGMENT = 1
const FLAGS = 2
const LENGTH = 3
const WINDOW = 4
const IP_ID = 5
const TS_VALUE = 6

/** Before the first packet of an end. */
export const NO_PACKET = -1

export class Fingerprints {
  private readonly words: Int32Array = new Int32Array(CAPACITY * WORDS)
  private readonly times: Float64Array = new Float64Array(CAPACITY)
  /** Number of the packet of the same end before. */
  private readonly before: Float64Array = new Float64Array(CAPACITY)
  private count = 0

  /** Remembers a packet; `before` is what this returned for the one before of its end. */
  add(before: number, { segment, options, timeNs }: Sighting): number {
    const slot = this.count % CAPACITY
    const at = slot * WORDS
    const { words } = this
    words[at + SEQ] = segment.seq
    words[at + ACKNOWLEDGMENT] = segment.ack
    words[at + FLAGS] = segment.flags
    words[at + LENGTH] = segment.payloadLength
    words[at + WINDOW] = segment.window
    words[at + IP_ID] = segment.ipId
    words[at + TS_VALUE] = options.tsVal
    this.times[slot] = timeNs
    this.before[slot] = before
    return this.count++
  }

  /** Whether the segment is the packet `last` of its end, or one before, seen no longer than `withinNs` ago. */
  has(last: number, seen: Sighting, withinNs: number): boolean {
    // From the newest on: a burst passes one interface before the first of it is seen on the other.
    let number = last
    for (let compared = 0; compared < MAX_COMPARED; compared++) {
      if (number === NO_PACKET || number < this.count - CAPACITY) return false
      const slot = number % CAPACITY
      if (seen.timeNs - this.times[slot]! > withinNs) return false
      if (this.isAlike(slot * WORDS, seen)) return true
      number = this.before[slot]!
    }
    return false
  }

  private isAlike(at: number, { segment, options }: Sighting): boolean {
    const { words } = this
    return (
      words[at + SEQ] === segment.seq &&
      words[at + ACKNOWLEDGMENT] === segment.ack &&
      words[at + FLAGS] === segment.flags &&
      words[at + LENGTH] === segment.payloadLength &&
      words[at + WINDOW] === segment.window &&
      words[at + IP_ID] === segment.ipId &&
      words[at + TS_VALUE] === options.tsVal
    )
  }
}
