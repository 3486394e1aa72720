/**
 * How many sockets are in each state, now and over time.
 */
import { STATES, type TcpState } from '../tcp/states.ts'

const SECOND_NS = 1e9

/** The states that a socket with a peer is in. */
export const COUNTED_STATES: readonly TcpState[] = STATES.filter((state) => state !== 'CLOSED' && state !== 'LISTEN')

export class StateCounts {
  private readonly now: Map<TcpState, number> = new Map()
  /** One array of counts, in the order of `COUNTED_STATES`, for each second; the newest last. */
  private readonly past: number[][] = []
  private readonly seconds: number
  private nextNs = Number.NEGATIVE_INFINITY

  /** @param seconds - how much of the past is kept */
  constructor(seconds: number) {
    this.seconds = seconds
  }

  move(from: TcpState | null, to: TcpState | null): void {
    if (from) this.now.set(from, this.of(from) - 1)
    if (to) this.now.set(to, this.of(to) + 1)
  }

  of(state: TcpState): number {
    return this.now.get(state) ?? 0
  }

  /** Time goes on: notes the counts of each second that begins. */
  advance(nowNs: number): void {
    if (nowNs < this.nextNs) return
    this.past.push(COUNTED_STATES.map((state) => this.of(state)))
    if (this.past.length > this.seconds) this.past.shift()
    this.nextNs = (Math.floor(nowNs / SECOND_NS) + 1) * SECOND_NS
  }

  /** The counts of a state in the last seconds, the newest last. */
  history(state: TcpState): number[] {
    const at = COUNTED_STATES.indexOf(state)
    return this.past.map((counts) => counts[at]!)
  }
}
