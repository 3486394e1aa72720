/**
 * TCP (RFC 9293 §3.1) and UDP (RFC 768) headers into the segment.
 */

import type { Cursor } from './cursor.ts'
import { Outcome, type Step } from './outcome.ts'
import type { Segment } from './segment.ts'

/** Ports, seq, ack, data offset and flags: with less than this nothing can be said of a connection. */
const TCP_LEAST = 14

/**
 * A segment whose header was cut after its flags still counts: `window` is -1 when snaplen took it, options are
 * those captured, and `isCut` is set.
 */
export function readTcp(cursor: Cursor, segment: Segment): Step {
  const { view, at, end } = cursor
  if (at + TCP_LEAST > end) return cursor.short('tcp', 20)
  const bits = view.getUint16(at + 12)
  const headerLength = (bits >>> 12) * 4
  if (headerLength < 20) return cursor.malformed('tcp', 'the data offset is below 20 bytes')
  const payloadOffset = at + headerLength
  if (payloadOffset > cursor.limit) return cursor.malformed('tcp', 'the data offset lies after the end of the segment')
  segment.view = view
  segment.path = cursor.path
  segment.sourcePort = view.getUint16(at)
  segment.destinationPort = view.getUint16(at + 2)
  segment.seq = view.getInt32(at + 4)
  segment.ack = view.getInt32(at + 8)
  segment.flags = bits & 0x1ff
  segment.window = at + 16 <= end ? view.getUint16(at + 14) : -1
  segment.payloadLength = cursor.limit - payloadOffset
  segment.payloadOffset = payloadOffset
  segment.payloadCaptured = end > payloadOffset ? end - payloadOffset : 0
  segment.optionsOffset = at + 20
  const optionsEnd = Math.min(end, payloadOffset)
  segment.optionsLength = optionsEnd > at + 20 ? optionsEnd - at - 20 : 0
  segment.isCut = end < cursor.limit
  segment.isIcmpQuote = false
  return Outcome.TCP
}

export function readUdp(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('udp', 8)
  segment.view = view
  segment.path = cursor.path
  segment.sourcePort = view.getUint16(at)
  segment.destinationPort = view.getUint16(at + 2)
  return Outcome.UDP
}
