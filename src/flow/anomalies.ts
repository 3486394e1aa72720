/**
 * Retransmissions, out-of-order segments, keep-alives, zero windows, pauses: counted off the fast path, in the terms
 * of Wireshark's TCP analysis.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import type { RareEvents } from './rare.ts'
import { NEXT, SEEN } from './record.ts'
import type { Row } from './row.ts'
import type { Sighting } from './sighting.ts'

/** Data that fill a hole within this time were reordered, not sent again (Wireshark's default when no RTT is known). */
const REORDER_NS = 3e6
/** A pause worth remembering: heartbeats are slower, conversations faster. */
export const IDLE_NS = 400e6
const PLAUSIBLE = 1 << 28

/** Whether anything of this segment is to be counted: spares most connections the object. */
export function isAnomalous(row: Row, { segment, timeNs }: Sighting): boolean {
  const { flags, seq, window } = segment
  if (flags & FLAG_RST) return false
  if (timeNs - row.lastTimeNs > IDLE_NS || (window === 0 && (flags & FLAG_SYN) === 0)) return true
  return unseenBytes(row, segment) > 0 || (row.ownHas(SEEN) && seq !== row.page[row.own + NEXT])
}

/** Counts what is to be counted; called before the record moves on. */
export function countAnomaly(rare: RareEvents, row: Row, seen: Sighting): void {
  const { flags, window, seq } = seen.segment
  const side = row.direction
  const idleNs = seen.timeNs - row.lastTimeNs
  if (idleNs > IDLE_NS) rare.idle.add(idleNs)
  if (window === 0 && (flags & FLAG_SYN) === 0) {
    rare.note('zero-window', side, seen.frame)
  }
  rare.missingBytes[side === 0 ? 1 : 0] += unseenBytes(row, seen.segment)
  const next = row.page[row.own + NEXT]!
  if (row.ownHas(SEEN) && seq !== next) countSequence(rare, next, side, seen)
}

/** Bytes that the segment acknowledges although they are not in the capture. */
function unseenBytes(row: Row, { flags, ack }: Sighting['segment']): number {
  if ((flags & FLAG_ACK) === 0 || !row.peerHas(SEEN)) return 0
  const unseen = distance(ack, row.page[row.peer + NEXT]!)
  return unseen > 0 && unseen < PLAUSIBLE ? unseen : 0
}

function countSequence(rare: RareEvents, next: number, side: 0 | 1, seen: Sighting): void {
  const { seq, flags, payloadLength } = seen.segment
  const isControl = (flags & (FLAG_SYN | FLAG_FIN)) !== 0
  const ahead = distance(seq, next)
  if (ahead > 0) {
    rare.openHole(side, next, seq, seen.timeNs)
  } else if (ahead === -1 && payloadLength <= 1 && !isControl) {
    rare.note('keep-alive', side, seen.frame)
  } else if ((flags & FLAG_SYN) !== 0 || (payloadLength === 0 && !isControl)) {
    return
  } else if (rare.fillsHole(side, seq, seen.timeNs, REORDER_NS)) {
    rare.note('out-of-order', side, seen.frame)
  } else {
    rare.note('retransmission', side, seen.frame)
  }
}
