/**
 * What is kept of each live connection: its record, its part of the segment log, what is kept aside. Segments are
 * entered one at a time; nothing is inferred here, only what to count and what to keep.
 */
import { type ChecksumState, verifyTcpChecksum } from '../bytes/checksum.ts'
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN, type Segment } from '../decode/segment.ts'
import { type Observation, TAP_COPY_NS } from '../tcp/observation.ts'
import { CLIENT, SERVER } from '../tcp/timeline.ts'
import { countAnomaly, isAnomalous, isBeat } from './anomalies.ts'
import { Asides } from './asides.ts'
import type { Connection, Refusal } from './connection.ts'
import type { Contest, Incumbent } from './contest.ts'
import { readEmbryo, timeOfEmbryo, writeEmbryo } from './embryo.ts'
import { FastPath } from './fast-path.ts'
import type { FlowLimits } from './limits.ts'
import { type Clock, Outline } from './outline.ts'
import { entriesIn, isEnough, keepsPlain, phaseAfter } from './phase.ts'
import { advance, isClosed } from './progress.ts'
import type { AnomalyObserver } from './rare.ts'
import * as R from './record.ts'
import { assignRoles } from './roles.ts'
import { Row } from './row.ts'
import { SegmentLog } from './segment-log.ts'
import { NO_SHAPE, Shapes } from './shape.ts'
import { Sighting } from './sighting.ts'
import { type Claim, type EndSyns, Succession } from './succession.ts'
import { summarize } from './summarize.ts'
import { ConnectionTable } from './table.ts'

/** What an Ethernet frame carries at most; a longer segment was put together on arrival, and kept the checksum of its first part. */
const LARGEST_SENT = 1460

/** As `TrackerOptions`. */
export interface LedgerOptions extends Pick<FlowLimits, 'maxEvents' | 'maxExamples'> {
  seed: number
  verifyChecksums?: boolean
  onAnomaly?: AnomalyObserver
}

export class Ledger {
  readonly table: ConnectionTable
  /** Whether every segment's checksum is read, not only those with SYN, FIN or RST. */
  private readonly verifiesAll: boolean
  private readonly maxEvents: number
  private readonly row: Row = new Row()
  private readonly log: SegmentLog = new SegmentLog()
  private readonly succession: Succession = new Succession(this.log)
  private readonly shapes: Shapes = new Shapes(this.log)
  /** Segments in order, without anything that is asked here. */
  readonly fastPath: FastPath
  private readonly outline: Outline = new Outline()
  /** Of the embryo that hatches. */
  private readonly syn: Sighting = new Sighting()
  private readonly asides: Asides
  /** Numbers of connections that have left their first stream → what that one had shown. */
  private readonly firstStreams: Map<number, number> = new Map()

  constructor({ seed, maxEvents, maxExamples, verifyChecksums, onAnomaly }: LedgerOptions) {
    this.verifiesAll = verifyChecksums ?? false
    this.table = new ConnectionTable(seed)
    this.maxEvents = maxEvents
    this.asides = new Asides(onAnomaly ?? null, maxExamples)
    this.fastPath = new FastPath(this.table, this.log, this.shapes, this.asides, maxEvents)
  }

  /** A record for the segment that `table.find` did not find; its sender is end A. */
  open(seen: Sighting, number: number): number {
    const index = this.table.insert(seen.segment)
    this.begin(index, seen, number)
    return index
  }

  private begin(index: number, { stream, fileIndex, timeNs }: Sighting, number: number): void {
    const row = this.rowAt(index << 1)
    row.page[row.base + R.NUMBER] = number
    row.page[row.base + R.STREAM] = stream
    row.page[row.base + R.FILES] = (fileIndex << 16) | fileIndex
    row.hear(timeNs)
  }

