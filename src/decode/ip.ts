/**
 * IPv4 (RFC 791) and IPv6 (RFC 8200): addresses and TTL into the segment, and where the datagram ends. The length comes
 * from the header, not from the capture: Ethernet pads short frames, and snaplen cuts long ones. Tunnels directly in
 * IP start here too; fragments go through reassembly.ts.
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'
import { ReassemblyResult } from './reassembly.ts'
import type { Segment } from './segment.ts'

// Local for V8's sake, see decoder.ts.
const { TCP } = Layer

/** Extension headers of one IPv6 packet; real ones have three or four. */
const MAX_EXTENSIONS = 16

export function readIp(cursor: Cursor): Step {
  if (cursor.at >= cursor.end) return cursor.short('ip', 20)
  const version = cursor.view.getUint8(cursor.at) >> 4
  if (version === 4) return Layer.IPV4
  return version === 6 ? Layer.IPV6 : cursor.malformed('ip', 'the version is neither 4 nor 6')
}

/** Reads the header by words of 32 bits, two or three fields in one read. */
export function readIpv4(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 20 > cursor.end) return cursor.short('ipv4', 20)
  const versionToLength = view.getInt32(at)
  if (versionToLength >>> 24 < 0x45 || versionToLength >>> 28 !== 4) return notIpv4(cursor, versionToLength >>> 24)
  const payload = at + ((versionToLength >>> 22) & 0x3c)
  // Segmentation offload leaves 0 in the packets that the capturing host sends.
  const totalLength = versionToLength & 0xffff
  cursor.narrow(totalLength === 0 ? cursor.outerLimit() : at + totalLength)
  if (payload > cursor.end) return cursor.short('ipv4', payload - at)
  const idToFragment = view.getInt32(at + 4)
  const ttlToChecksum = view.getInt32(at + 8)
  segment.family = 4
  segment.source0 = view.getInt32(at + 12)
  segment.destination0 = view.getInt32(at + 16)
  segment.ttl = ttlToChecksum >>> 24
  segment.ipId = idToFragment >>> 16
  cursor.at = payload
  const protocol = (ttlToChecksum >>> 16) & 0xff
  if ((idToFragment & 0x3fff) !== 0) return readIpv4Fragment(cursor, segment, protocol, idToFragment)
  return protocol === 6 ? TCP : afterProtocol(cursor, segment, protocol)
}

function notIpv4(cursor: Cursor, first: number): Step {
  if (first >> 4 === 6) return Layer.IPV6
  const reason = first >> 4 === 4 ? 'the header length is below 20 bytes' : 'the version is neither 4 nor 6'
  return cursor.malformed('ipv4', reason)
}

export function readIpv6(cursor: Cursor, segment: Segment): Step {
  const { view, at } = cursor
  if (at + 40 > cursor.end) return cursor.short('ipv6', 40)
  if (view.getUint8(at) >> 4 !== 6) return cursor.malformed('ipv6', 'the version is not 6')
  // 0 is a jumbogram (RFC 2675) or segmentation offload; its option says nothing that the packet does not.
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
  const protocol = view.getUint8(at + 6)
  return protocol === 6 ? TCP : afterProtocol(cursor, segment, protocol)
}

function afterProtocol(cursor: Cursor, segment: Segment, protocol: number): Step {
  if (protocol === 6) return Layer.TCP
  if (protocol === 17) return Layer.UDP
  return isExtension(protocol) ? readExtensions(cursor, segment, protocol) : afterRareProtocol(cursor, protocol)
}

