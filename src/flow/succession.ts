/**
 * Connections that follow each other on one 4-tuple: whether a SYN or SYN-ACK claims to begin the next one, and what
 * the next one has from the one before. What a contested SYN comes to is contest.ts' to say.
 */
import { FLAG_ACK, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import type { Refusal } from './connection.ts'
import type { Incumbent } from './contest.ts'
import { isOver } from './progress.ts'
import * as R from './record.ts'
import type { Row } from './row.ts'
import type { SegmentLog } from './segment-log.ts'
import type { Sighting } from './sighting.ts'

/** A SYN-ACK seen after data of its sender was only reordered when it stands so little before them. */
const MAX_REORDERED = 1 << 20

/** Of a segment on a known connection: to be part of it, to start a new one, or maybe. */
export type Claim = 'part' | 'new' | 'contested'

/** Sequence numbers of the SYNs of both ends, null where none was seen. */
export type EndSyns = [number | null, number | null]

/** What a connection has from the one before on its 4-tuple. */
export interface Heritage {
  isDuplicateSyn: boolean
  oldSyns: EndSyns
  refused: Refusal | null
}

export class Succession {
  private readonly log: SegmentLog
  /** Numbers of connections whose SYN repeats that of the one before. */
  private readonly duplicateSyns: Set<number> = new Set()
  /** By number of a connection: the SYN of each end before it on its 4-tuple, of which duplicates may still come. */
  private readonly oldSyns: Map<number, EndSyns> = new Map()
  /** By number of a connection: how the one before turned its SYN down at first. */
  private readonly refusals: Map<number, Refusal> = new Map()

  constructor(log: SegmentLog) {
    this.log = log
  }

  /** What a segment claims of a connection that is known: to be part of it, to start a new one, or maybe. */
  claimOf(row: Row, { segment }: Sighting): Claim {
    const { flags, seq } = segment
    if ((flags & FLAG_SYN) === 0 || (flags & FLAG_RST) !== 0) return 'part'
    const own = this.synOf(row, row.direction)
    if (this.isOldSyn(row, seq)) return isOver(row) ? 'contested' : 'part'
    if (flags & FLAG_ACK) return this.isAnswerOfNew(row, own, segment) ? 'new' : 'part'
    // Before it acknowledged anything, a side repeats its SYN whatever was sent to it; afterwards the answer decides.
    if (own === seq) return isOver(row) && row.ownHas(R.HAS_ACK) ? 'contested' : 'part'
    if (own !== null) return 'contested'
    const isQuiet = row.doubles[(row.own + R.BYTES) >> 1] === 0
    return isQuiet && !isOver(row) && this.synOf(row, 1 - row.direction) !== null ? 'part' : 'contested'
  }

  /**
   * A SYN-ACK that cannot be this connection's: with other numbers when it is over, or when its opening was missed. When
   * the SYN was seen again, or the SYN-ACK before, it is of a host that forgot the connection, which the client has not.
   */
  private isAnswerOfNew(row: Row, own: number | null, { seq, ack }: Segment): boolean {
    const head = row.page[row.base + R.LOG_HEAD]!
    const isAnswer = this.synOf(row, 1 - row.direction) === ((ack - 1) | 0)
    if (own !== null) {
      const isStillOpening = row.peerHas(R.SEEN) && !row.peerHas(R.HAS_ACK)
      const isForgotten = isAnswer && this.log.countSyns(head, 1 - row.direction, (ack - 1) | 0) > 1
      const isRepeat = this.log.countSyns(head, row.direction, seq) > 0
      return isOver(row) && !isRepeat && !isStillOpening && !isForgotten
    }
    if (isAnswer) return false
    const behind = distance(row.page[row.own + R.NEXT]!, seq)
    return row.ownHas(R.SEEN) && (behind < 0 || behind > MAX_REORDERED)
  }

  /** What the connection looks like to a SYN that claims its 4-tuple. */
  incumbent(row: Row, seq: number): Incumbent {
    return {
      isClosed: isOver(row),
      isAnswered: row.peerHas(R.SEEN) && row.ownHas(R.HAS_ACK),
      isSameSyn: this.synOf(row, row.direction) === seq || this.isOldSyn(row, seq),
      peerSyn: this.synOf(row, 1 - row.direction),
    }
  }

  /** The sender of the SYN sent the same one before this connection. */
  private isOldSyn({ page, base, direction }: Row, seq: number): boolean {
    return this.oldSyns.get(page[base + R.NUMBER]!)?.[direction as 0 | 1] === seq
  }

  /** Sequence number of the first SYN that end `direction` sent, seen or answered by a SYN-ACK; null when neither. */
  synOf({ page, base }: Row, direction: number): number | null {
    const head = page[base + R.LOG_HEAD]!
    return this.log.synOf(head, direction) ?? this.log.answeredSyn(head, direction)
  }

  /** The last SYN of the row's end on the 4-tuple, and that of the other end. */
  synsOf(row: Row): EndSyns {
    const before = this.oldSyns.get(row.page[row.base + R.NUMBER]!) ?? [null, null]
    const syns: EndSyns = [this.synOf(row, 0) ?? before[0], this.synOf(row, 1) ?? before[1]]
    return row.direction === 0 ? syns : [syns[1], syns[0]]
  }

  /** Notes what a connection takes over: the SYNs of its predecessor, and whether its own SYN is one of them. */
  succeed(number: number, synsBefore: EndSyns, isSameSyn: boolean): void {
    this.oldSyns.set(number, synsBefore)
    if (isSameSyn) this.duplicateSyns.add(number)
  }

  /** Notes that the connection's SYN was turned down at first. */
  noteRefusal(number: number, refusal: Refusal): void {
    this.refusals.set(number, refusal)
  }

  /** Whether the connection has anything from the one before. */
  isHeir(number: number): boolean {
    return this.oldSyns.has(number) || this.refusals.has(number) || this.duplicateSyns.has(number)
  }

  heritageOf(number: number): Heritage {
    return {
      isDuplicateSyn: this.duplicateSyns.has(number),
      oldSyns: this.oldSyns.get(number) ?? [null, null],
      refused: this.refusals.get(number) ?? null,
    }
  }

  /** The connection is over. */
  forget(number: number): void {
    this.oldSyns.delete(number)
    this.duplicateSyns.delete(number)
    this.refusals.delete(number)
  }
}