  /** Keeps a SYN that `table.find` did not find, and no more: embryo.ts. */
  conceive(seen: Sighting, number: number): void {
    const { embryos } = this.table
    seen.checksum ??= verifyTcpChecksum(seen.segment)
    const index = this.table.insertEmbryo(seen.segment)
    writeEmbryo(embryos.page(index), embryos.doublesOf(index), embryos.baseOf(index), seen, number)
  }

  /** The SYN of an embryo; one is filled again and again. */
  synOf(index: number): Sighting {
    const { embryos } = this.table
    readEmbryo(embryos.page(index), embryos.doublesOf(index), embryos.baseOf(index), this.syn)
    return this.syn
  }

  /** Makes a record of an embryo, and enters its SYN. Returns the record's index. */
  hatch(index: number, syn: Sighting): number {
    const { embryos } = this.table
    const number = embryos.page(index)[embryos.baseOf(index) + R.NUMBER]!
    const record = this.table.hatch(index)
    this.begin(record, syn, number)
    this.fastPath.enterSyn(this.rowAt(record << 1), syn, this.shapes.ofSyn)
    return record
  }

  private rowAt(at: number): Row {
    return this.row.open(this.table, at)
  }

  /** Enters one segment. Returns whether the connection looks closed now, both ways or by a RST. */
  enter(at: number, seen: Sighting): boolean {
    const row = this.rowAt(at)
    this.takeStream(row, seen)
    if (this.isTapCopy(row, seen)) return this.enterCopy(row, seen)
    this.checkSum(row, seen)
    if (seen.isCorrupt) {
      row.page[row.base + R.SHAPE] = NO_SHAPE
      if (this.hasRoom(row)) this.log.append(row, seen)
      return false
    }
    const isForeign = this.isForeignSyn(row, seen)
    this.count(row, seen, isForeign)
    const isFirst = isFirstOfKind(row, seen)
    const shape = this.shapes.next(row, seen)
    const clears = advance(row, seen, isForeign)
    if (this.keep(row, seen, clears, isFirst)) row.page[row.base + R.SHAPE] = shape
    row.hear(seen.timeNs)
    row.setLastFrame(seen)
    if (seen.segment.isCut) row.set(R.CUT)
    if (row.state & R.TAP_COPIES) this.asides.fingerprint(row, seen)
    return (seen.isControl || clears) && isClosed(row)
  }

  /** Takes over what the stream has shown. A SYN that was refused may have begun another stream: the first one counts. */
  private takeStream(row: Row, { stream, streamEntry, completeness, fileIndex }: Sighting): void {
    if (fileIndex !== row.firstFile) return
    row.page[row.base + R.STREAM_ENTRY] = streamEntry + 1
    if (stream !== row.page[row.base + R.STREAM]) {
      const number = row.page[row.base + R.NUMBER]!
      if (!this.firstStreams.has(number)) this.firstStreams.set(number, completenessIn(row.state))
      row.clear(R.COMPLETENESS_MASK << R.COMPLETENESS_SHIFT)
      row.clearKinds()
    }
    row.set(completeness << R.COMPLETENESS_SHIFT)
  }

  private count(row: Row, seen: Sighting, isForeign: boolean): void {
    row.page[row.own + R.SEGMENTS]!++
    if (isForeign) return
    if (isBeat(row, seen)) this.asides.beat(row, seen.timeNs)
    if (isAnomalous(row, seen)) countAnomaly(this.asides, this.log, row, seen)
  }

  /** A SYN with another sequence number than its sender's own. */
  private isForeignSyn(row: Row, { segment }: Sighting): boolean {
    if ((segment.flags & FLAG_SYN) === 0 || !row.ownHas(R.SEEN)) return false
    const known = this.succession.synOf(row, row.direction)
    return known !== null && known !== segment.seq
  }

