/**
 * One TCP endpoint in simulation, from its creation to the deletion of its TCB: RFC 9293 §3.10, written anew from
 * the RFC and sharing nothing with src/. Sending and the calls of the user are here, arriving segments in
 * `arrival.ts`.
 *
 * Payload is only counted, windows never close, congestion does not exist: none of that moves a state.
 *
 * One liberty: §3.10.4 enters FIN-WAIT-1 at the CLOSE call even when data must leave before the FIN. Here the state
 * changes when the FIN leaves, because no tap can see the call.
 */
import type { TcpState } from '../../src/tcp/states.ts'
import { SegmentArrives } from './arrival.ts'
import { ACK, FIN, minus, PSH, plus, RST, type Segment, type Sent, SYN } from './segment.ts'
import type { Shown, Truth } from './truth.ts'
import type { Alarm, VirtualTime } from './virtual-time.ts'

export const WINDOW = 64_240
const MSL_US = 30_000_000

/** What stacks do differently, all of it allowed. */
export interface Habits {
  /** First retransmission timeout; doubles with each retransmission. */
  rtoUs: number
  /** Retransmissions before the connection is given up, without a segment. */
  retries: number
  /** How long an acknowledgment of data waits for company; 0 when it never waits. */
  delayedAckUs: number
  /** Whether the acknowledgment of a FIN waits too (Linux: yes). */
  delaysAckOfFin: boolean
  /** Takes the ACK field of a segment before its time has come in the order of SEG.SEQ (Linux), instead of holding it. */
  takesAckOutOfOrder: boolean
  /** ABORT sends RST,ACK (Linux) instead of RST (RFC 9293 §3.10.5). */
  abortsWithAck: boolean
  /** A closed socket leaves FIN-WAIT-2 after this time (Linux: 60 s); 0 for never. */
  finWait2Us: number
  /** Idle time before keep-alive probes; 0 for none. */
  keepAliveUs: number
  mss: number
}

/** What an endpoint needs of its host. */
export interface Surroundings {
  readonly time: VirtualTime
  readonly truth: Truth
  readonly habits: Habits
  send(segment: Segment): Sent
  /** News for the application. */
  isEstablished(): void
  hasData(length: number): void
  hasEnded(): void
}

export class Endpoint {
  readonly around: Surroundings
  readonly isPassive: boolean
  readonly iss: number
  state: TcpState
  una: number
  nxt: number
  irs = 0
  rcvNxt = 0
  /** When the state was entered. */
  sinceUs: number
  /** Payload the application has written, and how much of it has left. */
  private written = 0
  private departed = 0
  private wantsFin = false
  finSeq: number | null = null
  /** close() was called: nobody will read any more. */
  isOrphan = false
  isReading = true
  unread = 0
  private acknowledgedTo = 0
  private challengedUs = Number.NEGATIVE_INFINITY
  private retransmissions = 0
  private retransmission: Alarm | null = null
  private acknowledgment: Alarm | null = null
  private leaving: Alarm | null = null
  private idle: Alarm | null = null
  private probes = 0
  private readonly arrives: SegmentArrives

  constructor(around: Surroundings, iss: number, isPassive: boolean) {
    this.around = around
    this.iss = iss
    this.isPassive = isPassive
    this.una = iss
    this.nxt = iss
    this.state = isPassive ? 'LISTEN' : 'CLOSED'
    this.sinceUs = around.time.nowUs
    this.arrives = new SegmentArrives(this)
  }

  get isGone(): boolean {
    return this.state === 'CLOSED' || this.state === 'LISTEN'
  }

  get isFinAcknowledged(): boolean {
    return this.finSeq !== null && minus(this.una, this.finSeq) > 0
  }

