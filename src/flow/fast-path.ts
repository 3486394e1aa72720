/**
 * Segments in order, which nearly all are: no SYN but the answer to one, no RST, nothing sent again, nothing missed. For
 * these the questions of `ledger.ts` have one answer, and the record moves on in one go.
 *
 * What is written is what the ledger would write. Whatever is not plainly in order is left to it, untouched.
 */
import { verifyTcpChecksum } from '../bytes/checksum.ts'
import type { Packet } from '../capture/packet.ts'
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import { IDLE_NS } from './anomalies.ts'
import type { Asides } from './asides.ts'
import { completenessOf } from './completeness.ts'
import { entriesIn, isEnough, keepsPlain, phaseAfter } from './phase.ts'
import { advance, isClosed, PLAUSIBLE } from './progress.ts'
import * as R from './record.ts'
import { Row } from './row.ts'
import type { SegmentLog } from './segment-log.ts'
import { NO_SHAPE, type Shapes } from './shape.ts'
import { Sighting } from './sighting.ts'
import type { Streams } from './streams.ts'
import type { ConnectionTable } from './table.ts'

/** What became of a segment: nothing, it was only counted, it was entered, it closed its connection. */
export const Taken = { NOT: 0, COUNTED: 1, ENTERED: 2, CLOSED: 3 } as const
export type Taken = (typeof Taken)[keyof typeof Taken]

// Local for V8's sake, see decoder.ts.
const { NOT, COUNTED, ENTERED, CLOSED } = Taken

const EITHER_UNACKED = R.UNACKED | (R.UNACKED << 1)
const UNUSUAL = R.RST | R.TAP_COPIES | R.CONTESTED
const ANSWER = FLAG_SYN | FLAG_ACK
/** A FIN and its context. */
const MOST_ENTRIES = 2

export class FastPath {
  private readonly table: ConnectionTable
  private readonly log: SegmentLog
  private readonly shapes: Shapes
  private readonly asides: Asides
  private readonly maxEvents: number
  private readonly row: Row = new Row()
  private readonly seen: Sighting = new Sighting()

  constructor(table: ConnectionTable, log: SegmentLog, shapes: Shapes, asides: Asides, maxEvents: number) {
    this.table = table
    this.log = log
    this.shapes = shapes
    this.asides = asides
    this.maxEvents = maxEvents
  }

  /** `found` is what the table found; `streams` are those of the packet's capture. */
  take(found: number, segment: Segment, packet: Packet, streams: Streams): Taken {
    const { table } = this
    const index = found >>> 1
    const direction = found & 1
    const page = table.records.page(index)
    const base = table.records.baseOf(index)
    const state = page[base + R.STATE]!
    const { flags, seq, ack, window, payloadLength } = segment
    if ((flags & (FLAG_ACK | FLAG_SYN | FLAG_RST)) !== FLAG_ACK)
      return (flags & ANSWER) === ANSWER ? this.answer(found, segment, packet, streams) : NOT
    // The first segment in another capture is one of that capture's streams.
    if (page[base + R.FILES]! >>> 16 !== packet.fileIndex) return NOT
    const own = base + R.SIDE_A + direction * R.SIDE_WORDS
    const peer = base + R.SIDE_A + (1 - direction) * R.SIDE_WORDS
    const outstanding = distance(page[peer + R.NEXT]!, ack)
    if (seq !== page[own + R.NEXT] || window === 0 || outstanding < 0 || outstanding > PLAUSIBLE) return NOT
    const hasAck = (state & (R.HAS_ACK << direction)) !== 0
    if (hasAck && distance(ack, page[own + R.ACK]!) < 0) return NOT
    const edge = (ack + (window << ((state >>> (R.SCALE_SHIFT + 4 * direction)) & 15))) | 0
    // Repeated acknowledgments and window probes are `anomalies.ts`' to note.
    const isPlain = (flags & FLAG_FIN) === 0
    if (payloadLength === 0 && isPlain && hasAck && ack === page[own + R.ACK] && edge === page[own + R.EDGE]) return NOT
    if (payloadLength === 1 && page[peer + R.ACK] === page[peer + R.EDGE]) return NOT
    const doubles = table.records.doublesOf(index)
    const { timeNs } = packet
    const lastNs = Math.max(doubles[(own + R.LAST_TIME) >> 1]!, doubles[(peer + R.LAST_TIME) >> 1]!)
    const isBeat = isPlain && timeNs - lastNs > IDLE_NS
    // What a side sends for the first time completes the stream, and Zeek's history.
    const kind = payloadLength > 0 ? R.SENT_DATA : R.SENT_ACK
    const isFirst = isPlain && (page[own + R.SEGMENTS]! & kind) === 0
    if ((state & R.SETTLED) === 0 || !isPlain || isFirst || (isBeat && keepsPlain(page[base + R.PHASE]!, direction))) {
      const isSure = timeNs >= lastNs && (state & UNUSUAL) === 0
      return isSure ? this.enter(this.row.open(table, found), segment, packet, streams, edge) : NOT
    }
    if (isBeat) this.asides.beat(this.row.open(table, found), timeNs)
    move(page, doubles, base, own, segment, packet, edge)
    if (payloadLength > 0 && outstanding > 0) page[base + R.STATE] = state | R.FULL_DUPLEX
    return COUNTED
  }