  /** Logs the segment when it may matter, which it returns, and decides whether the connection is settled. */
  private keep(row: Row, seen: Sighting, clears: boolean, isFirst: boolean): boolean {
    const at = row.base + R.PHASE
    const phase = row.page[at]!
    const isKept = seen.isControl || clears || isFirst || keepsPlain(phase, row.direction)
    row.page[at] = phaseAfter(phase, row.direction, seen.isControl)
    const isEnoughSaid = isEnough(row.page[at]!)
    if (isKept && this.hasRoom(row)) this.log.append(row, seen)
    if (seen.segment.flags & (FLAG_FIN | FLAG_RST) && this.hasRoom(row, false)) this.log.appendContext(row, seen)
    const isPending = row.eitherHas(R.UNACKED) || (row.state & (R.TAP_COPIES | R.CONTESTED)) !== 0
    if (isEnoughSaid && !isPending) row.set(R.SETTLED)
    else row.clear(R.SETTLED)
    return isKept
  }

  /** Whether the log takes one more entry of the connection; counts the segments that it does not take. */
  private hasRoom(row: Row, isSegment = true): boolean {
    if (entriesIn(row.page[row.base + R.PHASE]!) < this.maxEvents) return true
    if (isSegment) this.asides.needEvents(row).unlogged++
    return false
  }

  private checkSum(row: Row, seen: Sighting): void {
    const { segment } = seen
    // The bytes of a segment that was held in a contest are gone.
    if (!(seen.isControl || this.verifiesAll) || (seen.checksum === null && segment.view.byteLength === 0)) return
    seen.checksum ??= verifyTcpChecksum(segment)
    this.takeChecksum(row, seen.checksum)
    seen.isCorrupt = isDamaged(row, segment, seen.checksum)
  }

  private takeChecksum(row: Row, sum: ChecksumState): void {
    if (this.verifiesAll) this.asides.needEvents(row).noteChecksum(row.direction, sum)
    if (sum === 'good') row.setOwn(R.GOOD_SUM)
    else if (sum === 'offloaded') row.set(R.OFFLOAD)
  }

  /** Whether a segment of end `at & 1` with such a checksum is damaged. */
  isDamaged(at: number, segment: Segment, sum: ChecksumState): boolean {
    return isDamaged(this.rowAt(at), segment, sum)
  }

  /** The checksum of a segment that is not entered. */
  noteChecksum(at: number, sum: ChecksumState): void {
    this.takeChecksum(this.rowAt(at), sum)
  }

  /** The same packet once more: through another interface, from the other port of a mirror. */
  private isTapCopy(row: Row, seen: Sighting): boolean {
    if (seen.timeNs - row.lastTimeNs > TAP_COPY_NS) return false
    if (row.state & R.TAP_COPIES) return this.asides.isCopy(row, seen, TAP_COPY_NS)
    return seen.isControl && row.ownHas(R.SEEN) && this.isLastAgain(row, seen)
  }

  private isLastAgain(row: Row, seen: Sighting): boolean {
    if (row.page[row.own + R.NEXT] !== seen.end) return false
    const before = this.log.last(row.page[row.base + R.LOG_TAIL]!)
    return before !== null && isSamePacket(before, row.direction, seen)
  }

  private enterCopy(row: Row, seen: Sighting): boolean {
    const rare = this.asides.needEvents(row)
    rare.note('duplicate', row.direction, seen.frame)
    this.asides.fingerprint(row, seen)
    if (seen.segment.payloadLength > 0) rare.mark('t', row.direction, seen.timeNs)
    row.set(R.TAP_COPIES)
    row.clear(R.SETTLED)
    if (this.isLastAgain(row, seen) && this.hasRoom(row, false)) this.log.appendCopy(row, seen)
    row.setLastFrame(seen)
    return false
  }

  /** Whether a segment on another path is the packet just seen, there or back: then both paths carry one connection. */
  isCopyOnOtherPath(at: number, seen: Sighting): boolean {
    const row = this.rowAt(at)
    if (seen.timeNs - row.lastTimeNs > TAP_COPY_NS || !this.isLastAgain(row, seen)) return false
    row.set(R.ANY_PATH)
    return true
  }

