/**
 * Segments → connections. A SYN that begins one is kept as an embryo. The fast path takes segments in order; everything
 * else is read in full, counted, and kept in the log when it may matter to a state. Nothing is inferred here: that
 * happens once, from the log, when a connection is reported.
 */
import { verifyTcpChecksum } from '../bytes/checksum.ts'
import type { Packet } from '../capture/packet.ts'
import { FLAG_SYN, type Segment } from '../decode/segment.ts'
import { ClosingQueue } from './closing-queue.ts'
import type { Connection } from './connection.ts'
import { Contest } from './contest.ts'
import { isEmbryonic } from './embryo.ts'
import { Taken } from './fast-path.ts'
import { Ledger } from './ledger.ts'
import { FLOW_LIMITS, type FlowLimits } from './limits.ts'
import type { Clock, Outline } from './outline.ts'
import type { AnomalyObserver } from './rare.ts'
import { Sighting } from './sighting.ts'
import { Streams } from './streams.ts'
import { embryoOf, isEmbryo, MAX_RECORDS } from './table.ts'

export interface TrackerOptions extends Partial<FlowLimits> {
  /** 2MSL in nanoseconds: how long a closed connection is kept for what may still come. */
  timeWaitNs: number
  /** Seed of the hash, so that nobody can aim 4-tuples at one slot. */
  seed: number
  /** Verifies the checksum of every segment. */
  verifyChecksums?: boolean
  /** Called for each retransmission and the like, as it is counted. */
  onAnomaly?: AnomalyObserver
  /** Called when what is inferred of a connection, in that record and with that number, may have changed. */
  onChange?: (index: number, number: number) => void
  /** When to report a connection that `advance` finds silent; never unless given. */
  idle?: IdleLimits
  gate?: Gate
}

/** Decides, for a connection that is over and nothing has disturbed, whether its outline says enough of it. */
export interface Gate {
  readonly clock: Clock
  /** True: no `Connection` need be made. */
  passes(outline: Outline): boolean
}

/** How long a connection may be silent, in nanoseconds. */
export interface IdleLimits {
  openedNs: number
  /** For one that was never open on both sides. */
  openingNs: number
}

/** Records looked at for their silence in one turn. */
const IDLE_TURN = 20_000

export class Tracker {
  /** Connections that had to be reported early because there were too many. */
  evicted = 0
  /** 4-tuples whose stream number was forgotten because there were too many. */
  forgottenStreams = 0
  private readonly options: TrackerOptions & FlowLimits
  private readonly verifies: boolean
  /** Nobody looks at connections while they live, and no counter of theirs is more than a SYN tells. */
  private readonly keepsEmbryos: boolean
  private readonly ledger: Ledger
  private readonly onConnection: (connection: Connection) => void
  private readonly contests: Map<number, Contest> = new Map()
  private readonly closing: ClosingQueue = new ClosingQueue()
  private readonly seen: Sighting = new Sighting()
  /** By index of the capture; of those that are not over. */
  private readonly streams: Map<number, Streams> = new Map()
  /** Those asked for last, and of which capture. */
  private lastStreams: Streams
  private lastFile = -1
  private nextNumber = 0
  /** Index of the record, and of the embryo, that was evicted last. */
  private evictionHand = 0
  private embryoHand = 0
  private isEnding = false
  private idleHand = 0

  constructor(options: TrackerOptions, onConnection: (connection: Connection) => void) {
    this.options = { ...FLOW_LIMITS, ...options }
    this.verifies = options.verifyChecksums ?? false
    this.keepsEmbryos = !this.verifies && !options.onChange && !options.idle
    this.lastStreams = new Streams(this.options.maxStreams)
    this.ledger = new Ledger(this.options)
    this.onConnection = onConnection
  }

  /** One TCP segment, in the order of the capture. */
  segment(segment: Segment, packet: Packet): void {
    const found = this.find(segment)
    const taken = found < 0 ? this.conceive(segment, packet) : this.take(found, segment, packet)
    if (taken === Taken.COUNTED) return
    if (taken === Taken.NOT) {
      this.look(found, segment, packet)
      this.slow(found, this.seen)
    } else if (found >= 0) this.changed(found >>> 1, taken === Taken.CLOSED, packet.timeNs)
    if (packet.timeNs - this.closing.oldestNs > this.options.timeWaitNs) this.sweep(packet.timeNs)
  }

