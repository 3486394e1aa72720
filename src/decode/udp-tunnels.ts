/**
 * Tunnels in UDP, recognised by their registered port and by a header that can be theirs. A datagram that fails the
 * test is plain UDP: ports are also picked at random.
 */

import type { Cursor } from './cursor.ts'
import { afterEtherType, MAX_LENGTH } from './ethernet.ts'
import { afterNextProtocol } from './mpls.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'

/**
 * What a datagram with these ports carries; `cursor.at` is its payload. `UDP` when it is no tunnel. Either port may be
 * the registered one: answers come from it, and some senders use it on both sides.
 */
export function readUdpTunnel(cursor: Cursor, sourcePort: number, destinationPort: number): Step {
  const step = readTunnelOfPort(cursor, destinationPort)
  return step === Outcome.UDP && sourcePort !== destinationPort ? readTunnelOfPort(cursor, sourcePort) : step
}

function readTunnelOfPort(cursor: Cursor, port: number): Step {
  switch (port) {
    case 2152:
      return readGtpU(cursor)
    case 4789:
    case 8472: // Linux before VXLAN had its port; Flannel to this day.
      return readVxlan(cursor)
    case 6081:
      return readGeneve(cursor)
    case 4790:
      return readVxlanGpe(cursor)
    case 3544:
      return readTeredo(cursor)
    case 1701:
      return readL2tp(cursor)
    case 4341:
      return readLisp(cursor)
    case 4754: // RFC 8086.
      return Layer.GRE
    case 5072:
      return readAyiya(cursor)
    case 6635: // RFC 7510.
      return Layer.MPLS
    case 37008:
      return readTzsp(cursor)
    default:
      return Outcome.UDP
  }
}

/** RFC 7348: flags with the I bit, the network identifier (VNI), then Ethernet. */
function readVxlan(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end || (view.getUint8(at) & 0x08) === 0) return Outcome.UDP
  cursor.enter(PathKind.VXLAN, view.getUint32(at + 4) >>> 8)
  cursor.at = at + 8
  return Layer.ETHERNET
}

/** VXLAN-GPE: as VXLAN, with the protocol in the fourth byte. */
function readVxlanGpe(cursor: Cursor): Step {
  const { view, at } = cursor
  const step = readVxlan(cursor)
  if (step === Outcome.UDP) return Outcome.UDP
  return afterNextProtocol(view.getUint8(at + 3))
}

/** RFC 8926: version 0, options in words of four bytes, an EtherType, the VNI. */
function readGeneve(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end || view.getUint8(at) >> 6 !== 0) return Outcome.UDP
  const type = view.getUint16(at + 2)
  if (type <= MAX_LENGTH) return Outcome.UDP
  cursor.enter(PathKind.GENEVE, view.getUint32(at + 4) >>> 8)
  cursor.at = at + 8 + (view.getUint8(at) & 0x3f) * 4
  return afterEtherType(cursor, type)
}

/** GTP-U (3GPP TS 29.281): message type 255 carries an IP packet; optional fields and a chain of extension headers. */
function readGtpU(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 8 > end) return Outcome.UDP
  const flags = view.getUint8(at)
  // Version 1, protocol type GTP.
  if ((flags & 0xf0) !== 0x30 || view.getUint8(at + 1) !== 0xff) return Outcome.UDP
  let next = at + 8
  if (flags & 0x07) {
    next += 4
    if (next > end) return cursor.short('gtp-u', 12)
    let type = (flags & 0x04) === 0 ? 0 : view.getUint8(next - 1)
    while (type !== 0) {
      if (next >= end) return cursor.short('gtp-u', next + 1 - at)
      const length = view.getUint8(next) * 4
      if (length === 0) return cursor.malformed('gtp-u', 'an extension header without a length')
      next += length
      if (next > end) return cursor.short('gtp-u', next - at)
      type = view.getUint8(next - 1)
    }
  }
  // A session may carry Ethernet or PPP instead; nothing in the header says which.
  if (next < end && view.getUint8(next) >> 4 !== 4 && view.getUint8(next) >> 4 !== 6) return Outcome.UDP
  cursor.enter(PathKind.GTP_U, 0)
  cursor.at = next
  return Layer.IP
}

/** RFC 4380 §5.1.1: optional authentication and origin indications, then IPv6. */
function readTeredo(cursor: Cursor): Step {
  const { view, end } = cursor
  let at = cursor.at
  if (at + 13 <= end && view.getUint16(at) === 0x0001) at += 13 + view.getUint8(at + 2) + view.getUint8(at + 3)
  if (at + 8 <= end && view.getUint16(at) === 0x0000) at += 8
  if (at >= end || view.getUint8(at) >> 4 !== 6) return Outcome.UDP
  cursor.enter(PathKind.TEREDO, 0)
  cursor.at = at
  return Layer.IP
}

/** RFC 2661 §3.1: flags with version 2, the fields they announce, then PPP. Control messages carry no TCP. */
function readL2tp(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 6 > end) return Outcome.UDP
  const flags = view.getUint16(at)
  if ((flags & 0x000f) !== 2 || flags & 0x8000) return Outcome.UDP
  let next = at + 6
  if (flags & 0x4000) next += 2
  if (flags & 0x0800) next += 4
  if (flags & 0x0200) {
    if (next + 2 > end) return cursor.short('l2tp', next + 2 - at)
    next += 2 + view.getUint16(next)
  }
  cursor.enter(PathKind.L2TP, 0)
  cursor.at = next
  return Layer.PPP
}

/** draft-massar-v6ops-ayiya: lengths of identity and signature as powers and words, then IPv6 or IPv4. */
function readAyiya(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return Outcome.UDP
  const identityLength = 1 << (view.getUint8(at) >> 4)
  const signatureLength = (view.getUint8(at + 1) >> 4) * 4
  const protocol = view.getUint8(at + 3)
  if (protocol !== 41 && protocol !== 4) return Outcome.UDP
  cursor.enter(PathKind.AYIYA, 0)
  cursor.at = at + 8 + identityLength + signatureLength
  return Layer.IP
}

/** RFC 9300 §5: 8 bytes of flags, nonce and locator status, then IP. */
function readLisp(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 9 > cursor.end) return Outcome.UDP
  const version = view.getUint8(at + 8) >> 4
  if (version !== 4 && version !== 6) return Outcome.UDP
  cursor.enter(PathKind.LISP, 0)
  cursor.at = at + 8
  return Layer.IP
}

/** TZSP, a mirror of packets: version 1, the inner link type, tags up to the end tag 1. */
function readTzsp(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 5 > end || view.getUint8(at) !== 1) return Outcome.UDP
  const protocol = view.getUint16(at + 2)
  let tag = at + 4
  while (tag < end && view.getUint8(tag) !== 1) {
    // Tag 0 is padding of one byte; others have a length.
    tag += view.getUint8(tag) === 0 ? 1 : tag + 1 < end ? 2 + view.getUint8(tag + 1) : 2
  }
  if (tag >= end) return cursor.short('tzsp', tag + 1 - at)
  if (protocol !== 1 && protocol !== 0x12) return Outcome.UDP
  cursor.enter(PathKind.TZSP, 0)
  cursor.at = tag + 1
  return protocol === 1 ? Layer.ETHERNET : Layer.WLAN
}
