/**
 * GRE (RFC 2784, RFC 2890; version 1 of RFC 2637) and what only travels in it: ERSPAN, NVGRE (RFC 7637); EtherIP
 * (RFC 3378).
 */

import type { Cursor } from './cursor.ts'
import { afterEtherType, MAX_LENGTH } from './ethernet.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind } from './path.ts'

const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGMENT = 0x0080
const VERSION = 0x0007

/** Protocols of ERSPAN type I and II, and of type III. */
const ERSPAN_2 = 0x88be
const ERSPAN_3 = 0x22eb
const WCCP = 0x883e
/** MikroTik's Ethernet over IP, in version 1. */
const EOIP = 0x6400

export function readGre(cursor: Cursor): Step {
  const { view, at, end } = cursor
  if (at + 4 > end) return cursor.short('gre', 4)
  const flags = view.getUint16(at)
  const protocol = view.getUint16(at + 2)
  const version = flags & VERSION
  if (version > 1) return cursor.unsupported('gre', 'the version is neither 0 nor 1')
  let field = at + 4
  if (flags & (CHECKSUM | ROUTING)) field += 4
  const keyAt = field
  if (flags & KEY) field += 4
  if (flags & SEQUENCE) field += 4
  if (version === 1 && flags & ACKNOWLEDGMENT) field += 4
  if (field > end) return cursor.short('gre', field - at)
  if (flags & ROUTING) return cursor.unsupported('gre', 'source routing')
  // The call id of version 1 (PPTP) is the receiver's: no part of the path.
  const isKeyed = (flags & KEY) !== 0 && version === 0
  if (protocol !== ERSPAN_2 && protocol !== ERSPAN_3) {
    if (isKeyed) cursor.enter(PathKind.GRE_KEY, view.getInt32(keyAt))
    else cursor.enter(PathKind.GRE, 0)
  }
  cursor.at = field
  return afterGreProtocol(cursor, protocol, (flags & SEQUENCE) !== 0)
}

function afterGreProtocol(cursor: Cursor, protocol: number, hasSequence: boolean): Step {
  switch (protocol) {
    case ERSPAN_2:
      if (hasSequence) return Layer.ERSPAN2
      // Type I has no header and no sequence number.
      cursor.enter(PathKind.ERSPAN, 0)
      return Layer.ETHERNET
    case ERSPAN_3:
      return Layer.ERSPAN3
    case EOIP:
      return Layer.ETHERNET
    case WCCP:
      // WCCPv2 puts a redirect header of four bytes in front of IP.
      if (cursor.at < cursor.end && cursor.view.getUint8(cursor.at) >> 4 !== 4) cursor.at += 4
      return Layer.IP
    default:
      return protocol > MAX_LENGTH ? afterEtherType(cursor, protocol) : Outcome.NO_TCP
  }
}

/** ERSPAN type II: 8 bytes; the session id is the low ten bits of the second word. */
export function readErspan2(cursor: Cursor): Step {
  return readErspan(cursor, 8)
}

/** ERSPAN type III: 12 bytes, and 8 more when the last bit says so. */
export function readErspan3(cursor: Cursor): Step {
  const { view, at } = cursor
  const hasSubheader = at + 12 <= cursor.end && (view.getUint8(at + 11) & 1) === 1
  return readErspan(cursor, hasSubheader ? 20 : 12)
}

function readErspan(cursor: Cursor, length: number): Step {
  const { view, at } = cursor
  if (at + length > cursor.end) return cursor.short('erspan', length)
  cursor.enter(PathKind.ERSPAN, view.getUint16(at + 2) & 0x3ff)
  cursor.at = at + length
  return Layer.ETHERNET
}

export function readEtherIp(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 2 > cursor.end) return cursor.short('etherip', 2)
  // Version 3 is the standard; FreeBSD once wrote the nibbles the other way round.
  const version = view.getUint8(at)
  if (version >> 4 !== 3 && version !== 0x03) return cursor.malformed('etherip', 'the version is not 3')
  cursor.enter(PathKind.ETHER_IP, 0)
  cursor.at = at + 2
  return Layer.ETHERNET
}