  private take(found: number, segment: Segment, packet: Packet): Taken {
    const { fastPath } = this.ledger
    const streams = this.streamsOf(packet.fileIndex)
    if (!this.verifies) return fastPath.take(found, segment, packet, streams)
    const sum = verifyTcpChecksum(segment)
    const taken = this.ledger.isDamaged(found, segment, sum)
      ? Taken.NOT
      : fastPath.take(found, segment, packet, streams)
    if (taken !== Taken.NOT) this.ledger.noteChecksum(found, sum)
    return taken
  }

  /** The record of the segment's connection, as `ConnectionTable.find`; an embryo hatches, on another path, too. */
  private find(segment: Segment): number {
    const { table } = this.ledger
    const found = table.find(segment)
    if (found < 0) table.otherPath = this.hatched(table.otherPath)
    return this.hatched(found)
  }

  private hatched(found: number): number {
    return isEmbryo(found) ? (this.hatch(embryoOf(found)) << 1) | (found & 1) : found
  }

  private hatch(index: number): number {
    const syn = this.ledger.synOf(index)
    syn.streamEntry = this.isEnding ? -1 : this.keepStream(index, syn)
    return this.ledger.hatch(index, syn)
  }

  /** An embryo's stream is not kept while the embryo is. */
  private keepStream(index: number, { fileIndex, stream, segment }: Sighting): number {
    const tuple = this.ledger.table.tupleOfEmbryo(index)
    return this.streams.get(fileIndex)?.keep(tuple, stream, segment.seq) ?? -1
  }

  /** Takes the first segment of a 4-tuple, if that is a SYN and nothing more. */
  private conceive(segment: Segment, packet: Packet): Taken {
    const { seen, ledger } = this
    if (!this.keepsEmbryos || (segment.flags & FLAG_SYN) === 0 || ledger.table.otherPath >= 0) return Taken.NOT
    seen.read(segment, packet)
    if (!isEmbryonic(seen)) return Taken.NOT
    seen.stream = this.streamsOf(packet.fileIndex).begin(ledger.table.tuple)
    if (seen.stream < 0) return Taken.NOT
    ledger.conceive(seen, this.newNumber())
    return Taken.ENTERED
  }

  /** A segment that another capture of the run has shown before: counted, and no more. */
  copy(segment: Segment, packet: Packet): void {
    const same = this.find(segment)
    const found = same < 0 ? this.ledger.table.otherPath : same
    this.look(found, segment, packet)
    if (found >= 0) this.ledger.noteCopy(found, this.seen)
  }

  /** No segments come of that capture any more. */
  endCapture(fileIndex: number): void {
    this.forgottenStreams += this.streams.get(fileIndex)?.forgotten ?? 0
    this.streams.delete(fileIndex)
    if (fileIndex === this.lastFile) this.lastFile = -1
  }

  /** Reads in full what the fast path did not take: `seen`. */
  private look(found: number, segment: Segment, packet: Packet, isShort = false): void {
    const { seen } = this
    const streams = this.streamsOf(packet.fileIndex)
    seen.read(segment, packet)
    const known = found < 0 ? -1 : this.ledger.streamOf(found >>> 1, packet.fileIndex)
    streams.enter(this.ledger.table.tuple, segment, known, isShort)
    seen.stream = streams.stream
    seen.streamEntry = streams.entry
    seen.completeness = streams.completeness
  }

  private streamsOf(fileIndex: number): Streams {
    if (fileIndex === this.lastFile) return this.lastStreams
    let streams = this.streams.get(fileIndex)
    if (!streams) {
      streams = new Streams(this.options.maxStreams)
      this.streams.set(fileIndex, streams)
    }
    this.lastFile = fileIndex
    this.lastStreams = streams
    return streams
  }

