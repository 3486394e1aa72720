/**
 * Link headers that a capturing system made up in place of the real ones: Linux cooked captures, and the address
 * family in front of BSD loopback packets.
 */

import type { Cursor } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { Layer, Outcome, type Step } from './outcome.ts'

/** LINKTYPE_LINUX_SLL: 16 bytes, the protocol last. */
export function readSll(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 16 > cursor.end) return cursor.short('sll', 16)
  cursor.at = at + 16
  return layerOfEtherType(cursor.view.getUint16(at + 14))
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, the protocol first. */
export function readSll2(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 20 > cursor.end) return cursor.short('sll2', 20)
  cursor.at = at + 20
  return layerOfEtherType(cursor.view.getUint16(at))
}

/** LINKTYPE_NULL: the address family in the byte order of the machine that captured, which nobody recorded. */
export function readNull(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 4 > cursor.end) return cursor.short('null', 4)
  const family = cursor.view.getUint32(at, true)
  cursor.at = at + 4
  return layerOfFamily(family > 0xffff ? cursor.view.getUint32(at) : family)
}

/** LINKTYPE_LOOP: the same in network byte order (OpenBSD). */
export function readLoop(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 4 > cursor.end) return cursor.short('loop', 4)
  cursor.at = at + 4
  return layerOfFamily(cursor.view.getUint32(at))
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
      return Layer.IP
    default:
      return Outcome.NO_TCP
  }
}
