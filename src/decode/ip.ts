/**
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers: addresses and TTL into the segment, and where the datagram ends. The
 * length comes from the header, not from the capture: Ethernet pads short frames, and snaplen cuts long ones.
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import type { Segment } from './segment.ts'

export function readIp(cursor: Cursor, segment: Segment): Step {
  if (cursor.at >= cursor.end) return cursor.short('ip', 20)
  const version = cursor.view.getUint8(cursor.at) >> 4
  if (version === 4) return readIpv4(cursor, segment)
  if (version === 6) return readIpv6(cursor, segment)
  return cursor.malformed('ip', 'the version is neither 4 nor 6')
}

function readIpv4(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 20 > cursor.end) return cursor.short('ipv4', 20)
  const headerLength = (view.getUint8(at) & 0xf) * 4
  if (headerLength < 20) return cursor.malformed('ipv4', 'the header length is below 20 bytes')
  // Segmentation offload leaves 0 in the packets that the capturing host sends.
  const totalLength = view.getUint16(at + 2)
  cursor.narrow(totalLength === 0 ? cursor.outerLimit() : at + totalLength)
  if (at + headerLength > cursor.end) return cursor.short('ipv4', headerLength)
  segment.family = 4
  segment.source0 = view.getInt32(at + 12)
  segment.destination0 = view.getInt32(at + 16)
  segment.ttl = view.getUint8(at + 8)
  segment.ipId = view.getUint16(at + 4)
  cursor.at = at + headerLength
  const fragment = view.getUint16(at + 6) & 0x3fff
  if (fragment !== 0) return Outcome.FRAGMENT
  return layerOfIpProtocol(view.getUint8(at + 9))
}

function readIpv6(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 40 > cursor.end) return cursor.short('ipv6', 40)
  const payloadLength = view.getUint16(at + 4)
  cursor.narrow(payloadLength === 0 ? cursor.outerLimit() : at + 40 + payloadLength)
  segment.family = 6
  segment.source0 = view.getInt32(at + 8)
  segment.source1 = view.getInt32(at + 12)
  segment.source2 = view.getInt32(at + 16)
  segment.source3 = view.getInt32(at + 20)
  segment.destination0 = view.getInt32(at + 24)
  segment.destination1 = view.getInt32(at + 28)
  segment.destination2 = view.getInt32(at + 32)
  segment.destination3 = view.getInt32(at + 36)
  segment.ttl = view.getUint8(at + 7)
  segment.ipId = -1
  cursor.at = at + 40
  return layerOfIpProtocol(view.getUint8(at + 6))
}

function layerOfIpProtocol(protocol: number): Step {
  switch (protocol) {
    case 6:
      return Layer.TCP
    case 17:
      return Layer.UDP
    default:
      return Outcome.NO_TCP
  }
}
