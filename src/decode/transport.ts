/**
 * TCP (RFC 9293 §3.1) and UDP (RFC 768) headers into the segment.
 */

import type { Cursor } from './cursor.ts'
import { Outcome, type Step } from './outcome.ts'
import type { Segment } from './segment.ts'
import { readUdpTunnel } from './udp-tunnels.ts'

// Local for V8's sake, see decoder.ts.
const TCP = Outcome.TCP

/** Up to the window; Wireshark needs as much. With less nothing can be said of a connection. */
const TCP_LEAST = 16
/** What an ICMP error must quote: ports and seq (RFC 792). */
const QUOTE_LEAST = 8

/**
 * A segment whose header was cut after its window still counts: its options are those captured, and `isCut` is set.
 * Reads the header by words of 32 bits, two or three fields in one read.
 */
export function readTcp(cursor: Cursor, segment: Segment): Step {
  if (cursor.isQuote) return readQuotedTcp(cursor, segment)
  const { view, at, end, limit } = cursor
  if (at + TCP_LEAST > end || at + 20 > limit) return cursor.short('tcp', 20)
  const offsetToWindow = view.getInt32(at + 12)
  const payloadOffset = at + ((offsetToWindow >>> 26) & 0x3c)
  if (payloadOffset < at + 20 || payloadOffset > limit) return readBrokenTcp(cursor, segment, payloadOffset - at)
  const ports = view.getInt32(at)
  segment.view = view
  segment.path = cursor.path
  segment.sourcePort = ports >>> 16
  segment.destinationPort = ports & 0xffff
  segment.seq = view.getInt32(at + 4)
  segment.ack = view.getInt32(at + 8)
  segment.flags = (offsetToWindow >>> 16) & 0x1ff
  segment.window = offsetToWindow & 0xffff
  segment.payloadLength = limit - payloadOffset
  segment.payloadOffset = payloadOffset
  segment.payloadCaptured = end > payloadOffset ? end - payloadOffset : 0
  segment.optionsOffset = at + 20
  segment.optionsLength = end > payloadOffset ? payloadOffset - at - 20 : cutOptionsLength(at, end)
  segment.isCut = end < limit
  segment.isIcmpQuote = false
  return TCP
}

function cutOptionsLength(at: number, end: number): number {
  return end > at + 20 ? end - at - 20 : 0
}

function readBrokenTcp(cursor: Cursor, segment: Segment, headerLength: number): Step {
  readFixedHeader(cursor, segment)
  const isShort = headerLength < 20
  cursor.malformed('tcp', isShort ? 'the data offset is below 20 bytes' : 'the data offset lies after the end')
  return isShort ? Outcome.SHORT_TCP : Outcome.LONG_TCP
}

/** The header in an ICMP error: 8 bytes of it are certain. */
function readQuotedTcp(cursor: Cursor, segment: Segment): Step {
  if (cursor.at + QUOTE_LEAST > cursor.end) return cursor.short('tcp', QUOTE_LEAST)
  readFixedHeader(cursor, segment)
  segment.icmpType = cursor.icmpType
  segment.icmpCode = cursor.icmpCode
  return Outcome.ICMP_ERROR
}

/** A header up to its window; what is missing is 0. Payload and options are left out. */
function readFixedHeader(cursor: Cursor, segment: Segment): void {
  const { view, at, end } = cursor
  const isLong = at + TCP_LEAST <= end
  readPorts(cursor, segment)
  segment.seq = view.getInt32(at + 4)
  segment.ack = isLong ? view.getInt32(at + 8) : 0
  segment.flags = isLong ? view.getUint16(at + 12) & 0x1ff : 0
  segment.window = isLong ? view.getUint16(at + 14) : 0
  segment.payloadLength = 0
  segment.payloadOffset = end
  segment.payloadCaptured = 0
  segment.optionsOffset = end
  segment.optionsLength = 0
  segment.isCut = true
  segment.isIcmpQuote = true
}

export function readUdp(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('udp', 8)
  readPorts(cursor, segment)
  // 0 means a jumbogram (RFC 2675 §4); smaller than the header is a lie without consequence.
  const length = view.getUint16(at + 4)
  if (length >= 8) cursor.narrow(at + length)
  cursor.at = at + 8
  segment.payloadOffset = cursor.at
  segment.payloadCaptured = cursor.end - cursor.at
  return readUdpTunnel(cursor, segment.sourcePort, segment.destinationPort)
}

function readPorts(cursor: Cursor, segment: Segment): void {
  const { view, at } = cursor
  segment.view = view
  segment.path = cursor.path
  segment.sourcePort = view.getUint16(at)
  segment.destinationPort = view.getUint16(at + 2)
}
