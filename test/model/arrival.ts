/**
 * SEGMENT ARRIVES, RFC 9293 §3.10.7.3 and §3.10.7.4, in the order of its steps. CLOSED and LISTEN belong to the host,
 * which has no endpoint then.
 *
 * As Linux does and the RFC allows: RST and SYN are checked as RFC 5961 asks, data after close() is answered by a RST,
 * a repeated SYN is answered by the SYN,ACK again.
 */
import { type Endpoint, WINDOW } from './endpoint.ts'
import { ACK, FIN, minus, plus, RST, type Sent, SYN, segmentLength } from './segment.ts'

export class SegmentArrives {
  private readonly at: Endpoint
  /** Segments beyond RCV.NXT, "held for later processing" (SHLD-31), in the order of SEG.SEQ. */
  private held: Sent[] = []

  constructor(endpoint: Endpoint) {
    this.at = endpoint
  }

  segment(segment: Sent): void {
    if (this.at.state === 'LISTEN') this.inListen(segment)
    else if (this.at.state === 'SYN-SENT') this.inSynSent(segment)
    else this.inOtherState(segment)
  }

  /** The host has checked that it is a SYN. */
  private inListen(segment: Sent): void {
    const { at } = this
    at.irs = segment.seq
    at.rcvNxt = plus(segment.seq, 1)
    at.nxt = plus(at.iss, 1)
    at.move('SYN-RECEIVED', 'received', segment, at.rcvNxt)
    at.transmit(SYN | ACK, at.iss, 0)
    at.startRetransmission()
  }

  private inSynSent(segment: Sent): void {
    const { at } = this
    const hasAck = (segment.flags & ACK) !== 0
    if (hasAck && (minus(segment.ack, at.iss) <= 0 || minus(segment.ack, at.nxt) > 0)) {
      if (!(segment.flags & RST)) this.answerReset(segment)
      return
    }
    if (segment.flags & RST) {
      if (hasAck) at.move('CLOSED', 'unanswered', segment)
      return
    }
    if (!(segment.flags & SYN)) return
    at.irs = segment.seq
    at.rcvNxt = plus(segment.seq, 1)
    if (hasAck) {
      at.una = segment.ack
      at.move('ESTABLISHED', 'received', segment, at.rcvNxt)
      at.progress()
      at.acknowledge()
      at.around.isEstablished()
      at.output()
    } else {
      at.move('SYN-RECEIVED', 'received', segment, at.rcvNxt)
      at.transmit(SYN | ACK, at.iss, 0)
      at.startRetransmission()
    }
  }

  private inOtherState(segment: Sent): void {
    const { at } = this
    if (at.state === 'SYN-RECEIVED' && segment.flags & SYN && segment.seq === at.irs) {
      this.repeatedSyn(segment)
      return
    }
    // First: the sequence number.
    if (!isAcceptable(segment, at.rcvNxt)) {
      if (segment.flags & RST) return
      if (segmentLength(segment) === 0 || segment.flags & SYN) at.challenge()
      else at.acknowledge()
      const isFinAgain = at.state === 'TIME-WAIT' && segment.flags & FIN && minus(segment.seq, at.rcvNxt) < 0
      if (isFinAgain) at.startTimeWait()
      return
    }
    // Second: RST, the three checks of RFC 5961 §3.2.
    if (segment.flags & RST) {
      if (segment.seq !== at.rcvNxt) at.challenge()
      else at.move(at.isPassive && at.state === 'SYN-RECEIVED' ? 'LISTEN' : 'CLOSED', 'unanswered', segment)
      return
    }
    // Fourth: SYN, a challenge ACK whatever its number (RFC 5961 §4.2).
    if (segment.flags & SYN) at.challenge()
    else if (minus(segment.seq, at.rcvNxt) > 0) this.hold(segment)
    else this.inOrderAndHeld(segment)
  }

  private inOrderAndHeld(segment: Sent): void {
    const { at } = this
    this.inOrder(segment)
    while (!at.isGone && this.held[0] && minus(this.held[0].seq, at.rcvNxt) <= 0) {
      const next = this.held.shift()!
      if (isAcceptable(next, at.rcvNxt)) this.inOrder(next)
    }
  }

  /** In SYN-RECEIVED: the peer's SYN again, or in a simultaneous open its SYN,ACK (Figure 7). */
  private repeatedSyn(segment: Sent): void {
    if (segment.flags & ACK && segment.ack === this.at.nxt) this.inOrder(segment)
    else this.at.transmit(SYN | ACK, this.at.iss, 0)
  }

