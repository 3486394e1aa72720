/**
 * TCP (RFC 9293 §3.1) and UDP (RFC 768) headers into the segment.
 */

import type { Cursor } from './cursor.ts'
import { Outcome, type Step } from './outcome.ts'
import type { Segment } from './segment.ts'
import { readUdpTunnel } from './udp-tunnels.ts'

/** Ports, seq, ack, data offset and flags: with less than this nothing can be said of a connection. */
const TCP_LEAST = 14
/** What an ICMP error must quote: ports and seq (RFC 792). */
const QUOTE_LEAST = 8

/**
 * A segment whose header was cut after its flags still counts: `window` is -1 when snaplen took it, options are
 * those captured, and `isCut` is set.
 */
export function readTcp(cursor: Cursor, segment: Segment): Step {
  if (cursor.isQuote) return readQuotedTcp(cursor, segment)
  const { view, at, end, limit } = cursor
  if (at + TCP_LEAST > end || at + 20 > limit) return cursor.short('tcp', 20)
  const bits = view.getUint16(at + 12)
  const headerLength = (bits >>> 12) * 4
  if (headerLength < 20) return cursor.malformed('tcp', 'the data offset is below 20 bytes')
  const payloadOffset = at + headerLength
  if (payloadOffset > limit) return cursor.malformed('tcp', 'the data offset lies after the end of the segment')
  readPorts(cursor, segment)
  segment.seq = view.getInt32(at + 4)
  segment.ack = view.getInt32(at + 8)
  segment.flags = bits & 0x1ff
  segment.window = at + 16 <= end ? view.getUint16(at + 14) : -1
  segment.payloadLength = limit - payloadOffset
  segment.payloadOffset = payloadOffset
  segment.payloadCaptured = Math.max(0, end - payloadOffset)
  segment.optionsOffset = at + 20
  segment.optionsLength = Math.max(0, Math.min(end, payloadOffset) - at - 20)
  segment.isCut = end < limit
  segment.isIcmpQuote = false
  return Outcome.TCP
}

/** The header in an ICMP error: 8 bytes of it are certain; what is missing is 0. Payload and options are left out. */
function readQuotedTcp(cursor: Cursor, segment: Segment): Step {
  const { view, at, end } = cursor
  if (at + QUOTE_LEAST > end) return cursor.short('tcp', QUOTE_LEAST)
  const hasFlags = at + TCP_LEAST <= end
  readPorts(cursor, segment)
  segment.seq = view.getInt32(at + 4)
  segment.ack = hasFlags ? view.getInt32(at + 8) : 0
  segment.flags = hasFlags ? view.getUint16(at + 12) & 0x1ff : 0
  segment.window = at + 16 <= end ? view.getUint16(at + 14) : -1
  segment.payloadLength = 0
  segment.payloadOffset = end
  segment.payloadCaptured = 0
  segment.optionsOffset = end
  segment.optionsLength = 0
  segment.isCut = true
  segment.isIcmpQuote = true
  segment.icmpType = cursor.icmpType
  segment.icmpCode = cursor.icmpCode
  return Outcome.ICMP_ERROR
}

export function readUdp(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('udp', 8)
  readPorts(cursor, segment)
  // 0 means a jumbogram (RFC 2675 §4); smaller than the header is a lie without consequence.
  const length = view.getUint16(at + 4)
  if (length >= 8) cursor.narrow(at + length)
  cursor.at = at + 8
  return readUdpTunnel(cursor, segment.sourcePort, segment.destinationPort)
}

function readPorts(cursor: Cursor, segment: Segment): void {
  const { view, at } = cursor
  segment.view = view
  segment.path = cursor.path
  segment.sourcePort = view.getUint16(at)
  segment.destinationPort = view.getUint16(at + 2)
}