  /** Deletion of the TCB and every other change of state. */
  move(to: TcpState, shown: Shown, cause: Sent | null, coveringAck: number | null = null): void {
    this.around.truth.moved(this.state, to, shown, cause, coveringAck)
    this.state = to
    this.sinceUs = this.around.time.nowUs
    if (this.isGone) this.stopTimers()
    if (to === 'TIME-WAIT') this.startTimeWait()
    if (to === 'FIN-WAIT-2') this.startFinWait2()
  }

  arrive(segment: Sent): void {
    this.arrives.segment(segment)
    if (!this.isGone) this.watchIdle()
  }

  // The calls of the user, RFC 9293 §3.10.1 to §3.10.5.

  connect(): void {
    const syn = this.transmit(SYN, this.iss, 0)
    this.nxt = plus(this.iss, 1)
    this.move('SYN-SENT', 'sent', syn)
    this.startRetransmission()
  }

  write(length: number): void {
    if (this.wantsFin || this.isGone) return
    this.written += length
    this.output()
  }

  /** shutdown(SHUT_WR): no more to send, still reading. */
  shutdown(): void {
    if (this.state === 'SYN-SENT' || this.isGone) return
    this.wantsFin = true
    this.output()
  }

  /** close(): unread data make it a RST, as RFC 9293 §3.6.1 (SHLD-3) asks for. */
  close(): void {
    if (this.state === 'SYN-SENT') this.move('CLOSED', 'silent', null)
    else if (this.unread > 0 && !this.isFinAcknowledged) this.abort()
    else {
      this.isOrphan = true
      this.shutdown()
      if (this.state === 'FIN-WAIT-2') this.startFinWait2()
    }
  }

  abort(): void {
    if (this.state === 'SYN-SENT') this.move('CLOSED', 'silent', null)
    else if (['SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT'].includes(this.state)) {
      this.reset(this.nxt, this.around.habits.abortsWithAck)
    }
  }

  /** The host loses its memory. */
  vanish(): void {
    if (!this.isGone) this.move('CLOSED', 'silent', null)
  }

  // Sending.

  /** Sends a RST and deletes the TCB. */
  reset(seq: number, hasAck: boolean): void {
    const rst = this.around.send({
      seq,
      ack: hasAck ? this.rcvNxt : 0,
      flags: hasAck ? RST | ACK : RST,
      payloadLength: 0,
      window: 0,
    })
    this.move(this.isPassive && this.state === 'SYN-RECEIVED' ? 'LISTEN' : 'CLOSED', 'sent', rst)
  }

  transmit(flags: number, seq: number, payloadLength: number): Sent {
    if (flags & ACK) {
      this.around.truth.acknowledged(this.rcvNxt)
      this.acknowledgedTo = this.rcvNxt
      this.stop('acknowledgment')
    }
    return this.around.send({ seq, ack: flags & ACK ? this.rcvNxt : 0, flags, payloadLength, window: WINDOW })
  }

  acknowledge(): void {
    this.transmit(ACK, this.nxt, 0)
  }

  /** For segments that are not acceptable: one in 500 ms (RFC 5961 §7), or two ends could go on for ever. */
  challenge(): void {
    if (this.around.time.nowUs - this.challengedUs < 500_000) return
    this.challengedUs = this.around.time.nowUs
    this.acknowledge()
  }

  acknowledgeLater(): void {
    const { delayedAckUs } = this.around.habits
    if (this.acknowledgedTo === this.rcvNxt) return
    // Every second segment is acknowledged at once (RFC 9293 §3.8.6.3).
    if (delayedAckUs === 0 || this.acknowledgment) this.acknowledge()
    else this.acknowledgment = this.around.time.after(delayedAckUs, () => this.acknowledge())
  }