  /** For `take`: a segment in order that may matter to a state. */
  enter(row: Row, segment: Segment, packet: Packet, streams: Streams, edge: number): Taken {
    const { page, base, own, direction, state } = row
    const { flags, payloadLength } = segment
    const isFin = (flags & FLAG_FIN) !== 0
    const phase = page[base + R.PHASE]!
    if (row.firstFile !== packet.fileIndex || !row.bothHave(R.SEEN) || row.ownHas(R.FIN)) return NOT
    if (entriesIn(phase) + MOST_ENTRIES > this.maxEvents) return NOT
    const outstanding = distance(page[row.peer + R.NEXT]!, segment.ack)
    const clears = row.peerHas(R.UNACKED) && outstanding === 0
    const kind = isFin ? 0 : payloadLength > 0 ? R.SENT_DATA : R.SENT_ACK
    const isKept = isFin || clears || (page[own + R.SEGMENTS]! & kind) !== kind || keepsPlain(phase, direction)
    const { seen } = this
    seen.read(segment, packet)
    const shape = isKept ? this.shapes.next(row, seen) : page[base + R.SHAPE]!
    if (shape === NO_SHAPE && (page[base + R.SHAPE] !== NO_SHAPE || !row.ownHas(R.HAS_ACK))) return NOT
    const sum = isFin ? verifyTcpChecksum(segment) : 'unknown'
    if (sum === 'bad') return NOT
    const stream = page[base + R.STREAM]!
    const shown = streams.show(page[base + R.STREAM_ENTRY]! - 1, stream, completenessOf(flags, payloadLength))
    if (shown < 0) return NOT

    if (!isFin && packet.timeNs - row.lastTimeNs > IDLE_NS) this.asides.beat(row, packet.timeNs)
    move(page, row.doubles, base, own, segment, packet, edge)
    page[own + R.SEGMENTS]! |= kind
    page[base + R.SHAPE] = shape
    let after = state | (R.HAS_ACK << direction) | (shown << R.COMPLETENESS_SHIFT)
    if (payloadLength > 0 && outstanding > 0) after |= R.FULL_DUPLEX
    if (clears) after &= ~(R.UNACKED << (1 - direction))
    if (isFin) after |= (R.FIN | R.UNACKED) << direction
    if (sum === 'good') after |= R.GOOD_SUM << direction
    else if (sum === 'offloaded') after |= R.OFFLOAD
    if (segment.isCut) after |= R.CUT
    page[base + R.PHASE] = phaseAfter(phase, direction, isFin)
    after = isEnough(page[base + R.PHASE]!) && (after & EITHER_UNACKED) === 0 ? after | R.SETTLED : after & ~R.SETTLED
    page[base + R.STATE] = after
    if (isKept) this.log.append(row, seen)
    if (isFin) this.log.appendContext(row, seen)
    return (isFin || clears) && isClosed(row) ? CLOSED : ENTERED
  }

  /** For `take`: a SYN-ACK after one SYN, and nothing else. */
  answer(found: number, segment: Segment, packet: Packet, streams: Streams): Taken {
    const { seen } = this
    const row = this.row.open(this.table, found)
    const { page, base, state } = row
    const { fileIndex, timeNs } = packet
    if (page[base + R.SHAPE] === NO_SHAPE || (state & UNUSUAL) !== 0 || row.firstFile !== fileIndex) return NOT
    if (timeNs < row.lastTimeNs) return NOT
    seen.read(segment, packet)
    seen.checksum = verifyTcpChecksum(segment)
    const shape = this.shapes.next(row, seen)
    if (shape === NO_SHAPE || seen.checksum === 'bad') return NOT
    streams.enter(this.table.tuple, segment, page[base + R.STREAM]!)
    if (streams.stream !== page[base + R.STREAM]) return NOT
    seen.streamEntry = streams.entry
    seen.completeness = streams.completeness
    this.enterSyn(row, seen, shape)
    return ENTERED
  }

  /** The first SYN of a connection, or the SYN-ACK that answers it; its checksum was verified. */
  enterSyn(row: Row, seen: Sighting, shape: number): void {
    const { page, base, own, direction } = row
    const { checksum, segment } = seen
    page[base + R.STREAM_ENTRY] = seen.streamEntry + 1
    row.set(seen.completeness << R.COMPLETENESS_SHIFT)
    if (checksum === 'good') row.setOwn(R.GOOD_SUM)
    else if (checksum === 'offloaded') row.set(R.OFFLOAD)
    if (segment.isCut) row.set(R.CUT)
    page[own + R.SEGMENTS]!++
    advance(row, seen, false)
    page[base + R.SHAPE] = shape
    page[base + R.PHASE] = phaseAfter(page[base + R.PHASE]!, direction, true)
    this.log.append(row, seen)
    row.hear(seen.timeNs)
    row.setLastFrame(seen)
  }
}

/** Moves the record on by one segment in order. */
function move(
  page: Int32Array,
  doubles: Float64Array,
  base: number,
  own: number,
  { seq, ack, flags, payloadLength }: Segment,
  { timeNs, frame }: Packet,
  edge: number,
): void {
  doubles[(own + R.LAST_TIME) >> 1] = timeNs
  page[base + R.LAST_FRAME] = frame
  page[own + R.SEGMENTS]!++
  page[own + R.ACK] = ack
  page[own + R.EDGE] = edge
  const length = payloadLength + (flags & FLAG_FIN ? 1 : 0)
  if (length === 0) return
  page[own + R.NEXT] = seq + length
  doubles[(own + R.NEXT_TIME) >> 1] = timeNs
  doubles[(own + R.BYTES) >> 1]! += payloadLength
}
