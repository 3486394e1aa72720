/**
 * What is kept of each live connection: its record, its part of the segment log, its rare counters. Segments are
 * entered one at a time; nothing is inferred here, only what to count and what to keep.
 */
import { verifyTcpChecksum } from '../bytes/checksum.ts'
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import type { Observation } from '../tcp/observation.ts'
import { distance } from '../tcp/seq.ts'
import { CLIENT, SERVER } from '../tcp/timeline.ts'
import { Anomalies } from './anomalies.ts'
import { completenessOf } from './completeness.ts'
import type { Connection } from './connection.ts'
import type { Contest } from './contest.ts'
import { RareEvents } from './rare.ts'
import * as R from './record.ts'
import { assignRoles } from './roles.ts'
import { SegmentLog } from './segment-log.ts'
import type { Sighting } from './sighting.ts'
import { summarize } from './summarize.ts'
import { ConnectionTable } from './table.ts'

/** Segments without SYN, FIN or RST kept of each side after one of these: enough to prove what it led to. */
const PLAIN_KEPT = 8
/** As many of each side, or of both together, and nothing unacknowledged: the connection is settled. */
const PLAIN_ENOUGH = 2
const PLAIN_TOTAL = 24
/** Entries of one connection; more are counted only. */
const LOG_LIMIT = 2000
/** Two packets alike within this time are one, delivered twice by the tap: real repeats wait for an RTO or a round trip. */
const COPY_NS = 3e6
/** A sequence number further from the expected one is not of this connection. */
const PLAUSIBLE = 1 << 28

export class Ledger {
  readonly table: ConnectionTable
  private readonly log: SegmentLog = new SegmentLog()
  private readonly rares: (RareEvents | null)[] = []
  private readonly freeRares: number[] = []
  private readonly anomalies: Anomalies = new Anomalies()
  /** Numbers of connections whose SYN repeats that of the one before. */
  private readonly duplicateSyns: Set<number> = new Set()

  constructor(seed: number) {
    this.table = new ConnectionTable(seed)
  }

  /** A record for the segment that `table.find` did not find; its sender is end A. */
  open(seen: Sighting, number: number, stream: number): number {
    const index = this.table.insert(seen.segment)
    const page = this.table.page(index)
    const base = this.table.baseOf(index)
    page[base + R.NUMBER] = number
    page[base + R.STREAM] = stream
    page[base + R.FIRST_FILE] = seen.fileIndex
    this.table.doublesOf(index)[(base + R.LAST_TIME) >> 1] = seen.timeNs
    return index
  }

  /** Enters one segment. Returns whether the connection looks closed now, both ways or by a RST. */
  enter(at: number, seen: Sighting): boolean {
    const index = at >>> 1
    const direction = at & 1
    if (this.isTapCopy(index, direction, seen)) return this.enterCopy(index, direction, seen)
    this.checkSum(index, direction, seen)
    if (seen.isCorrupt) {
      this.append(index, this.log.append(seen, direction))
      return false
    }
    const clears = this.advance(index, direction, seen)
    this.keep(index, direction, seen, clears)
    this.remember(index, direction, seen)
    return seen.isControl || clears ? this.isClosed(index) : false
  }

  private isClosed(index: number): boolean {
    const state = this.stateOf(index)
    const hasBothFins = (state & (R.FIN | (R.FIN << 1))) === (R.FIN | (R.FIN << 1))
    const isUnacked = (state & (R.UNACKED | (R.UNACKED << 1))) !== 0
    return (state & R.RST) !== 0 || (hasBothFins && !isUnacked)
  }

  private stateOf(index: number): number {
    return this.table.page(index)[this.table.baseOf(index) + R.STATE]!
  }

  /** The rare counters of a connection, made when first needed. */
  private rareOf(index: number): RareEvents {
    const page = this.table.page(index)
    const at = this.table.baseOf(index) + R.RARE
    if (page[at] === 0) {
      const slot = this.freeRares.pop() ?? this.rares.length
      this.rares[slot] = new RareEvents()
      page[at] = slot + 1
    }
    return this.rares[page[at]! - 1]!
  }