  /** Sends what may be sent: data, then the FIN, on the last data when both leave together. */
  output(): void {
    if (this.state !== 'ESTABLISHED' && this.state !== 'CLOSE-WAIT') return
    do {
      const length = Math.min(this.around.habits.mss, this.written - this.departed)
      const isLast = this.departed + length === this.written
      const hasFin = isLast && this.wantsFin && this.finSeq === null
      if (length === 0 && !hasFin) return
      const seq = this.nxt
      this.departed += length
      this.nxt = plus(seq, length + (hasFin ? 1 : 0))
      const sent = this.transmit(ACK | (length > 0 ? PSH : 0) | (hasFin ? FIN : 0), seq, length)
      if (!this.retransmission) this.startRetransmission()
      if (hasFin) {
        this.finSeq = plus(seq, length)
        this.move(this.state === 'ESTABLISHED' ? 'FIN-WAIT-1' : 'LAST-ACK', 'sent', sent)
        return
      }
    } while (this.departed < this.written || this.wantsFin)
  }

  // Timers, RFC 9293 §3.10.8.

  startRetransmission(): void {
    this.stop('retransmission')
    const { rtoUs } = this.around.habits
    const delay = rtoUs * 2 ** this.retransmissions
    this.retransmission = this.around.time.after(delay, () => this.retransmit())
  }

  /** An acknowledgment has moved SND.UNA. */
  progress(): void {
    this.retransmissions = 0
    this.stop('retransmission')
    if (this.una !== this.nxt) this.startRetransmission()
  }

  /** The oldest segment again, with the acknowledgment of now. */
  private retransmit(): void {
    this.retransmission = null
    this.retransmissions++
    if (this.retransmissions > this.around.habits.retries) {
      this.giveUp()
      return
    }
    this.startRetransmission()
    if (this.state === 'SYN-SENT') this.transmit(SYN, this.iss, 0)
    else if (this.state === 'SYN-RECEIVED') this.transmit(SYN | ACK, this.iss, 0)
    else {
      const dataEnd = this.finSeq ?? this.nxt
      const length = Math.min(this.around.habits.mss, minus(dataEnd, this.una))
      const hasFin = this.finSeq !== null && plus(this.una, length) === this.finSeq
      this.transmit(ACK | (hasFin ? FIN : 0), this.una, length)
    }
  }

  private giveUp(): void {
    this.move(this.isPassive && this.state === 'SYN-RECEIVED' ? 'LISTEN' : 'CLOSED', 'silent', null)
  }

  startTimeWait(): void {
    this.stopTimers()
    this.leaving = this.around.time.after(2 * MSL_US, () => this.move('CLOSED', 'silent', null))
  }

  private startFinWait2(): void {
    const { finWait2Us } = this.around.habits
    if (!this.isOrphan || finWait2Us === 0) return
    this.stop('leaving')
    this.leaving = this.around.time.after(finWait2Us, () => this.move('CLOSED', 'silent', null))
  }

  /** Keep-alive, RFC 9293 §3.8.4: three probes two seconds apart, then a RST as Linux sends it. */
  watchIdle(): void {
    const { keepAliveUs } = this.around.habits
    if (keepAliveUs === 0 || (this.state !== 'ESTABLISHED' && this.state !== 'CLOSE-WAIT')) return
    this.probes = 0
    this.stop('idle')
    this.idle = this.around.time.after(keepAliveUs, () => this.probe())
  }

  private probe(): void {
    if (this.state !== 'ESTABLISHED' && this.state !== 'CLOSE-WAIT') return
    if (this.probes === 3) {
      this.reset(this.nxt, true)
      return
    }
    this.probes++
    if (this.una === this.nxt) this.transmit(ACK, plus(this.nxt, -1), 0)
    this.idle = this.around.time.after(2_000_000, () => this.probe())
  }

  private stopTimers(): void {
    for (const name of ['retransmission', 'acknowledgment', 'leaving', 'idle'] as const) this.stop(name)
  }

  private stop(name: 'retransmission' | 'acknowledgment' | 'leaving' | 'idle'): void {
    const alarm = this[name]
    if (alarm) alarm.isCancelled = true
    this[name] = null
  }
}