  private slow(found: number, seen: Sighting): void {
    if (found < 0) {
      this.meet(seen)
      return
    }
    const index = found >>> 1
    // A look-up in an empty Map costs a hash.
    const contest = this.contests.size > 0 ? this.contests.get(index) : undefined
    if (contest?.isSuperseded(found & 1, seen)) {
      this.settle(index, contest, contest.conclude())
      this.slow(this.find(seen.segment), seen)
      return
    }
    if (contest) {
      this.settle(index, contest, contest.offer(found & 1, seen))
      return
    }
    const claim = this.ledger.claimOf(found, seen)
    if (claim === 'contested') this.openContest(found, seen)
    else if (claim === 'new') this.replace(found, seen)
    else this.enter(found, seen)
  }

  /** A segment of no known connection: of a connection known on another path, or the first of a new one. */
  private meet(seen: Sighting): void {
    const other = this.ledger.table.otherPath
    if (other >= 0 && this.ledger.isCopyOnOtherPath(other, seen)) this.enter(other, seen)
    else this.enter(this.open(seen) << 1, seen)
  }

  private open(seen: Sighting): number {
    return this.ledger.open(seen, this.newNumber())
  }

  /** The number of one connection more, for which there is room now. */
  private newNumber(): number {
    if (this.ledger.table.size >= Math.min(this.options.maxConnections, MAX_RECORDS)) this.evict()
    return this.nextNumber++
  }

  private enter(at: number, seen: Sighting): void {
    this.changed(at >>> 1, this.ledger.enter(at, seen), seen.timeNs)
  }

  /** What is known of a connection has changed; `isClosed`: nothing more is to be expected of it. */
  private changed(index: number, isClosed: boolean, timeNs: number): void {
    if (isClosed) this.closing.push(index, this.ledger.numberOf(index), timeNs)
    this.options.onChange?.(index, this.ledger.numberOf(index))
  }

  private openContest(at: number, seen: Sighting): void {
    const incumbent = this.ledger.incumbent(at, seen.segment.seq)
    this.contests.set(at >>> 1, new Contest(at & 1, seen, incumbent))
    this.ledger.setContested(at >>> 1, true)
  }

  /** Ends a contest when its verdict is known: the held segments go where they belong. */
  private settle(index: number, contest: Contest, verdict: 'new' | 'same' | 'wait'): void {
    if (verdict === 'wait') return
    this.contests.delete(index)
    this.ledger.setContested(index, false)
    if (verdict === 'same') {
      this.enter((index << 1) | contest.direction, contest.syn)
      for (const { direction, seen } of contest.held) this.enter((index << 1) | direction, seen)
      return
    }
    for (const held of contest.held) {
      if (!contest.isOfNew(held)) this.enter((index << 1) | held.direction, held.seen)
    }
    const syns = this.ledger.synsOf((index << 1) | contest.direction)
    this.close(index, contest)
    const opened = this.open(contest.syn)
    this.ledger.succeed(opened, syns, contest.incumbent.isSameSyn)
    const { refusal } = contest
    if (refusal) this.ledger.noteRefusal(opened, refusal)
    this.enter(opened << 1, contest.syn)
    for (const held of contest.held) {
      if (contest.isOfNew(held)) this.enter((opened << 1) | (held.direction ^ contest.direction), held.seen)
    }
  }

  /** A SYN-ACK with new numbers on a closed connection: the SYN before it was not captured. */
  private replace(at: number, seen: Sighting): void {
    const index = at >>> 1
    const syns = this.ledger.synsOf(at)
    const { ack } = seen.segment
    const isSameSyn = syns[1] === ((ack - 1) | 0) || this.ledger.lastAckOf(at) === ack
    this.close(index, null)
    const opened = this.open(seen)
    this.ledger.succeed(opened, syns, isSameSyn)
    this.enter(opened << 1, seen)
  }

  /** An ICMP error that quotes a segment of a connection attempt. */
  icmpError(segment: Segment, packet: Packet): void {
    const found = this.find(segment)
    this.look(found, segment, packet)
    if (found < 0) return
    this.ledger.logIcmp(found, this.seen)
    this.options.onChange?.(found >>> 1, this.ledger.numberOf(found >>> 1))
  }