  /** Counts the segment, moves the side's words on. Returns whether it acknowledged a SYN or FIN of the peer. */
  private advance(index: number, direction: number, seen: Sighting): boolean {
    const { page, own, base, doubles } = this.words(index, direction)
    const { flags, seq, payloadLength } = seen.segment
    const wasSeen = (page[base + R.STATE]! & (R.SEEN << direction)) !== 0
    this.countSegment(index, direction, seen, wasSeen)
    if (flags & FLAG_RST) {
      if (this.isEnd(index, direction, seen)) page[base + R.STATE]! |= R.RST
      return false
    }
    if (flags & FLAG_SYN && wasSeen && this.isForeign(index, direction, seq)) return false
    doubles[(own + R.BYTES) >> 1]! += this.advanceNext(page, own, seen, wasSeen)
    if (flags & FLAG_SYN) this.readScale(index, direction, seen)
    if (flags & (FLAG_SYN | FLAG_FIN)) this.markUnacked(index, direction, seen)
    if (flags & FLAG_FIN) page[base + R.STATE]! |= R.FIN << direction
    return flags & FLAG_ACK ? this.acknowledge(index, direction, seen, payloadLength > 0) : false
  }

  /** Whether a RST may end the connection, as far as its numbers tell; not one that refuses a wrong SYN-ACK, say. */
  private isEnd(index: number, direction: number, seen: Sighting): boolean {
    const { page, own, peer, base } = this.words(index, direction)
    const { seq, flags } = seen.segment
    const state = page[base + R.STATE]!
    if (seq === page[own + R.NEXT] || (flags & FLAG_ACK) !== 0) return true
    const isAcked = (state & (R.UNACKED << direction)) === 0 && (state & (R.HAS_ACK << (1 - direction))) !== 0
    return page[own + R.NEXT] === 0 || (isAcked && seq === page[peer + R.ACK])
  }

  private countSegment(index: number, direction: number, seen: Sighting, wasSeen: boolean): void {
    const { page, own, peer, base, doubles } = this.words(index, direction)
    const isFirst = page[base + R.LOG_HEAD] === 0
    const idleNs = seen.timeNs - doubles[(base + R.LAST_TIME) >> 1]!
    const bits = completenessOf(seen.segment.flags, seen.segment.payloadLength, isFirst)
    page[base + R.STATE]! |= (R.SEEN << direction) | (bits << R.COMPLETENESS_SHIFT)
    page[own + R.SEGMENTS]!++
    if (this.anomalies.isAnomalous(page, own, peer, seen, wasSeen, idleNs)) {
      this.anomalies.count(this.rareOf(index), page, own, peer, direction, seen, wasSeen, idleNs)
    }
  }

  /** Takes the acknowledgment in. Returns whether it covers a SYN or FIN of the peer that nothing covered before. */
  private acknowledge(index: number, direction: number, seen: Sighting, hasPayload: boolean): boolean {
    const { page, own, peer, base } = this.words(index, direction)
    const { ack, window, flags } = seen.segment
    const state = page[base + R.STATE]!
    const outstanding = distance(page[peer + R.NEXT]!, ack)
    if (hasPayload && outstanding > 0) page[base + R.STATE]! |= R.FULL_DUPLEX
    const isStep = (state & (R.SEEN << (1 - direction))) === 0 && distance(ack, page[own + R.ACK]!) === 1
    if (this.advanceAck(page, own, peer, state, direction, ack)) {
      const shift = flags & FLAG_SYN ? 0 : (state >>> (R.SCALE_SHIFT + 4 * direction)) & 15
      page[base + R.STATE]! |= R.HAS_ACK << direction
      page[own + R.EDGE] = ack + (window << shift)
    }
    const isPending = (state & (R.UNACKED << (1 - direction))) !== 0
    const clears = isPending && distance(ack, page[peer + R.NEXT]!) >= 0
    if (clears) page[base + R.STATE]! &= ~(R.UNACKED << (1 - direction))
    // The FIN of a side that is not in the capture shows as a step of one only.
    return clears || isStep
  }

  /** A SYN with another sequence number than this side's own. */
  private isForeign(index: number, direction: number, seq: number): boolean {
    const known = this.synOf(index, direction)
    return known !== null && known !== seq
  }

  /** Moves NEXT to the end of the segment when that is further; returns the new payload bytes. */
  private advanceNext(page: Int32Array, own: number, seen: Sighting, wasSeen: boolean): number {
    const { seq, payloadLength } = seen.segment
    const end = seen.end
    const before = page[own + R.NEXT]!
    if (!wasSeen) {
      page[own + R.NEXT] = end
      return payloadLength
    }
    const ahead = distance(end, before)
    if (ahead <= 0 || ahead > PLAUSIBLE) return 0
    page[own + R.NEXT] = end
    const overlap = Math.max(0, distance(before, seq))
    return Math.max(0, payloadLength - overlap)
  }

