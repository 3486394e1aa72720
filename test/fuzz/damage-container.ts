/**
 * Damage that knows the container: fields of headers, records, blocks and options get wrong values, records and blocks
 * are lost, repeated and moved. Walks the bytes by itself, as far as they are sound.
 */
import type { Chance } from './chance.ts'
import { joined } from './damage-bytes.ts'

/** A header, record or block: where it is, and where the numbers in it are. */
interface Part {
  start: number
  end: number
  fields: Field[]
}

interface Field {
  at: number
  bits: 8 | 16 | 32
}

const PCAPNG = 0x0a0d0d0a

/** Returns a copy in which one to four fields or parts are wrong. */
export function damageContainer(bytes: Uint8Array, chance: Chance): Uint8Array {
  const damaged = bytes.slice()
  const view = new DataView(damaged.buffer)
  const isPcapng = damaged.length >= 12 && view.getUint32(0) === PCAPNG
  const isLittle = isPcapng ? view.getUint8(8) === 0x4d : [0xd4, 0x4d, 0x34, 0xab].includes(damaged[0] ?? 0)
  const parts = isPcapng ? blocksOf(view, isLittle) : recordsOf(view, isLittle)
  for (let left = chance.between(1, 4); left > 0; left--) damageField(view, chance.pick(parts), isLittle, chance)
  return chance.oneIn(3) ? reordered(damaged, parts, chance) : damaged
}

function damageField(view: DataView, { fields }: Part, isLittle: boolean, chance: Chance): void {
  const inside = fields.filter(({ at, bits }) => at + bits / 8 <= view.byteLength)
  if (inside.length === 0) return
  const { at, bits } = chance.pick(inside)
  const order = chance.oneIn(12) ? !isLittle : isLittle
  if (bits === 8) view.setUint8(at, chance.field(view.getUint8(at), 8))
  else if (bits === 16) view.setUint16(at, chance.field(view.getUint16(at, isLittle), 16), order)
  else view.setUint32(at, chance.field(view.getUint32(at, isLittle), 32), order)
}

/** Loses, repeats or moves one part. */
function reordered(bytes: Uint8Array, parts: readonly Part[], chance: Chance): Uint8Array {
  const { start, end } = chance.pick(parts)
  const part = bytes.subarray(start, end)
  const to = chance.pick(parts).start
  if (chance.oneIn(3)) return joined(bytes.subarray(0, start), bytes.subarray(end))
  if (chance.oneIn(2)) return joined(bytes.subarray(0, to), part, bytes.subarray(to))
  if (to <= start) {
    return joined(bytes.subarray(0, to), part, bytes.subarray(to, start), bytes.subarray(end))
  }
  return joined(bytes.subarray(0, start), bytes.subarray(end, to), part, bytes.subarray(Math.max(to, end)))
}

function words(start: number, ...offsets: number[]): Field[] {
  return offsets.map((offset) => ({ at: start + offset, bits: 32 }))
}

function halves(start: number, ...offsets: number[]): Field[] {
  return offsets.map((offset) => ({ at: start + offset, bits: 16 }))
}

/** Of a classic capture. */
function recordsOf(view: DataView, isLittle: boolean): Part[] {
  const header = { start: 0, end: 24, fields: [...words(0, 0, 8, 12, 16, 20), ...halves(0, 4, 6)] }
  const parts: Part[] = [header]
  for (let start = 24; start + 16 <= view.byteLength; ) {
    const end = start + 16 + view.getUint32(start + 8, isLittle)
    parts.push({ start, end: Math.min(end, view.byteLength), fields: words(start, 0, 4, 8, 12) })
    if (end > view.byteLength) break
    start = end
  }
  return parts
}

function blocksOf(view: DataView, isLittle: boolean): Part[] {
  const parts: Part[] = []
  for (let start = 0; start + 12 <= view.byteLength; ) {
    const length = view.getUint32(start + 4, isLittle)
    const end = start + length
    if (length < 12 || end > view.byteLength) break
    const fields = [...words(start, 0, 4, 8, 12, 16, 20, 24, length - 4), ...halves(start, 8, 10, 12, 14)]
    parts.push({ start, end, fields: [...fields, ...optionFields(view, start, end - 4, isLittle)] })
    start = end
  }
  return parts
}

/** Where the body of a block starts its options; packets have theirs behind the data. */
function optionsStart(view: DataView, start: number, isLittle: boolean): number {
  const type = view.getUint32(start, isLittle)
  if (type === 1) return start + 16
  if (type === 4) return start + 8
  if (type === 5) return start + 20
  if (type === 6) return start + 28 + ((view.getUint32(start + 20, isLittle) + 3) & ~3)
  return start + 24
}

function optionFields(view: DataView, start: number, end: number, isLittle: boolean): Field[] {
  const fields: Field[] = []
  for (let at = optionsStart(view, start, isLittle); at >= start && at + 4 <= end; ) {
    fields.push(...halves(at, 0, 2), { at: at + 4, bits: 8 }, ...words(at, 4))
    at += 4 + ((view.getUint16(at + 2, isLittle) + 3) & ~3)
  }
  return fields
}
