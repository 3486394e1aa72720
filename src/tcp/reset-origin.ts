/**
 * Who sent a RST: the side in whose name it comes, or something between the two? What a host's own packets have in
 * common tells: the hops they travelled, and the counter of their IP identification. Read with reset.ts.
 */
import type { View } from './exchange.ts'
import type { Observation } from './observation.ts'
import { distance } from './seq.ts'

/** What a RST has that its seeming sender's own packets have not. */
export type ForeignTrait = { kind: 'ttl'; ttl: number; usual: number[] } | { kind: 'ip-id'; ipId: number; last: number }

/** What systems start the TTL and the hop limit with. A kernel may answer with another one than its sockets use. */
const INITIAL_TTLS = [64, 128, 255]
/** No path of the Internet is longer. */
const MAX_HOPS = 40
/** Routes change: packets of one host differ by as many hops. */
const SAME_HOPS = 2
/** Steps of an IP identification that counts packets, and a jump that no such counter makes. */
const SMALL_STEP = 256
const JUMP = 4096
/** What a kernel may take for an answer, besides the way. */
const PROMPT_NS = 10e6

/** The traits that speak against Y as the sender of the RST at `index`; none when it may well be Y's. */
export function foreignTraits(view: View, index: number): ForeignTrait[] {
  return [foreignTtl(view, index), foreignIpId(view, index)].filter((trait) => trait !== null)
}

function foreignTtl({ segments, y }: View, index: number): ForeignTrait | null {
  const { ttl } = segments[index]!
  const usual = [...new Set(sentOf(segments, y.own).map((segment) => segment.ttl))].filter((value) => value > 0)
  if (ttl === 0 || usual.length === 0 || usual.some((value) => mayBeOneHost(ttl, value))) return null
  return { kind: 'ttl', ttl, usual: usual.sort((a, b) => a - b) }
}

/** Whether the two TTLs fit one distance, whatever each was started with. */
function mayBeOneHost(a: number, b: number): boolean {
  if (Math.abs(a - b) <= SAME_HOPS) return true
  return hopsOf(a).some((hops) => hopsOf(b).some((other) => Math.abs(hops - other) <= SAME_HOPS))
}

function hopsOf(ttl: number): number[] {
  return INITIAL_TTLS.map((initial) => initial - ttl).filter((hops) => hops >= 0 && hops <= MAX_HOPS)
}

/**
 * A host that counts its packets (Linux per connection, Windows) does not jump, but for a RST that no socket sends: that
 * is not of the connection's count. Hosts that draw the identification at random cannot be judged, nor can IPv6.
 */
function foreignIpId(view: View, index: number): ForeignTrait | null {
  const { segments, y } = view
  const { ipId } = segments[index]!
  const before = y.own.filter((own) => own < index)
  const ids = sentOf(segments, before).flatMap((segment) => (segment.ipId > 0 ? [segment.ipId] : []))
  if (ipId <= 0 || ids.length < 2 || isOfNoSocket(view, index)) return null
  const isCounter = ids.slice(1).every((id, position) => isNextIpId(ids[position]!, id))
  const last = ids[ids.length - 1]!
  return isCounter && isIpIdJump(last, ipId) ? { kind: 'ip-id', ipId, last } : null
}

/** Whether a counter of packets may go from one IP identification to the other, that of a host or of a connection. */
export function isNextIpId(before: number, after: number): boolean {
  return ((after - before) & 0xffff) < SMALL_STEP
}

/** Whether no such counter does, and no packet was only overtaken. */
export function isIpIdJump(before: number, after: number): boolean {
  const jump = (after - before) & 0xffff
  return jump > JUMP && jump < 0xffff - SMALL_STEP
}

/** A kernel without the socket answers at once, by a RST without ACK and window (RFC 9293 §3.5.2 group 1). */
function isOfNoSocket({ segments, x, y }: View, index: number): boolean {
  const { hasAck, window, seq, timeNs } = segments[index]!
  if (hasAck || window > 0) return false
  if (y.reactionNs === 0) return true
  const acked = x.own.filter((own) => own < index && segments[own]!.hasAck)
  const answered = acked.findLast((own) => segments[own]!.ack === seq)
  if (answered === undefined) return false
  // Who forges takes the newest number: an overtaken one is that of a segment which came late.
  const isOvertaken = acked.some((own) => distance(segments[own]!.ack, seq) > 0)
  return isOvertaken || timeNs - segments[answered]!.timeNs <= 2 * y.reactionNs + PROMPT_NS
}

function sentOf(segments: readonly Observation[], own: readonly number[]): Observation[] {
  return own.map((index) => segments[index]!).filter((segment) => !segment.rst)
}
