/**
 * Link headers that a capturing system made up in place of, or in front of, the real ones: Linux cooked captures, the
 * address family of BSD loopback, the logs of packet filters, Apple's and Juniper's metadata.
 */

import type { Cursor } from './cursor.ts'
import { afterEtherType } from './ethernet.ts'
import { firstLayerOf } from './link-types.ts'
import { Layer, Outcome, type Step } from './outcome.ts'

/** LINKTYPE_LINUX_SLL: 16 bytes, the protocol last. */
export function readSll(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 16 > cursor.end) return cursor.short('sll', 16)
  cursor.at = at + 16
  return afterSllProtocol(cursor, cursor.view.getUint16(at + 14))
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, the protocol first. */
export function readSll2(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 20 > cursor.end) return cursor.short('sll2', 20)
  cursor.at = at + 20
  return afterSllProtocol(cursor, cursor.view.getUint16(at))
}

/** Linux has numbers of its own below the EtherTypes; 4 is 802.2 LLC. */
function afterSllProtocol(cursor: Cursor, protocol: number): Step {
  if (protocol > 0x0600) return afterEtherType(cursor, protocol)
  return protocol === 4 ? Layer.LLC : Outcome.NO_TCP
}

/**
 * LINKTYPE_NULL: the address family in the byte order of the machine that captured, which nobody recorded. Some
 * programs write PPP or an EtherType there.
 */
export function readNull(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('null', 4)
  if (view.getUint16(at) === 0xff03) return Layer.PPP
  cursor.at = at + 4
  const little = view.getUint32(at, true)
  return layerOfFamily(little > 0xffff ? view.getUint32(at) : little)
}

/** LINKTYPE_LOOP: the same in network byte order (OpenBSD). */
export function readLoop(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 4 > cursor.end) return cursor.short('loop', 4)
  cursor.at = at + 4
  return layerOfFamily(cursor.view.getUint32(at))
}

/** LINKTYPE_PFLOG: its own length, then the address family. The length leaves out the padding to four bytes. */
export function readPflog(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('pflog', 4)
  cursor.at = at + ((view.getUint8(at) + 3) & ~3)
  return layerOfFamily(view.getUint8(at + 1))
}

/**
 * LINKTYPE_NFLOG: the address family, then type-length-value items in host byte order; 1 holds the EtherType or 0, 9 the
 * packet. The family is the table's (7 for a bridge), so that the packet's version nibble decides.
 */
export function readNflog(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 8 > end) return cursor.short('nflog', 8)
  // The first item is short, so that the byte order in which its length is the smaller number is the right one.
  const isLittle = view.getUint16(at + 4, true) <= view.getUint16(at + 4)
  let type = 0x0800
  cursor.at = at + 4
  while (cursor.at + 4 <= end) {
    const item = cursor.at
    const length = view.getUint16(item, isLittle)
    const kind = view.getUint16(item + 2, isLittle)
    if (length < 4) return cursor.malformed('nflog', 'an item is shorter than its header')
    if (kind === 9) {
      cursor.at = item + 4
      return afterEtherType(cursor, type)
    }
    if (kind === 1 && item + 6 <= end) type = view.getUint16(item + 4) || type
    cursor.skip((length + 3) & ~3)
  }
  return cursor.short('nflog', 4)
}

/** LINKTYPE_PKTAP: length and the link type of the packet behind it, little-endian as on every machine that has it. */
export function readPktap(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 12 > cursor.end) return cursor.short('pktap', 12)
  const length = view.getUint32(at, true)
  const linkType = view.getUint32(at + 8, true)
  if (length < 12) return cursor.malformed('pktap', 'the header length is below 12 bytes')
  cursor.skip(length)
  return readInner(cursor, linkType)
}

/** LINKTYPE_PPI: version, flags, length, and the link type of the packet behind it, little-endian. */
export function readPpi(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('ppi', 8)
  const linkType = view.getUint32(at + 4, true)
  cursor.skip(view.getUint16(at + 2, true))
  return readInner(cursor, linkType)
}

/** LINKTYPE_JUNIPER_*: magic `MGC`, flags, and metadata when the top bit of the flags says so; then `inner`. */
export function readJuniper(cursor: Cursor, inner: Layer): Step {
  const { view, at } = cursor
  if (at + 6 > cursor.end) return cursor.short('juniper', 6)
  const flags = view.getUint8(at + 3)
  cursor.at = at + (flags & 0x80 ? 6 + view.getUint16(at + 4) : 4)
  return flags & 0x02 ? cursor.unsupported('juniper', 'without its link header') : inner
}

/** LINKTYPE_ERF: 16 bytes with the type of the record, extension headers of 8 bytes, and the packet. */
export function readErf(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 16 > end) return cursor.short('erf', 16)
  const type = view.getUint8(at + 8)
  let packet = at + 16
  for (let hasMore = type >= 0x80; hasMore; packet += 8) {
    if (packet + 8 > end) return cursor.short('erf', packet + 8 - at)
    hasMore = view.getUint8(packet) >= 0x80
  }
  cursor.at = packet
  switch (type & 0x7f) {
    case 1:
      return Layer.PPP
    case 2:
    case 11:
    case 16:
    case 20: // Ethernet, plain or coloured: an offset and a pad byte first.
      cursor.at = packet + 2
      return Layer.ETHERNET
    case 22:
    case 23:
      return Layer.IP
    default:
      return cursor.unsupported('erf', 'records of this type are not read')
  }
}

function readInner(cursor: Cursor, linkType: number): Step {
  const first = firstLayerOf(linkType)
  cursor.skip(first.skip)
  return first.layer ?? cursor.unsupported('link', 'packets of this link type are not read')
}

/** AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 or 30 on the BSDs and macOS. */
function layerOfFamily(family: number): Step {
  switch (family) {
    case 2:
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
    case 0x0800:
    case 0x86dd:
      return Layer.IP
    default:
      return Outcome.NO_TCP
  }
}
