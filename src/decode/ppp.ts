/**
 * Point-to-point links: PPP (RFC 1661, RFC 1662), PPPoE (RFC 2516), Cisco HDLC and frame relay (RFC 2427).
 */

import type { Cursor } from './cursor.ts'
import { afterEtherType, MAX_LENGTH, readSnap } from './ethernet.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'

/** PPP with or without the HDLC-like address and control bytes; a first byte of 0x0f or 0x8f is Cisco HDLC. */
export function readPpp(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 2 > end) return cursor.short('ppp', 2)
  const first = view.getUint16(at)
  if (first >> 8 === 0x0f || first >> 8 === 0x8f) return Layer.CISCO_HDLC
  const start = first === 0xff03 ? at + 2 : at
  if (start + 2 > end) return cursor.short('ppp', 4)
  // An odd first byte is a protocol number compressed to one byte (RFC 1661 §6.5).
  const isCompressed = (view.getUint8(start) & 1) === 1
  const protocol = isCompressed ? view.getUint8(start) : view.getUint16(start)
  cursor.at = start + (isCompressed ? 1 : 2)
  return afterPppProtocol(cursor, protocol)
}

function afterPppProtocol(cursor: Cursor, protocol: number): Step {
  switch (protocol) {
    case 0x21:
    case 0x57:
      return Layer.IP
    case 0x281:
    case 0x283:
      return Layer.MPLS
    case 0x2d:
    case 0x2f:
      return cursor.unsupported('ppp', 'TCP headers compressed by Van Jacobson')
    case 0x3d:
      return Layer.MULTILINK
    case 0x53:
    case 0xfd:
      return cursor.unsupported('ppp', 'encrypted or compressed')
    default:
      return Outcome.NO_TCP
  }
}

/** RFC 1990: the flags "begin" and "end" and a sequence number. Only whole packets are read. */
export function readMultilink(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('multilink', 4)
  cursor.at = at + 4
  return view.getUint8(at) >> 6 === 3 ? Layer.PPP : Outcome.FRAGMENT
}

export function readPppoe(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 6 > cursor.end) return cursor.short('pppoe', 6)
  if (view.getUint8(at + 1) !== 0) return Outcome.NO_TCP
  const session = view.getUint16(at + 2)
  if (session !== 0) cursor.enter(PathKind.PPPOE, session)
  cursor.at = at + 6
  cursor.narrow(at + 6 + view.getUint16(at + 4))
  return Layer.PPP
}

/** Address, control, EtherType. */
export function readCiscoHdlc(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('chdlc', 4)
  cursor.at = at + 4
  const type = view.getUint16(at + 2)
  return type > MAX_LENGTH ? afterEtherType(cursor, type) : Outcome.NO_TCP
}

/** Two to four bytes of address, then either the control byte of RFC 2427 with an NLPID, or Cisco's EtherType. */
export function readFrameRelay(cursor: Cursor): Step {
  const { view, end } = cursor
  let at = cursor.at + 1
  while (at < end && at < cursor.at + 3 && (view.getUint8(at) & 1) === 0) at++
  at++
  if (at + 3 > end) return cursor.short('frame relay', 5)
  const type = view.getUint16(at)
  if (type >> 8 !== 0x03) {
    cursor.at = at + 2
    return type > MAX_LENGTH ? afterEtherType(cursor, type) : Outcome.NO_TCP
  }
  const padding = (type & 0xff) === 0 ? 1 : 0
  cursor.at = at + 2 + padding
  return afterNlpid(cursor, padding === 0 ? type & 0xff : view.getUint8(at + 2))
}

function afterNlpid(cursor: Cursor, nlpid: number): Step {
  switch (nlpid) {
    case 0xcc:
    case 0x8e:
      return Layer.IP
    case 0x80:
      return readSnap(cursor)
    case 0xcf:
      return Layer.PPP
    default:
      return Outcome.NO_TCP
  }
}
