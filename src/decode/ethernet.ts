/**
 * Ethernet II, and the VLAN tags after it (IEEE 802.1Q).
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'
import { PathKind, type PathTable } from './path.ts'

export function readEthernet(cursor: Cursor): Step {
  const { at } = cursor
  if (at + 14 > cursor.end) return cursor.short('ethernet', 14)
  cursor.at = at + 14
  return layerOfEtherType(cursor.view.getUint16(at + 12))
}

/** One tag: priority and VLAN id, then the EtherType of what follows. */
export function readVlan(cursor: Cursor, paths: PathTable): Step {
  const { view, at } = cursor
  if (at + 4 > cursor.end) return cursor.short('vlan', 4)
  const id = view.getUint16(at) & 0xfff
  if (id !== 0) cursor.path = paths.extend(cursor.path, PathKind.VLAN, id)
  cursor.at = at + 4
  return layerOfEtherType(view.getUint16(at + 2))
}

/** What an EtherType announces; types that cannot hold TCP are `NO_TCP`. */
export function layerOfEtherType(type: number): Step {
  switch (type) {
    case 0x0800:
    case 0x86dd:
      return Layer.IP
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return Layer.VLAN
    default:
      return Outcome.NO_TCP
  }
}