  /** A packet of end `at & 1` that another capture of the run has shown before, maybe on another path. */
  noteCopy(at: number, seen: Sighting): void {
    const row = this.rowAt(at)
    this.takeStream(row, seen)
    this.asides.needEvents(row).note('duplicate', row.direction, seen.frame)
    if (row.path !== seen.segment.path) row.set(R.ANY_PATH)
  }

  /** What a segment claims of a connection that is known: to be part of it, to start a new one, or maybe. */
  claimOf(at: number, seen: Sighting): Claim {
    return this.succession.claimOf(this.rowAt(at), seen)
  }

  /** What the connection looks like to a SYN that claims its 4-tuple. */
  incumbent(at: number, seq: number): Incumbent {
    return this.succession.incumbent(this.rowAt(at), seq)
  }

  /** The last SYN of end `at & 1` on the 4-tuple, and that of the other end. */
  synsOf(at: number): EndSyns {
    return this.succession.synsOf(this.rowAt(at))
  }

  /** Notes what a connection takes over: the SYNs of its predecessor, and whether its own SYN is one of them. */
  succeed(index: number, synsBefore: EndSyns, isSameSyn: boolean): void {
    this.succession.succeed(this.numberOf(index), synsBefore, isSameSyn)
  }

  /** Notes that the connection's SYN was turned down at first. */
  noteRefusal(index: number, refusal: Refusal): void {
    this.succession.noteRefusal(this.numberOf(index), refusal)
  }

  setContested(index: number, isContested: boolean): void {
    const row = this.rowAt(index << 1)
    row.clear(R.CONTESTED | R.SETTLED)
    if (isContested) row.set(R.CONTESTED)
  }

  /** Its stream in the capture it was first seen in; -1 for the other captures. */
  streamOf(index: number, fileIndex: number): number {
    const row = this.rowAt(index << 1)
    return row.firstFile === fileIndex ? row.page[row.base + R.STREAM]! : -1
  }

  numberOf(index: number): number {
    const { records } = this.table
    return records.page(index)[records.baseOf(index) + R.NUMBER]!
  }

  lastTimeOf(index: number): number {
    return this.rowAt(index << 1).lastTimeNs
  }

  /** Payload bytes that went through it, both ways. */
  bytesOf(index: number): number {
    return this.rowAt(index << 1).bytes
  }

  /** Whether both ends have acknowledged something: it is, or was, open. */
  hasOpened(index: number): boolean {
    return this.rowAt(index << 1).bothHave(R.HAS_ACK)
  }

  /** What end `at & 1` acknowledged last; meaningless when it acknowledged nothing. */
  lastAckOf(at: number): number {
    const row = this.rowAt(at)
    return row.page[row.own + R.ACK]!
  }

  /** Something that is no segment of the connection, and yet counts for its stream. */
  noteStream(at: number, seen: Sighting): void {
    this.takeStream(this.rowAt(at), seen)
  }

  /** An ICMP error about a segment that end `at & 1` sent. */
  logIcmp(at: number, seen: Sighting): void {
    const row = this.rowAt(at)
    this.takeStream(row, seen)
    row.page[row.base + R.SHAPE] = NO_SHAPE
    if (this.hasRoom(row)) this.log.append(row, seen)
  }

  /** The outline of a connection that nothing has disturbed, null otherwise; one object, filled again and again. */
  outlineOf(index: number, clock: Clock): Outline | null {
    const { table, outline } = this
    const row = this.rowAt(index << 1)
    const number = row.page[row.base + R.NUMBER]!
    const events = this.asides.eventsOf(row)
    const kinds = events ? events.kinds : 0
    if (kinds === null || !outline.read(row, kinds, clock)) return null
    if (this.succession.isHeir(number)) return null
    outline.number = number
    table.describe(row.page, row.base, outline)
    return outline
  }

  /** The same of an embryo. */
  outlineOfEmbryo(index: number, clock: Clock): Outline {
    const { outline } = this
    const { embryos } = this.table
    const page = embryos.page(index)
    const base = embryos.baseOf(index)
    outline.readSyn(this.shapes.ofSyn, timeOfEmbryo(embryos.doublesOf(index), base), clock)
    outline.number = page[base + R.NUMBER]!
    this.table.describe(page, base, outline)
    return outline
  }