  /** Moves ACK on; an acknowledgment of what the capture has not seen moves the peer's NEXT with it. */
  private advanceAck(
    page: Int32Array,
    own: number,
    peer: number,
    state: number,
    direction: number,
    ack: number,
  ): boolean {
    const isPeerSeen = (state & (R.SEEN << (1 - direction))) !== 0
    if (isPeerSeen && Math.abs(distance(ack, page[peer + R.NEXT]!)) > PLAUSIBLE) return false
    const isKnown = (state & (R.HAS_ACK << direction)) !== 0
    if (isKnown && distance(ack, page[own + R.ACK]!) < 0) return false
    page[own + R.ACK] = ack
    if (!isPeerSeen || distance(ack, page[peer + R.NEXT]!) > 0) page[peer + R.NEXT] = ack
    return true
  }

  private markUnacked(index: number, direction: number, seen: Sighting): void {
    const { page, own, peer, base } = this.words(index, direction)
    const isKnown = (page[base + R.STATE]! & (R.HAS_ACK << (1 - direction))) !== 0
    const isAcked = isKnown && distance(page[peer + R.ACK]!, seen.end) >= 0
    if (!isAcked && page[own + R.NEXT] === seen.end) page[base + R.STATE]! |= R.UNACKED << direction
  }

  /** Window scaling is in force only when both SYNs offer it (RFC 7323 §2.2). */
  private readScale(index: number, direction: number, seen: Sighting): void {
    const { page, base } = this.words(index, direction)
    const scale = seen.options.windowScale
    const isAnswer = (seen.segment.flags & FLAG_ACK) !== 0
    if (scale >= 0) page[base + R.STATE]! |= scale << (R.SCALE_SHIFT + 4 * direction)
    else page[base + R.STATE]! &= ~(isAnswer ? 0xff << R.SCALE_SHIFT : 15 << (R.SCALE_SHIFT + 4 * direction))
  }

  /** Logs the segment when it may matter, and decides whether the connection is settled. */
  private keep(index: number, direction: number, seen: Sighting, clears: boolean): void {
    const page = this.table.page(index)
    const base = this.table.baseOf(index)
    const phase = page[base + R.PHASE]!
    let [plainA, plainB] = [phase & 0xff, (phase >>> 8) & 0xff]
    const plain = direction === 0 ? plainA : plainB
    if (seen.isControl) [plainA, plainB] = [0, 0]
    else if (direction === 0) plainA = Math.min(plainA + 1, 0xff)
    else plainB = Math.min(plainB + 1, 0xff)
    page[base + R.PHASE] = (phase & ~0xffff) | (plainB << 8) | plainA
    if (seen.isControl || clears || plain < PLAIN_KEPT) this.append(index, this.log.append(seen, direction))
    if (seen.segment.flags & (FLAG_FIN | FLAG_RST)) this.appendContext(index, direction, seen)
    const isEnough = (plainA >= PLAIN_ENOUGH && plainB >= PLAIN_ENOUGH) || plainA + plainB >= PLAIN_TOTAL
    const state = page[base + R.STATE]!
    const isPending = (state & (R.UNACKED | (R.UNACKED << 1) | R.TAP_COPIES | R.CONTESTED)) !== 0
    page[base + R.STATE] = isEnough && !isPending ? state | R.SETTLED : state & ~R.SETTLED
  }

  private appendContext(index: number, direction: number, seen: Sighting): void {
    const { page, own, peer } = this.words(index, direction)
    const isFin = (seen.segment.flags & FLAG_FIN) !== 0
    this.append(
      index,
      this.log.appendContext(seen, {
        targetAck: page[peer + R.ACK]!,
        targetEdge: page[peer + R.EDGE]!,
        targetNext: page[peer + R.NEXT]!,
        senderNext: isFin ? seen.segment.seq : page[own + R.NEXT]!,
      }),
    )
  }

