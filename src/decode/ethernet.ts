/**
 * Ethernet II and IEEE 802.3, the tags between its addresses and its EtherType, and IEEE 802.2 LLC with SNAP.
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'

// Local for V8's sake, see decoder.ts.
const { VLAN, IPV4, IPV6 } = Layer

/** Largest value of the type field that is an IEEE 802.3 length. */
export const MAX_LENGTH = 1500

export function readEthernet(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 14 > cursor.end) return cursor.short('ethernet', 14)
  cursor.at = at + 14
  const type = cursor.view.getUint16(at + 12)
  return type === 0x0800 ? IPV4 : afterEtherType(cursor, type)
}

/** IEEE 802.1Q: priority and VLAN id, then the EtherType of what follows. */
export function readVlan(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('vlan', 4)
  const id = view.getUint16(at) & 0xfff
  if (id !== 0) cursor.enter(PathKind.VLAN, id)
  cursor.at = at + 4
  return afterEtherType(cursor, view.getUint16(at + 2))
}

export function readEtherType(cursor: Cursor): Step {
  return readTag(cursor, 0)
}

/** A tag of `length` bytes whose content does not matter here, then an EtherType. */
export function readTag(cursor: Cursor, length: number): Step {
  const { view, at } = cursor
  if (at + length + 2 > cursor.end) return cursor.short('tag', length + 2)
  cursor.at = at + length + 2
  return afterEtherType(cursor, view.getUint16(at + length))
}

/** IEEE 802.1ah I-TAG: the service id, then a whole Ethernet frame of the customer. */
export function readPbb(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('pbb', 4)
  cursor.enter(PathKind.PBB, view.getUint32(at) & 0xffffff)
  cursor.at = at + 4
  return Layer.ETHERNET
}

/** IEEE 802.1AE SecTAG: flags, packet number, and the channel when a flag says so. It may only authenticate. */
export function readMacsec(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 6 > cursor.end) return cursor.short('macsec', 6)
  const flags = view.getUint8(at)
  if (flags & 0x0c) return cursor.unsupported('macsec', 'encrypted')
  return readTag(cursor, flags & 0x20 ? 14 : 6)
}

/** What the 16 bits before `cursor.at` announce; types that cannot hold TCP are `NO_TCP`. */
export function afterEtherType(cursor: Cursor, type: number): Step {
  if (type === 0x0800) return IPV4
  if (type === 0x86dd) return IPV6
  if (type === 0x8100) return VLAN
  if (type > MAX_LENGTH) return afterRareEtherType(cursor, type)
  cursor.narrow(cursor.at + type)
  return Layer.LLC
}

function afterRareEtherType(cursor: Cursor, type: number): Step {
  switch (type) {
    case 0x88a8:
    case 0x9100:
      return Layer.VLAN
    case 0x8847:
    case 0x8848:
      return Layer.MPLS
    case 0x8864:
      return Layer.PPPOE
    case 0x880b:
      return Layer.PPP
    case 0x8870: // Jumbo frames with LLC.
      return Layer.LLC
    case 0x6558: // Transparent Ethernet bridging (RFC 1701).
      return Layer.ETHERNET
    case 0x88e7:
      return Layer.PBB
    case 0x894f:
      return Layer.NSH
    case 0x8926: // VN-Tag.
    case 0x892f: // HSR.
    case 0xf1c1: // IEEE 802.1CB R-TAG.
      return Layer.TAG4
    case 0x893f: // IEEE 802.1BR E-TAG.
    case 0x8909: // Cisco metadata.
      return Layer.TAG6
    case 0x8903: // Cisco FabricPath: two bytes of tag, then the customer's frame.
      cursor.at += 2
      return Layer.ETHERNET
    case 0x88e5:
      return Layer.MACSEC
    default:
      return Outcome.NO_TCP
  }
}

/** LLC: three addresses and control bytes, and for SNAP an organisation and the type that it gave. */
export function readLlc(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 3 > cursor.end) return cursor.short('llc', 3)
  const saps = view.getUint16(at)
  if (view.getUint8(at + 2) !== 0x03) return Outcome.NO_TCP
  cursor.at = at + 3
  if (saps === 0x0606) return Layer.IP
  return saps === 0xaaaa ? readSnap(cursor) : Outcome.NO_TCP
}

/** SNAP (RFC 1042): organisation and type; also after the NLPID of frame relay (RFC 2427). */
export function readSnap(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 5 > cursor.end) return cursor.short('snap', 5)
  const organisation = (view.getUint16(at) << 8) | view.getUint8(at + 2)
  const type = view.getUint16(at + 3)
  cursor.at = at + 5
  switch (organisation) {
    case 0x000000:
    case 0x0000f8: // Bridged by IEEE 802.1H.
    case 0x00000c: // Cisco.
      return type > MAX_LENGTH ? afterEtherType(cursor, type) : Outcome.NO_TCP
    case 0x0080c2: // RFC 2684 bridged Ethernet, with and without FCS: two bytes of padding in front.
      if (type !== 1 && type !== 7) return Outcome.NO_TCP
      cursor.at += 2
      return Layer.ETHERNET
    default:
      return Outcome.NO_TCP
  }
}
