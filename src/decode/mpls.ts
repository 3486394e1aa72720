/**
 * MPLS label stacks (RFC 3032) and network service headers (RFC 8300).
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'

/**
 * Nothing in a label stack says what follows it. As every router does for hashing (RFC 4928), a first nibble of 4 or
 * 6 is taken for IP; otherwise it is an Ethernet pseudowire (RFC 4448) if an EtherType that we know stands in the
 * right place, with or without a control word. Wrong for a pseudowire without control word whose destination address
 * begins with 4 or 6.
 */
export function readMpls(cursor: Cursor): Step {
  const { view, end } = cursor
  let at = cursor.at
  do {
    if (at + 4 > end) return cursor.short('mpls', at + 4 - cursor.at)
    at += 4
  } while ((view.getUint8(at - 2) & 1) === 0)
  if (at >= end) return cursor.short('mpls', at + 1 - cursor.at)
  cursor.enter(PathKind.MPLS, 0)
  cursor.at = at
  const nibble = view.getUint8(at) >> 4
  if (nibble === 4 || nibble === 6) return Layer.IP
  if (nibble === 0 && isEthernet(cursor, at + 4)) {
    cursor.at = at + 4
    return Layer.ETHERNET
  }
  if (isEthernet(cursor, at)) return Layer.ETHERNET
  if (at + 19 > end) return cursor.short('mpls', 19)
  return nibble === 1 ? Outcome.NO_TCP : cursor.unsupported('mpls', 'the payload is neither IP nor Ethernet')
}

/** Whether an Ethernet frame with IP or a VLAN tag in it could start at `at`. */
function isEthernet(cursor: Cursor, at: number): boolean {
  if (at + 15 > cursor.end) return false
  const nibble = cursor.view.getUint8(at + 14) >> 4
  switch (cursor.view.getUint16(at + 12)) {
    case 0x0800:
      return nibble === 4
    case 0x86dd:
      return nibble === 6
    case 0x0806:
    case 0x8100:
    case 0x88a8:
    case 0x8847:
      return true
    default:
      return false
  }
}

export function readNsh(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('nsh', 8)
  const length = (view.getUint8(at + 1) & 0x3f) * 4
  if (length < 8) return cursor.malformed('nsh', 'the header length is below 8 bytes')
  const step = afterNextProtocol(view.getUint8(at + 3))
  cursor.skip(length)
  return step
}

/** Next protocol of NSH and of VXLAN-GPE, which share their numbers but for 4. */
export function afterNextProtocol(protocol: number): Step {
  switch (protocol) {
    case 1:
    case 2:
      return Layer.IP
    case 3:
      return Layer.ETHERNET
    case 4:
      return Layer.NSH
    case 5:
      return Layer.MPLS
    default:
      return Outcome.NO_TCP
  }
}