  /** What is known of the live connection in that record; null when it is not that connection's any more. */
  read(index: number, number: number): Connection | null {
    return this.ledger.numberOf(index) === number ? this.ledger.read(index) : null
  }

  /** Of the live connection in that record: payload bytes, both ways. */
  bytesOf(index: number): number {
    return this.ledger.bytesOf(index)
  }

  /** Time goes on without segments: reports what closed more than 2MSL ago, and what is silent for too long. */
  advance(nowNs: number): void {
    this.sweep(nowNs)
    const { idle } = this.options
    if (idle) this.sweepIdle(nowNs, idle)
  }

  private sweepIdle(nowNs: number, { openedNs, openingNs }: IdleLimits): void {
    const { records } = this.ledger.table
    for (let turn = Math.min(IDLE_TURN, records.used); turn > 0; turn--) {
      this.idleHand = (this.idleHand + 1) % records.used
      const index = this.idleHand
      if (!records.isLive(index)) continue
      const silentNs = nowNs - this.ledger.lastTimeOf(index)
      if (silentNs > openingNs && silentNs > (this.ledger.hasOpened(index) ? openedNs : openingNs)) this.conclude(index)
    }
  }

  /** A TCP header that is no segment, but has a stream in Wireshark: later numbers go on from there. */
  brokenHeader(segment: Segment, packet: Packet, isShort: boolean): void {
    const found = this.find(segment)
    this.look(found, segment, packet, isShort)
    if (found >= 0) this.ledger.noteStream(found, this.seen)
  }

  /** Reports what closed more than 2MSL ago. */
  private sweep(nowNs: number): void {
    while (nowNs - this.closing.oldestNs > this.options.timeWaitNs) {
      const { index, number } = this.closing.shift()
      if (this.ledger.numberOf(index) !== number) continue
      const lastNs = this.ledger.lastTimeOf(index)
      if (nowNs - lastNs > this.options.timeWaitNs) this.conclude(index)
      else this.closing.push(index, number, lastNs)
    }
  }

  /** Makes room for one more: the oldest closed connection goes, else the next embryo or the next record in turn. */
  private evict(): void {
    this.evicted++
    while (this.closing.oldestNs !== Number.POSITIVE_INFINITY) {
      const { index, number } = this.closing.shift()
      if (this.ledger.numberOf(index) !== number) continue
      this.conclude(index)
      return
    }
    const { embryos, records, size } = this.ledger.table
    // Of whichever there are more, so that the next one is never far.
    if (2 * embryos.live >= size) {
      this.embryoHand = embryos.nextLive(this.embryoHand + 1)
      this.closeEmbryo(this.embryoHand)
    } else {
      this.evictionHand = records.nextLive(this.evictionHand + 1)
      this.conclude(this.evictionHand)
    }
  }

  /** Reports a connection that nothing more is to come of. */
  private conclude(index: number): void {
    const contest = this.contests.get(index)
    if (contest) this.settle(index, contest, contest.conclude())
    else this.close(index, null)
  }

  private close(index: number, contest: Contest | null): void {
    const { gate } = this.options
    const outline = gate && !contest ? this.ledger.outlineOf(index, gate.clock) : null
    if (!outline || !gate?.passes(outline)) this.onConnection(this.ledger.close(index, contest))
    // In the end everything goes at once.
    else if (!this.isEnding) this.ledger.forget(index)
  }

  private closeEmbryo(index: number): void {
    const { gate } = this.options
    if (!gate?.passes(this.ledger.outlineOfEmbryo(index, gate.clock)))
      this.onConnection(this.ledger.close(this.hatch(index), null))
    else if (!this.isEnding) {
      this.keepStream(index, this.ledger.synOf(index))
      this.ledger.table.removeEmbryo(index)
    }
  }

  /** Reports all that is still open. */
  finish(): void {
    this.isEnding = true
    for (const index of [...this.contests.keys()]) this.conclude(index)
    const { records, embryos } = this.ledger.table
    for (let index = 0; index < records.used; index++) if (records.isLive(index)) this.close(index, null)
    for (let index = 0; index < embryos.used; index++) if (embryos.isLive(index)) this.closeEmbryo(index)
  }
}
