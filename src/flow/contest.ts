/**
 * A SYN on a 4-tuple that is in use: a new connection, or an old duplicate, or forged? Its answer decides
 * (RFC 9293 §3.5 and §3.10.7.4 fourth, RFC 5961 §4). Until then the segments of the 4-tuple are held back.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { TAP_COPY_NS } from '../tcp/observation.ts'
import { distance } from '../tcp/seq.ts'
import type { Refusal } from './connection.ts'
import type { Sighting } from './sighting.ts'

/** More segments than this without an answer decide by what the old connection looked like. */
const MAX_HELD = 32

export type Verdict = 'new' | 'same' | 'wait'

/** What the old connection looked like when the SYN came. */
export interface Incumbent {
  /** Both FINs or a RST were seen. */
  isClosed: boolean
  /** The sender of the SYN had acknowledged an answer: before that, a SYN with a new number is a new attempt. */
  isAnswered: boolean
  /** The SYN repeats the old connection's own. */
  isSameSyn: boolean
  /** Sequence number of the other side's SYN in the old connection; null when it sent none. */
  peerSyn: number | null
}

export interface Held {
  direction: number
  seen: Sighting
}

export class Contest {
  readonly direction: number
  readonly syn: Sighting
  readonly incumbent: Incumbent
  readonly held: Held[] = []
  /** Sequence number after the SYN-ACK by which the peer accepted the SYN; null when it did not. */
  private answerEnd: number | null = null

  constructor(direction: number, syn: Sighting, incumbent: Incumbent) {
    this.direction = direction
    this.syn = syn.copy()
    this.incumbent = incumbent
  }

  /** The peer accepted the SYN: it answered by a SYN-ACK. */
  get isAccepted(): boolean {
    return this.answerEnd !== null
  }

  /** A SYN with yet another number, of either side: what was asked before is not answered any more. */
  isSuperseded(direction: number, { segment }: Sighting): boolean {
    const isOpening = (segment.flags & FLAG_SYN) !== 0 && (segment.flags & FLAG_ACK) === 0
    if (!isOpening) return false
    if (direction === this.direction) return segment.seq !== this.syn.segment.seq
    return segment.seq !== this.incumbent.peerSyn && !this.isCrossingSyn(segment.flags, segment.seq)
  }

  /** Takes one more segment of the 4-tuple, and says whether the question is settled. */
  offer(direction: number, seen: Sighting): Verdict {
    this.held.push({ direction, seen: seen.copy() })
    const verdict = direction === this.direction ? this.judgeOwn(seen) : this.judgeAnswer(seen)
    return verdict === 'wait' && this.held.length >= MAX_HELD ? this.conclude() : verdict
  }

  /**
   * Decides without a further answer: a closed or never answered connection makes room, a live one stays. A SYN with the
   * old number that nobody accepted is an old duplicate.
   */
  conclude(): Verdict {
    const { isClosed, isAnswered, isSameSyn } = this.incumbent
    return this.isAccepted || (!isSameSyn && (isClosed || !isAnswered)) ? 'new' : 'same'
  }

  /** Its sender repeats it: a socket waits behind it. It goes on with the old numbers: it was not its SYN. */
  private judgeOwn({ segment, timeNs }: Sighting): Verdict {
    if (this.isAccepted) return this.reactsToAnswer(segment) ? 'new' : 'wait'
    if (segment.flags & FLAG_RST) return 'wait'
    if (segment.flags & FLAG_SYN) {
      const isRepeat = segment.seq === this.syn.segment.seq && timeNs - this.syn.timeNs > TAP_COPY_NS
      return isRepeat && !this.incumbent.isSameSyn ? 'new' : 'wait'
    }
    return this.isOwnFirst(segment.seq) ? 'wait' : 'same'
  }

