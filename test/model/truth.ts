/**
 * What really happened at one host: its states, recorded by the endpoints themselves.
 *
 * Beside each transition stands what a tap could know of it, for no inference can be asked for more.
 */
import type { TcpState } from '../../src/tcp/states.ts'
import type { Sent } from './segment.ts'
import type { VirtualTime } from './virtual-time.ts'

/** How the wire shows a transition. */
export type Shown =
  /** The host sent the segment that makes it. */
  | 'sent'
  /** The host received a SYN or FIN, or answered one: shown once it acknowledges it. */
  | 'received'
  /** The host received an ACK or a RST, which nothing acknowledges. */
  | 'unanswered'
  /** A timer, a call without a segment, a crash. */
  | 'silent'

export interface TrueTransition {
  us: number
  /** `VirtualTime.mark`. */
  mark: number
  from: TcpState
  to: TcpState
  shown: Shown
  /** The segment sent or received; null when silent. */
  cause: Sent | null
  /** When the host first sent an acknowledgment that covers a `received` one; null before, or never. */
  acknowledgedUs: number | null
}

interface Owed {
  transition: TrueTransition
  /** The acknowledgment that covers the cause. */
  ack: number
}

export class Truth {
  readonly transitions: TrueTransition[] = []
  private readonly time: VirtualTime
  private owed: Owed[] = []

  constructor(time: VirtualTime) {
    this.time = time
  }

  moved(from: TcpState, to: TcpState, shown: Shown, cause: Sent | null, coveringAck: number | null): void {
    const { nowUs: us } = this.time
    const transition: TrueTransition = { us, mark: this.time.mark(), from, to, shown, cause, acknowledgedUs: null }
    this.transitions.push(transition)
    // Nothing of a deleted TCB is acknowledged any more.
    if (to === 'CLOSED' || to === 'LISTEN') this.owed = []
    if (shown === 'received' && coveringAck !== null) this.owed.push({ transition, ack: coveringAck })
  }

  /** The host sends a segment with this acknowledgment. */
  acknowledged(ack: number): void {
    if (this.owed.length === 0) return
    for (const { transition, ack: covering } of this.owed) {
      if (((ack - covering) | 0) >= 0) transition.acknowledgedUs = this.time.nowUs
    }
    this.owed = this.owed.filter(({ transition }) => transition.acknowledgedUs === null)
  }
}
