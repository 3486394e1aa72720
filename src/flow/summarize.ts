/**
 * A record and its log → the connection that is reported.
 */
import type { Observation } from '../tcp/observation.ts'
import { SERVER, type Side } from '../tcp/timeline.ts'
import type { Connection, Traffic } from './connection.ts'
import { frameId } from './frames.ts'
import type { Mark, RareEvents } from './rare.ts'
import * as R from './record.ts'

/** What the ledger holds of a connection; in pairs, end A comes first. */
interface Entry {
  page: Int32Array
  base: number
  doubles: Float64Array
  ends: [number[], number[]]
  ports: [number, number]
  /** With end A as CLIENT; turned over here when it is the server. */
  chain: Observation[]
  sideOf: [Side, Side]
  roles: Connection['roles']
  rare: RareEvents | null
  heartbeatSeconds: number | null
  takenOverBy: Connection['takenOverBy']
  completeness: number
  refused: Connection['refused']
  isDuplicateSyn: boolean
  oldSyns: [number | null, number | null]
}

export function summarize(entry: Entry): Connection {
  const { page, base, ends, ports, chain, sideOf, rare } = entry
  const state = page[base + R.STATE]!
  const isTurned = sideOf[0] === SERVER
  if (isTurned) for (const segment of chain) segment.side = sideOf[segment.side]
  const first = chain[0]!
  const [client, server]: [0 | 1, 0 | 1] = isTurned ? [1, 0] : [0, 1]
  return {
    number: page[base + R.NUMBER]!,
    stream: page[base + R.STREAM]!,
    family: (page[base + R.KEY]! & 1) === 1 ? 6 : 4,
    addresses: [ends[client], ends[server]],
    ports: [ports[client], ports[server]],
    roles: entry.roles,
    path: page[base + R.KEY]! >>> 1,
    firstTimeNs: first.timeNs,
    lastTimeNs: Math.max(lastSeenNs(entry, client), lastSeenNs(entry, server)),
    lastSeenNs: [lastSeenNs(entry, client), lastSeenNs(entry, server)],
    firstFrame: first.frame,
    lastFrame: frameId(page[base + R.LAST_FRAME]! >>> 0, page[base + R.FILES]! >>> 16),
    fileIndex: page[base + R.FILES]! & 0xffff,
    traffic: [trafficOf(entry, client), trafficOf(entry, server)],
    sentEnd: [sentEnd(entry, client), sentEnd(entry, server)],
    isFullDuplex: (state & R.FULL_DUPLEX) !== 0,
    isCutBySnaplen: (state & R.CUT) !== 0,
    hasOffload: (state & R.OFFLOAD) !== 0,
    completeness: entry.completeness,
    observations: chain,
    rare: rare ? { events: rare, ends: [client, server], marks: marksOf(entry, rare) } : null,
    heartbeatSeconds: entry.heartbeatSeconds,
    lastDataNs: [lastDataNs(entry, client), lastDataNs(entry, server)],
    missingBytes: [missingBytes(entry, client), missingBytes(entry, server)],
    takenOverBy: entry.takenOverBy,
    refused: entry.refused,
    isDuplicateSyn: entry.isDuplicateSyn,
    oldSyns: [entry.oldSyns[client], entry.oldSyns[server]],
  }
}

function lastSeenNs({ base, doubles }: Entry, end: 0 | 1): number {
  return doubles[(base + R.SIDE_A + end * R.SIDE_WORDS + R.LAST_TIME) >> 1]!
}

function sentEnd({ page, base }: Entry, end: 0 | 1): number {
  return page[base + R.SIDE_A + end * R.SIDE_WORDS + R.NEXT]!
}

function lastDataNs({ base, doubles, chain }: Entry, end: 0 | 1): number {
  return doubles[(base + R.SIDE_A + end * R.SIDE_WORDS + R.NEXT_TIME) >> 1]! || chain[0]!.timeNs
}

/** Of what the other end acknowledged. */
function missingBytes(entry: Entry, end: 0 | 1): number {
  const { rare } = entry
  if (!rare) return 0
  return rare.missingBytes(end, acknowledged(entry, end))
}

/** With the gaps that the other end acknowledged. */
function marksOf(entry: Entry, rare: RareEvents): readonly Mark[] {
  return rare.marksUntil([acknowledged(entry, 0), acknowledged(entry, 1)])
}

/** What the other end acknowledged of `end`. */
function acknowledged({ page, base }: Entry, end: 0 | 1): number {
  return page[base + R.SIDE_A + (1 - end) * R.SIDE_WORDS + R.ACK]!
}

function trafficOf({ page, base, doubles, rare }: Entry, end: 0 | 1): Traffic {
  const words = base + R.SIDE_A + end * R.SIDE_WORDS
  return {
    segments: page[words + R.SEGMENTS]! & R.SEGMENTS_MASK,
    bytes: doubles[(words + R.BYTES) >> 1]!,
    retransmissions: rare?.countOf('retransmission', end) ?? 0,
    outOfOrder: rare?.countOf('out-of-order', end) ?? 0,
    duplicates: rare?.countOf('duplicate', end) ?? 0,
    zeroWindows: rare?.countOf('zero-window', end) ?? 0,
    keepAlives: rare?.countOf('keep-alive', end) ?? 0,
  }
}
