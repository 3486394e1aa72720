/**
 * DNS answers (RFC 1035 §4) → names of addresses: what a client was told before it connected. Nothing here throws; a
 * message that is damaged gives the names that came before the damage.
 */

/** Told of a name and where in `view` its address is: 4 bytes or 16. */
export type NameVisitor = (name: string, addressOffset: number, addressLength: 4 | 16) => void

const HEADER_LENGTH = 12
const TYPE_A = 1
const TYPE_AAAA = 28
const CLASS_IN = 1
/** A name is at most 255 bytes, so 127 labels; as many pointers bound what a circle of them costs (RFC 1035 §2.3.4). */
const MAX_LABELS = 127
/** Records looked at in one message: more do not fit a datagram of usual length. */
const MAX_RECORDS = 512

/** Where a reading stands; `at` is -1 after damage. */
interface Reading {
  view: DataView
  start: number
  end: number
  at: number
}

/**
 * Visits the addresses in the response at `[start, end)`, a UDP payload. The addresses of its answer section belong to the
 * name that was asked for, at the end of whatever aliases; those of the others to the names of their records.
 */
export function visitDnsAddresses(view: DataView, start: number, end: number, visit: NameVisitor): void {
  if (end - start < HEADER_LENGTH || !isResponse(view.getUint16(start + 2))) return
  const [questions, answers, others] = [4, 6, 8].map((at) => view.getUint16(start + at)) as [number, number, number]
  const records = Math.min(answers + others + view.getUint16(start + 10), MAX_RECORDS)
  const reading: Reading = { view, start, end, at: start + HEADER_LENGTH }
  let asked: string | null = null
  for (let question = 0; question < questions && reading.at >= 0; question++) {
    const name = readName(reading)
    asked ??= name
    skip(reading, 4)
  }
  for (let record = 0; record < records && reading.at >= 0; record++) {
    readRecord(reading, record < answers ? asked : null, visit)
  }
}

/** A standard response without an error, whole or not. */
function isResponse(flags: number): boolean {
  return (flags & 0xf80f) === 0x8000
}

function readRecord(reading: Reading, asked: string | null, visit: NameVisitor): void {
  const owner = readName(reading)
  const { view, at, end } = reading
  if (owner === null || at + 10 > end) {
    reading.at = -1
    return
  }
  const type = view.getUint16(at)
  // Multicast DNS flags its records in the highest bit of the class (RFC 6762 §10.2).
  const isInternet = (view.getUint16(at + 2) & 0x7fff) === CLASS_IN
  const length = view.getUint16(at + 8)
  skip(reading, 10 + length)
  if (reading.at < 0 || !isInternet) return
  const name = asked ?? owner
  if (name === '') return
  if (type === TYPE_A && length === 4) visit(name, at + 10, 4)
  else if (type === TYPE_AAAA && length === 16) visit(name, at + 10, 16)
}

function skip(reading: Reading, length: number): void {
  if (reading.at >= 0) reading.at = reading.at + length > reading.end ? -1 : reading.at + length
}

/** Reads a name and moves behind it; null at damage. */
function readName(reading: Reading): string | null {
  const { view, start, end } = reading
  const labels: string[] = []
  let at = reading.at
  let after = -1
  for (let steps = 0; steps < 2 * MAX_LABELS && at >= 0 && at < end; steps++) {
    const length = view.getUint8(at)
    if (length === 0) {
      reading.at = after < 0 ? at + 1 : after
      return labels.length > MAX_LABELS ? null : labels.join('.')
    }
    if (length >= 0xc0 && at + 2 <= end) {
      if (after < 0) after = at + 2
      at = start + (view.getUint16(at) & 0x3fff)
    } else if (length < 0x40 && at + 1 + length <= end) {
      labels.push(labelText(view, at + 1, length))
      at += 1 + length
    } else break
  }
  reading.at = -1
  return null
}

/** In the presentation form of RFC 4343 §2.1: what is not printable, or would be taken for a dot, becomes `\046`. */
function labelText(view: DataView, at: number, length: number): string {
  let text = ''
  for (let i = at; i < at + length; i++) {
    const byte = view.getUint8(i)
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c
    text += isPlain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
  }
  return text
}
