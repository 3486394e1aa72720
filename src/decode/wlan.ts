/**
 * IEEE 802.11 data frames, and the radio headers that drivers put in front: radiotap, Prism, AVS.
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'

const RADIOTAP_TSFT = 0x01
const RADIOTAP_FLAGS = 0x02
/** Radiotap flag: the 802.11 header is padded to four bytes. */
const FLAG_DATA_PAD = 0x20

const AVS_MAGIC = 0x80211001
const PRISM_LENGTH = 144

export function readRadiotap(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('radiotap', 8)
  const length = view.getUint16(at + 2, true)
  if (length < 8) return cursor.malformed('radiotap', 'the header length is below 8 bytes')
  cursor.isWlanPadded = (radiotapFlags(cursor, length) & FLAG_DATA_PAD) !== 0
  cursor.skip(length)
  return Layer.WLAN
}

/** The flags field comes after the presence words and, when that is present, the aligned 8-byte timestamp. */
function radiotapFlags(cursor: Cursor, length: number): number {
  const { view, at } = cursor
  const end = Math.min(at + length, cursor.end)
  const present = view.getUint32(at + 4, true)
  if ((present & RADIOTAP_FLAGS) === 0) return 0
  let field = at + 8
  for (let word = at + 4; word + 4 <= end && (view.getUint8(word + 3) & 0x80) !== 0; word += 4) field += 4
  if (present & RADIOTAP_TSFT) field = at + ((field - at + 7) & ~7) + 8
  return field < end ? view.getUint8(field) : 0
}

/** Prism headers are 144 bytes; some drivers write an AVS header under the same link type. */
export function readPrism(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('prism', 8)
  if (view.getUint32(at) >>> 0 === AVS_MAGIC) return Layer.AVS
  cursor.skip(PRISM_LENGTH)
  return Layer.WLAN
}

export function readAvs(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 8 > cursor.end) return cursor.short('avs', 8)
  cursor.skip(view.getUint32(at + 4))
  return Layer.WLAN
}

/** Control, duration, three or four addresses; QoS and HT control where the frame has them. */
export function readWlan(cursor: Cursor): Step {
  const { view, at } = cursor
  if (at + 24 > cursor.end) return cursor.short('wlan', 24)
  const type = view.getUint8(at)
  const flags = view.getUint8(at + 1)
  // Data frames that carry data: type 2 (bits 2-3), without the "null" bit of the subtype.
  if ((type & 0x0c) !== 0x08 || (type & 0x40) !== 0) return Outcome.NO_TCP
  if (flags & 0x40) return cursor.unsupported('wlan', 'encrypted')
  // Fragments of a frame are not put together: more to come, or a fragment number.
  if (flags & 0x04 || view.getUint8(at + 22) & 0x0f) return Outcome.FRAGMENT
  const isQos = (type & 0x80) !== 0
  const qosAt = at + ((flags & 0x03) === 0x03 ? 30 : 24)
  let length = qosAt - at
  if (isQos) length += flags & 0x80 ? 6 : 2
  if (isQos && qosAt + 2 > cursor.end) return cursor.short('wlan', length)
  // Only the first frame of an aggregate (A-MSDU) is read: two addresses and a length before its LLC.
  const isAggregate = isQos && (view.getUint8(qosAt) & 0x80) !== 0
  if (cursor.isWlanPadded) length = (length + 3) & ~3
  cursor.at = at + length + (isAggregate ? 14 : 0)
  return Layer.LLC
}