  private append(index: number, entry: number): void {
    const page = this.table.page(index)
    const base = this.table.baseOf(index)
    const logged = page[base + R.PHASE]! >>> 16
    if (logged >= LOG_LIMIT) {
      this.log.release(entry, entry)
      this.rareOf(index).unlogged++
      return
    }
    page[base + R.PHASE]! += 1 << 16
    if (page[base + R.LOG_HEAD] === 0) page[base + R.LOG_HEAD] = entry
    else this.log.link(page[base + R.LOG_TAIL]!, entry)
    page[base + R.LOG_TAIL] = entry
  }

  private remember(index: number, direction: number, seen: Sighting): void {
    const { page, base, doubles } = this.words(index, direction)
    doubles[(base + R.LAST_TIME) >> 1] = seen.timeNs
    page[base + R.LAST_FRAME] = seen.frame
    if (seen.segment.isCut) page[base + R.STATE]! |= R.CUT
    if (page[base + R.STATE]! & R.TAP_COPIES) this.rareOf(index).fingerprint(direction, seen)
  }

  /** The same packet once more: through another interface, from the other port of a mirror. */
  private isTapCopy(index: number, direction: number, seen: Sighting): boolean {
    const { page, base, own, doubles } = this.words(index, direction)
    if (seen.timeNs - doubles[(base + R.LAST_TIME) >> 1]! > COPY_NS) return false
    if (page[base + R.STATE]! & R.TAP_COPIES) return this.rareOf(index).isCopy(direction, seen, COPY_NS)
    if ((page[base + R.STATE]! & (R.SEEN << direction)) === 0 || !seen.isControl) return false
    const before = this.lastLogged(index)
    return page[own + R.NEXT] === seen.end && before !== null && isSamePacket(before, direction, seen)
  }

  private lastLogged(index: number): Observation | null {
    const tail = this.table.page(index)[this.table.baseOf(index) + R.LOG_TAIL]!
    return this.log.last(tail)
  }

  private enterCopy(index: number, direction: number, seen: Sighting): boolean {
    const page = this.table.page(index)
    const base = this.table.baseOf(index)
    const rare = this.rareOf(index)
    rare.duplicates[direction === 0 ? 0 : 1]++
    rare.fingerprint(direction, seen)
    page[base + R.STATE] = (page[base + R.STATE]! | R.TAP_COPIES) & ~R.SETTLED
    const before = this.lastLogged(index)
    if (before && isSamePacket(before, direction, seen)) this.append(index, this.log.appendCopy(seen))
    page[base + R.LAST_FRAME] = seen.frame
    return false
  }

  /** Whether a segment on another path is the packet just seen, there or back: then both paths carry one connection. */
  isCopyOnOtherPath(at: number, seen: Sighting): boolean {
    const { page, base, own, doubles } = this.words(at >>> 1, at & 1)
    const isClose = seen.timeNs - doubles[(base + R.LAST_TIME) >> 1]! <= COPY_NS
    const before = this.lastLogged(at >>> 1)
    if (!isClose || page[own + R.NEXT] !== seen.end || !before || !isSamePacket(before, at & 1, seen)) return false
    page[base + R.STATE]! |= R.ANY_PATH
    return true
  }

  /** A wrong checksum means a damaged packet only when its sender's others are right; else it is offloading. */
  private checkSum(index: number, direction: number, seen: Sighting): void {
    if (!seen.isControl || seen.segment.view.byteLength === 0) return
    const page = this.table.page(index)
    const at = this.table.baseOf(index) + R.STATE
    const sum = verifyTcpChecksum(seen.segment)
    if (sum === 'good') page[at]! |= R.GOOD_SUM << direction
    else if (sum === 'offloaded') page[at]! |= R.OFFLOAD
    else if (sum === 'bad' && (page[at]! & (R.GOOD_SUM << direction)) !== 0) seen.isCorrupt = true
  }

  /** What a segment claims of a connection that is known: to be part of it, to start a new one, or maybe. */
  claimOf(at: number, seen: Sighting): 'part' | 'new' | 'contested' {
    const { flags, seq } = seen.segment
    if ((flags & FLAG_SYN) === 0 || (flags & FLAG_RST) !== 0) return 'part'
    const index = at >>> 1
    const direction = at & 1
    const own = this.synOf(index, direction)
    const isOver = this.isOver(index)
    if (flags & FLAG_ACK) return isOver && own !== null && own !== seq ? 'new' : 'part'
    if (own === seq) return isOver ? 'contested' : 'part'
    if (own !== null) return 'contested'
    const isQuiet = this.table.doublesOf(index)[(this.words(index, direction).own + R.BYTES) >> 1] === 0
    return this.synOf(index, 1 - direction) !== null && isQuiet && !isOver ? 'part' : 'contested'
  }

