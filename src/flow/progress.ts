/**
 * How one segment moves the words of its record on: what was sent, what was acknowledged, what still waits for an
 * acknowledgment. RFC 9293 §3.3.1's variables as the tap can know them.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import * as R from './record.ts'
import type { Row } from './row.ts'
import type { Sighting } from './sighting.ts'

/** A sequence number further from the expected one is not of this connection. */
export const PLAUSIBLE = 1 << 28

/**
 * Moves the record on. `isForeignSyn`: the SYN has another sequence number than its sender's own.
 * Returns whether the segment acknowledged a SYN or FIN of the other end that nothing had acknowledged before.
 */
export function advance(row: Row, seen: Sighting, isForeignSyn: boolean): boolean {
  const { flags } = seen.segment
  const wasSeen = row.ownHas(R.SEEN)
  row.setOwn(R.SEEN)
  if (flags & FLAG_RST) {
    if (mayEnd(row, seen)) row.set(R.RST)
    return false
  }
  if (isForeignSyn && (flags & FLAG_ACK) === 0) return false
  if (isForeignSyn) row.page[row.own + R.NEXT] = seen.end
  const newBytes = advanceNext(row, seen, wasSeen)
  row.doubles[(row.own + R.BYTES) >> 1]! += newBytes
  if (flags & FLAG_SYN) readScale(row, seen)
  if (flags & (FLAG_SYN | FLAG_FIN)) markUnacked(row, seen)
  if (flags & FLAG_FIN) row.setOwn(R.FIN)
  // What was sent before says nothing of who speaks when.
  if (newBytes > 0 && flags & FLAG_ACK && distance(row.page[row.peer + R.NEXT]!, seen.segment.ack) > 0)
    row.set(R.FULL_DUPLEX)
  return flags & FLAG_ACK ? acknowledge(row, seen) : false
}

/** Whether a RST may end the connection, as far as its numbers tell; one that refuses a wrong SYN-ACK does not. */
function mayEnd(row: Row, { segment }: Sighting): boolean {
  // In SYN-SENT only a RST that acknowledges the SYN counts (RFC 9293 §3.10.7.3 second).
  const isTargetOpening = row.peerHas(R.SEEN) && !row.peerHas(R.HAS_ACK)
  if (isTargetOpening && (segment.flags & FLAG_ACK) === 0) return false
  const next = row.page[row.own + R.NEXT]
  if (segment.seq === next || next === 0 || (segment.flags & FLAG_ACK) !== 0) return true
  const isAcked = !row.ownHas(R.UNACKED) && row.peerHas(R.HAS_ACK)
  return isAcked && segment.seq === row.page[row.peer + R.ACK]
}

/** Moves NEXT to the end of the segment when that is further; returns the new payload bytes. */
function advanceNext(row: Row, seen: Sighting, wasSeen: boolean): number {
  const { seq, payloadLength } = seen.segment
  const before = row.page[row.own + R.NEXT]!
  const ahead = distance(seen.end, before)
  if (wasSeen && (ahead <= 0 || ahead > PLAUSIBLE)) return 0
  row.page[row.own + R.NEXT] = seen.end
  row.doubles[(row.own + R.NEXT_TIME) >> 1] = seen.timeNs
  return wasSeen ? Math.max(0, payloadLength - Math.max(0, distance(before, seq))) : payloadLength
}

/** Window scaling is in force only when both SYNs offer it (RFC 7323 §2.2). */
function readScale(row: Row, { options, segment }: Sighting): void {
  const own = R.SCALE_SHIFT + 4 * row.direction
  if (options.windowScale >= 0) row.set(options.windowScale << own)
  else row.clear((segment.flags & FLAG_ACK) !== 0 ? 0xff << R.SCALE_SHIFT : 15 << own)
}

function markUnacked(row: Row, seen: Sighting): void {
  const isAcked = row.peerHas(R.HAS_ACK) && distance(row.page[row.peer + R.ACK]!, seen.end) >= 0
  if (!isAcked && row.page[row.own + R.NEXT] === seen.end) row.setOwn(R.UNACKED)
}

function acknowledge(row: Row, { segment }: Sighting): boolean {
  const { ack, window, flags } = segment
  // The FIN of an end that is not in the capture shows as a step of one only.
  const isStep = !row.peerHas(R.SEEN) && distance(ack, row.page[row.own + R.ACK]!) === 1
  if (advanceAck(row, ack, (flags & FLAG_SYN) !== 0)) {
    const shift = flags & FLAG_SYN ? 0 : (row.state >>> (R.SCALE_SHIFT + 4 * row.direction)) & 15
    row.setOwn(R.HAS_ACK)
    row.page[row.own + R.EDGE] = ack + (window << shift)
  }
  const clears = row.peerHas(R.UNACKED) && distance(ack, row.page[row.peer + R.NEXT]!) >= 0
  if (clears) row.clear(R.UNACKED << (1 - row.direction))
  return clears || isStep
}

/**
 * Moves ACK on; an acknowledgment of what the capture has not seen moves the other end's NEXT with it. A SYN-ACK for more
 * than the SYN is an answer to another one.
 */
function advanceAck(row: Row, ack: number, isSyn: boolean): boolean {
  const { page, own, peer } = row
  const beyond = distance(ack, page[peer + R.NEXT]!)
  if (row.peerHas(R.SEEN) && (Math.abs(beyond) > PLAUSIBLE || (isSyn && beyond > 0))) return false
  if (row.ownHas(R.HAS_ACK) && distance(ack, page[own + R.ACK]!) < 0) return false
  page[own + R.ACK] = ack
  if (!row.peerHas(R.SEEN) || beyond > 0) page[peer + R.NEXT] = ack
  return true
}

/** Whether both FINs or a RST were seen. */
export function isOver(row: Row): boolean {
  return (row.state & R.RST) !== 0 || row.bothHave(R.FIN)
}

/** Whether nothing more is to be expected: a RST, or both FINs, both acknowledged. */
export function isClosed(row: Row): boolean {
  return (row.state & R.RST) !== 0 || (row.bothHave(R.FIN) && !row.eitherHas(R.UNACKED))
}