function afterRareProtocol(cursor: Cursor, protocol: number): Step {
  switch (protocol) {
    case 1:
      return Layer.ICMP
    case 58:
      return Layer.ICMPV6
    case 4:
    case 41:
      cursor.enter(PathKind.IPIP, 0)
      return Layer.IP
    case 47:
      return Layer.GRE
    case 97:
      return Layer.ETHER_IP
    case 137: // RFC 4023.
      return Layer.MPLS
    case 143: // Ethernet in SRv6 (RFC 8986 §4.9).
      return Layer.ETHERNET
    case 50:
      return cursor.unsupported('esp', 'encrypted')
    case 108:
      return cursor.unsupported('ipcomp', 'compressed')
    default:
      return Outcome.NO_TCP
  }
}

/** Hop-by-hop, routing, fragment, AH, destination options, mobility, HIP, shim6. */
function isExtension(protocol: number): boolean {
  switch (protocol) {
    case 0:
    case 43:
    case 44:
    case 51:
    case 60:
    case 135:
    case 139:
    case 140:
      return true
    default:
      return false
  }
}

function readExtensions(cursor: Cursor, segment: Segment, first: number): Step {
  const { view } = cursor
  let protocol = first
  for (let count = 0; count < MAX_EXTENSIONS; count++) {
    const { at } = cursor
    if (at + 8 > cursor.end) return cursor.short('ipv6 extension', 8)
    const next = view.getUint8(at)
    if (protocol === 44) {
      const bits = view.getUint16(at + 2)
      cursor.at = at + 8
      // An atomic fragment (RFC 6946) is whole.
      if ((bits & 0xfff9) !== 0) {
        return readFragment(cursor, segment, next, view.getInt32(at + 4), bits & 0xfff8, (bits & 1) === 0)
      }
    } else {
      // AH counts words of four bytes (RFC 4302 §2.2), the others words of eight.
      const length = view.getUint8(at + 1)
      cursor.at = at + (protocol === 51 ? (length + 2) * 4 : (length + 1) * 8)
    }
    if (!isExtension(next)) return afterProtocol(cursor, segment, next)
    protocol = next
  }
  return cursor.unsupported('ipv6 extension', 'more extension headers than are followed')
}

function readIpv4Fragment(cursor: Cursor, segment: Segment, protocol: number, bits: number): Step {
  const isLast = (bits & 0x2000) === 0
  return readFragment(cursor, segment, protocol, segment.ipId, (bits & 0x1fff) * 8, isLast)
}

/**
 * A fragment whose payload starts at the cursor. What snaplen cut cannot be put together; the first fragment is then
 * read for what it has, which is how Wireshark does it.
 */
function readFragment(
  cursor: Cursor,
  segment: Segment,
  protocol: number,
  id: number,
  offset: number,
  isLast: boolean,
): Step {
  const { at, end, limit } = cursor
  if (cursor.isQuote) return offset === 0 ? afterProtocol(cursor, segment, protocol) : Outcome.NO_TCP
  if (end < limit) return offset === 0 ? afterProtocol(cursor, segment, protocol) : Outcome.FRAGMENT
  if (at >= end) return cursor.malformed('ip fragment', 'empty')
  const { reassembly } = cursor
  // The protocol is part of the key in IPv4 only (RFC 791 §3.2); in IPv6 just the first fragment's counts.
  const key = `${cursor.path} ${segment.family === 4 ? protocol : 'v6'} ${addressKey(segment)} ${id}`
  const result = reassembly.add(key, cursor.view, at, end, offset, isLast, protocol, cursor.timeNs)
  if (result === ReassemblyResult.WAITING) return Outcome.FRAGMENT
  if (result === ReassemblyResult.REFUSED) return cursor.malformed('ip fragment', 'overlaps another of its datagram')
  cursor.beginDatagram(reassembly.datagram)
  return afterProtocol(cursor, segment, reassembly.protocol)
}

function addressKey(segment: Segment): string {
  if (segment.family === 4) return `${segment.source0} ${segment.destination0}`
  return [
    segment.source0,
    segment.source1,
    segment.source2,
    segment.source3,
    segment.destination0,
    segment.destination1,
    segment.destination2,
    segment.destination3,
  ].join(' ')
}