  /** The connection as it is now; its record stays. */
  read(index: number, successor: Contest | null = null): Connection {
    const { table } = this
    const row = this.rowAt(index << 1)
    const { page, base, doubles } = row
    const chain = this.log.read(page[base + R.LOG_HEAD]!, [CLIENT, SERVER])
    const ports: [number, number] = [table.portOf(index, 0), table.portOf(index, 1)]
    const { sideOf, roles } = assignRoles(chain, ports)
    const number = page[base + R.NUMBER]!
    return summarize({
      page,
      base,
      doubles,
      ends: [table.addressOf(index, 0), table.addressOf(index, 1)],
      ports,
      chain,
      sideOf,
      roles,
      rare: this.asides.eventsOf(row),
      heartbeatSeconds: this.asides.heartbeatOf(row),
      takenOverBy: successor ? this.takeover(successor, sideOf) : null,
      completeness: this.firstStreams.get(number) ?? completenessIn(page[base + R.STATE]!),
      ...this.succession.heritageOf(number),
    })
  }

  /** Takes the connection out: its record is free again, its story goes to the caller. */
  close(index: number, successor: Contest | null): Connection {
    const connection = this.read(index, successor)
    this.forget(index)
    return connection
  }

  private takeover(contest: Contest, sideOf: ReturnType<typeof assignRoles>['sideOf']): Connection['takenOverBy'] {
    const syn = this.log.observationOf(contest.syn, contest.direction, sideOf)
    return { syn, isAccepted: contest.isAccepted, refusal: contest.refusal }
  }

  /** Takes the connection out, and tells nobody. */
  forget(index: number): void {
    const row = this.rowAt(index << 1)
    const { page, base } = row
    const number = page[base + R.NUMBER]!
    this.asides.release(row)
    this.firstStreams.delete(number)
    this.succession.forget(number)
    this.log.release(page[base + R.LOG_HEAD]!, page[base + R.LOG_TAIL]!)
    this.table.remove(index)
  }
}

/** A wrong checksum means a damaged packet only when its sender's others are right; else it is offloading. */
function isDamaged(row: Row, { payloadLength }: Segment, sum: ChecksumState): boolean {
  return sum === 'bad' && row.ownHas(R.GOOD_SUM) && payloadLength <= LARGEST_SENT
}

/** Whether it is the first segment with data, or the first bare ACK, of its sender; notes it. */
function isFirstOfKind({ page, own }: Row, { segment, isControl }: Sighting): boolean {
  const kind = segment.payloadLength > 0 ? R.SENT_DATA : R.SENT_ACK
  if (isControl || (segment.flags & FLAG_ACK) === 0 || (page[own + R.SEGMENTS]! & kind) !== 0) return false
  page[own + R.SEGMENTS]! |= kind
  return true
}

/** Wireshark's tcp.completeness in a record's state. */
function completenessIn(state: number): number {
  return (state >>> R.COMPLETENESS_SHIFT) & R.COMPLETENESS_MASK
}

/** Whether the logged segment and the one seen are the same packet: a retransmission would have an IP identification of its own. */
function isSamePacket(before: Observation, direction: number, seen: Sighting): boolean {
  const { segment, options } = seen
  if (before.side !== direction || before.seq !== segment.seq || before.end !== seen.end) return false
  if (before.hasAck !== ((segment.flags & FLAG_ACK) !== 0) || (before.hasAck && before.ack !== segment.ack))
    return false
  if (before.syn !== ((segment.flags & FLAG_SYN) !== 0) || before.rst !== ((segment.flags & FLAG_RST) !== 0))
    return false
  if (before.ipId > 0 && segment.ipId > 0) return before.ipId === segment.ipId
  return !before.timestamps || before.timestamps.value === options.tsVal
}