  private judgeAnswer({ segment }: Sighting): Verdict {
    if (this.isCrossingSyn(segment.flags, segment.seq)) return 'new'
    if (this.isPeerWaiting(segment)) return 'same'
    if (this.isRecanted(segment)) return 'new'
    if (!this.acknowledgesSyn(segment.flags, segment.ack)) return 'wait'
    if (segment.flags & FLAG_SYN) {
      this.answerEnd = (segment.seq + 1) | 0
      // An old copy of the SYN fools the peer only; its sender may still be busy with the connection before.
      return this.incumbent.isSameSyn ? 'wait' : 'new'
    }
    if ((segment.flags & FLAG_RST) === 0) return 'wait'
    return this.incumbent.isSameSyn ? 'same' : 'new'
  }

  private acknowledgesSyn(flags: number, ack: number): boolean {
    const { segment } = this.syn
    const beyond = distance(ack, segment.seq)
    return (flags & FLAG_ACK) !== 0 && beyond >= 1 && beyond <= 1 + segment.payloadLength
  }

  /** The peer gives up what it had accepted, by a RST with the number after its SYN-ACK. */
  private isRecanted({ flags, seq }: Segment): boolean {
    return (flags & FLAG_RST) !== 0 && seq === this.answerEnd
  }

  /** The sender of the SYN takes the SYN-ACK, or refuses it by a RST with the number that it acknowledged. */
  private reactsToAnswer({ flags, seq, ack }: Segment): boolean {
    if (flags & FLAG_RST) return this.isOwnFirst(seq)
    return (flags & FLAG_ACK) !== 0 && ack === this.answerEnd
  }

  /** Both sides open anew. */
  private isCrossingSyn(flags: number, seq: number): boolean {
    const isOpening = (flags & FLAG_SYN) !== 0 && (flags & FLAG_ACK) === 0
    return isOpening && seq !== this.incumbent.peerSyn && this.incumbent.isClosed
  }

  /** The other side repeats the SYN of the old connection: nothing ended its attempt, and both sides open. */
  private isPeerWaiting({ flags, seq }: Segment): boolean {
    const isOpening = (flags & FLAG_SYN) !== 0 && (flags & FLAG_ACK) === 0
    return isOpening && seq === this.incumbent.peerSyn && !this.incumbent.isAnswered
  }

  /** How the SYN was turned down before it was accepted: an ACK of the old connection, and the RST that it drew. */
  get refusal(): Refusal | null {
    const answerAt = this.held.findIndex(
      ({ direction, seen: { segment } }) =>
        direction !== this.direction &&
        segment.payloadLength === 0 &&
        (segment.flags & (FLAG_SYN | FLAG_FIN | FLAG_RST | FLAG_ACK)) === FLAG_ACK &&
        !this.acknowledgesSyn(segment.flags, segment.ack),
    )
    if (answerAt < 0) return null
    const reset = this.held.find(
      ({ direction, seen }, at) =>
        at > answerAt && direction === this.direction && (seen.segment.flags & FLAG_RST) !== 0,
    )
    const { isClosed: wasClosed } = this.incumbent
    return { answerFrame: this.held[answerAt]!.seen.frame, resetFrame: reset?.seen.frame ?? null, wasClosed }
  }

  private isOwnFirst(seq: number): boolean {
    return seq === ((this.syn.segment.seq + 1 + this.syn.segment.payloadLength) | 0)
  }

  /** Whether a held segment belongs to the connection that the SYN opened. */
  isOfNew({ direction, seen }: Held): boolean {
    const { seq, ack, flags } = seen.segment
    if (direction !== this.direction) {
      return this.acknowledgesSyn(flags, ack) || this.isCrossingSyn(flags, seq) || this.isRecanted(seen.segment)
    }
    if (flags & FLAG_SYN) return seq === this.syn.segment.seq
    if (this.incumbent.isSameSyn && (flags & FLAG_ACK) !== 0) return ack === this.answerEnd
    return this.isOwnFirst(seq)
  }
}
