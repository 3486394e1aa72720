/**
 * Old local networks that captures still come from: token ring (IEEE 802.5) and ARCNET (RFC 1051, RFC 1201).
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'

/** Access and frame control, two addresses, and source routing when the top bit of the source address is set. */
export function readTokenRing(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 16 > cursor.end) return cursor.short('token ring', 16)
  const isRouted = (view.getUint8(at + 8) & 0x80) !== 0
  cursor.at = at + 14 + (isRouted ? view.getUint8(at + 14) & 0x1f : 0)
  return Layer.LLC
}

/** Two addresses of one byte, `offsetLength` bytes that Linux adds, and the protocol. */
export function readArcnet(cursor: Cursor, offsetLength: number): Step {
  const { view, at, end } = cursor
  const type = at + 2 + offsetLength
  if (type + 1 > end) return cursor.short('arcnet', 3 + offsetLength)
  cursor.at = type + 1
  switch (view.getUint8(type)) {
    case 0xf0: // RFC 1051: IP follows at once.
      return Layer.IP
    case 0xd4: // RFC 1201: a split flag and a sequence number first.
      return readSplit(cursor)
    default:
      return Outcome.NO_TCP
  }
}

function readSplit(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 3 > cursor.end) return cursor.short('arcnet', 3)
  const flag = view.getUint8(at)
  // An exception frame pads to avoid lengths that ARCNET cannot send.
  cursor.at = at + (flag === 0xff ? 7 : 3)
  return flag === 0 || flag === 0xff ? Layer.IP : Outcome.FRAGMENT
}