  private hold(segment: Sent): void {
    const { at } = this
    if (!this.held.some((other) => other.seq === segment.seq && segmentLength(other) >= segmentLength(segment))) {
      this.held.push(segment)
      this.held.sort((first, second) => minus(first.seq, second.seq))
    }
    if (at.around.habits.takesAckOutOfOrder && at.state !== 'SYN-RECEIVED') this.takeAck(segment, false)
    if (!at.isGone && segmentLength(segment) > 0) at.acknowledge()
  }

  /** Fifth, seventh and eighth: ACK, text, FIN of a segment that reaches over RCV.NXT. */
  private inOrder(segment: Sent): void {
    const { at } = this
    if (!(segment.flags & ACK)) return
    const finSeq = plus(segment.seq, segment.payloadLength + (segment.flags & SYN ? 1 : 0))
    const bringsFin = (segment.flags & FIN) !== 0 && minus(finSeq, at.rcvNxt) >= 0
    if (!this.takeAck(segment, bringsFin)) return
    const newData = minus(finSeq, at.rcvNxt)
    if (newData > 0 && !this.takeText(segment, finSeq, newData)) return
    if (bringsFin) this.takeFin(segment)
    else if (newData <= 0 && segmentLength(segment) > 0 && !(segment.flags & SYN)) at.acknowledge()
  }

  /** Returns whether to go on with the segment. */
  private takeAck(segment: Sent, bringsFin: boolean): boolean {
    const { at } = this
    if (at.state === 'SYN-RECEIVED') {
      if (minus(segment.ack, at.una) <= 0 || minus(segment.ack, at.nxt) > 0) {
        this.answerReset(segment)
        return false
      }
      at.move('ESTABLISHED', 'unanswered', segment)
    } else if (minus(segment.ack, at.nxt) > 0) {
      at.challenge()
      return false
    }
    const isFirst = minus(at.una, at.iss) === 0
    if (minus(segment.ack, at.una) > 0) {
      at.una = segment.ack
      at.progress()
    }
    if (isFirst && at.state === 'ESTABLISHED') {
      at.around.isEstablished()
      at.output()
    }
    if (at.isFinAcknowledged) this.finIsAcknowledged(segment, bringsFin)
    return !at.isGone
  }

  private finIsAcknowledged(segment: Sent, bringsFin: boolean): void {
    const { at } = this
    // Figure 5 Note 2: a FIN that acknowledges ours leads from FIN-WAIT-1 straight to TIME-WAIT, in `takeFin`.
    if (at.state === 'FIN-WAIT-1' && !bringsFin) at.move('FIN-WAIT-2', 'unanswered', segment)
    else if (at.state === 'CLOSING') at.move('TIME-WAIT', 'unanswered', segment)
    else if (at.state === 'LAST-ACK') at.move('CLOSED', 'unanswered', segment)
  }

  /** Returns whether the endpoint lives on. */
  private takeText(segment: Sent, end: number, length: number): boolean {
    const { at } = this
    if (!['ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2'].includes(at.state)) return true
    if (at.isOrphan) {
      this.answerReset(segment)
      at.move('CLOSED', 'sent', this.lastReset)
      return false
    }
    at.rcvNxt = end
    if (at.isReading) at.around.hasData(length)
    else at.unread += length
    if (!(segment.flags & FIN) && !at.isGone) at.acknowledgeLater()
    return !at.isGone
  }

  private takeFin(segment: Sent): void {
    const { at } = this
    at.rcvNxt = plus(at.rcvNxt, 1)
    if (at.state === 'ESTABLISHED') at.move('CLOSE-WAIT', 'received', segment, at.rcvNxt)
    else if (at.state === 'FIN-WAIT-2') at.move('TIME-WAIT', 'received', segment, at.rcvNxt)
    else if (at.state === 'FIN-WAIT-1') {
      at.move(at.isFinAcknowledged ? 'TIME-WAIT' : 'CLOSING', 'received', segment, at.rcvNxt)
    }
    if (at.around.habits.delaysAckOfFin && at.state === 'CLOSE-WAIT') at.acknowledgeLater()
    else at.acknowledge()
    if (at.state === 'CLOSE-WAIT') at.around.hasEnded()
  }

  private lastReset: Sent | null = null

  /** RFC 9293 §3.5.2: the RST takes its number from the segment that it answers. */
  private answerReset(segment: Sent): void {
    this.lastReset = this.at.around.send({ seq: segment.ack, ack: 0, flags: RST, payloadLength: 0, window: 0 })
  }
}

/** RFC 9293 §3.10.7.4 Table 6; the receive window of this model never changes. */
function isAcceptable(segment: Sent, rcvNxt: number): boolean {
  const isInWindow = (seq: number): boolean => minus(seq, rcvNxt) >= 0 && minus(seq, rcvNxt) < WINDOW
  const length = segmentLength(segment)
  return isInWindow(segment.seq) || (length > 0 && isInWindow(plus(segment.seq, length - 1)))
}