  private isOver(index: number): boolean {
    const state = this.stateOf(index)
    return (state & R.RST) !== 0 || (state & (R.FIN | (R.FIN << 1))) === (R.FIN | (R.FIN << 1))
  }

  /** Whether both FINs or a RST were seen, and whether end `direction` was ever answered. */
  incumbent(at: number, seq: number): { isClosed: boolean; isAnswered: boolean; isSameSyn: boolean } {
    const index = at >>> 1
    return {
      isClosed: this.isOver(index),
      isAnswered: (this.stateOf(index) & (R.SEEN << (1 - (at & 1)))) !== 0,
      isSameSyn: this.synOf(index, at & 1) === seq,
    }
  }

  /** Sequence number of the first SYN that end `direction` sent; null when none was seen. */
  private synOf(index: number, direction: number): number | null {
    return this.log.synOf(this.table.page(index)[this.table.baseOf(index) + R.LOG_HEAD]!, direction)
  }

  setContested(index: number, isContested: boolean): void {
    const page = this.table.page(index)
    const at = this.table.baseOf(index) + R.STATE
    page[at] = isContested ? (page[at]! | R.CONTESTED) & ~R.SETTLED : page[at]! & ~R.CONTESTED
  }

  streamOf(index: number): number {
    return this.table.page(index)[this.table.baseOf(index) + R.STREAM]!
  }

  numberOf(index: number): number {
    return this.table.page(index)[this.table.baseOf(index) + R.NUMBER]!
  }

  lastTimeOf(index: number): number {
    return this.table.doublesOf(index)[(this.table.baseOf(index) + R.LAST_TIME) >> 1]!
  }

  markDuplicateSyn(index: number): void {
    this.duplicateSyns.add(this.numberOf(index))
  }

  /** An ICMP error about a segment that end `direction` sent. */
  logIcmp(at: number, seen: Sighting): void {
    this.append(at >>> 1, this.log.append(seen, at & 1))
  }

  /** Takes the connection out: its record is free again, its story goes to the caller. */
  close(index: number, successor: Contest | null): Connection {
    const { table } = this
    const page = table.page(index)
    const base = table.baseOf(index)
    const chain = this.log.read(page[base + R.LOG_HEAD]!, [CLIENT, SERVER])
    const ports: [number, number] = [table.portOf(index, 0), table.portOf(index, 1)]
    const { sideOf, roles } = assignRoles(chain, ports)
    const rareSlot = page[base + R.RARE]! - 1
    const connection = summarize({
      page,
      base,
      doubles: table.doublesOf(index),
      ends: [table.addressOf(index, 0), table.addressOf(index, 1)],
      ports,
      chain,
      sideOf,
      roles,
      rare: rareSlot >= 0 ? this.rares[rareSlot]! : null,
      takenOverBy: successor ? this.takeover(successor, sideOf) : null,
      isDuplicateSyn: this.duplicateSyns.delete(page[base + R.NUMBER]!),
    })
    this.release(index, rareSlot)
    return connection
  }

  private takeover(contest: Contest, sideOf: ReturnType<typeof assignRoles>['sideOf']): Connection['takenOverBy'] {
    const entry = this.log.append(contest.syn, contest.direction)
    const [syn] = this.log.read(entry, sideOf)
    this.log.release(entry, entry)
    return { syn: syn!, isAccepted: contest.isAccepted }
  }

  private release(index: number, rareSlot: number): void {
    const page = this.table.page(index)
    const base = this.table.baseOf(index)
    if (rareSlot >= 0) {
      this.rares[rareSlot] = null
      this.freeRares.push(rareSlot)
    }
    this.log.release(page[base + R.LOG_HEAD]!, page[base + R.LOG_TAIL]!)
    this.table.remove(index)
    page[base + R.NUMBER] = -1
  }

  private words(
    index: number,
    direction: number,
  ): { page: Int32Array; doubles: Float64Array; base: number; own: number; peer: number } {
    const base = this.table.baseOf(index)
    return {
      page: this.table.page(index),
      doubles: this.table.doublesOf(index),
      base,
      own: base + R.SIDE_A + direction * R.SIDE_WORDS,
      peer: base + R.SIDE_A + (1 - direction) * R.SIDE_WORDS,
    }
  }
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
