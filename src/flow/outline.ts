/**
 * What there is to know of an undisturbed connection that is over, without making an object of it: its shape, which
 * deadlines have passed, and who took part. One is filled again and again.
 */
import { BYTES, FIN, LAST_TIME, NEXT_TIME, SHAPE } from './record.ts'
import type { Row } from './row.ts'

/** Payload of one side; sequence numbers further apart cannot be compared. */
const MAX_BYTES = 2 ** 30
/** The deadline of findings: RFC 6298's first RTO, and what a close takes. */
const SOON_NS = 1e9
const DEADLINE_BITS = 9
const KINDS = 2 ** 25

/** What time it is when a connection is over. */
export interface Clock {
  endNs: number
  timeWaitNs: number
  /** The capture has ended, not just the connection. */
  isEnding: boolean
}

export class Outline {
  /** Of the connection. */
  number = 0
  /** Shape, deadlines, and what went wrong with the data: all that states and findings depend on. */
  key = 0
  family = 0
  /** Four words of the client, four of the server; IPv4 uses the first. */
  readonly addresses: Int32Array = new Int32Array(8)
  readonly ports: [number, number] = [0, 0]
  /** When client and server sent something new for the last time, and when each was last heard of: FINs and their ACKs. */
  readonly times: Float64Array = new Float64Array(4)

  /**
   * Takes on a connection's shape, deadlines and times; false when it has no shape. Its client is end A.
   *
   * @param kinds - `RareEvents.kinds`
   */
  read(row: Row, kinds: number, clock: Clock): boolean {
    const { page, doubles, base, own, peer } = row
    const shape = page[base + SHAPE]!
    if (shape <= 0 || doubles[(own + BYTES) >> 1]! >= MAX_BYTES || doubles[(peer + BYTES) >> 1]! >= MAX_BYTES)
      return false
    // Who repeats data in vain is not left alone until both have closed.
    if (kinds !== 0 && !row.bothHave(FIN)) return false
    const { times } = this
    times[0] = doubles[(own + NEXT_TIME) >> 1]!
    times[1] = doubles[(peer + NEXT_TIME) >> 1]!
    times[2] = doubles[(own + LAST_TIME) >> 1]!
    times[3] = doubles[(peer + LAST_TIME) >> 1]!
    if (row.eitherHas(FIN) && Math.max(times[2], times[3]) - firstFinNs(row, times) >= clock.timeWaitNs) return false
    this.setKey(shape, kinds, clock)
    return true
  }

  /** Takes on a connection of which only a SYN was seen. */
  readSyn(shape: number, timeNs: number, clock: Clock): void {
    this.times.fill(0)
    this.times[0] = timeNs
    this.times[2] = timeNs
    this.setKey(shape, 0, clock)
  }

  private setKey(shape: number, kinds: number, { endNs, timeWaitNs, isEnding }: Clock): void {
    const { times } = this
    let deadlines = isEnding ? 1 : 0
    for (let i = 0; i < 4; i++) {
      if (endNs - times[i]! >= SOON_NS) deadlines |= 2 << i
      if (endNs >= times[i]! + timeWaitNs) deadlines |= 32 << i
    }
    this.key = ((shape << DEADLINE_BITS) | deadlines) + kinds * KINDS
  }
}

function firstFinNs(row: Row, times: Float64Array): number {
  if (!row.bothHave(FIN)) return times[row.ownHas(FIN) ? 0 : 1]!
  return Math.min(times[0]!, times[1]!)
}
