/**
 * Option lists of pcapng blocks: draft-ietf-opsawg-pcapng §3.5.
 */

/** Takes an option: its code, and where its value is. */
export type OptionVisitor = (code: number, valueOffset: number, valueLength: number) => void

/**
 * Visits the options in `[start, end)` of `view`, up to opt_endofopt. Returns null, or where the option is that runs
 * over the end of its block; what stands before it has been visited.
 */
export function visitOptions(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  visit: OptionVisitor,
): number | null {
  let at = start
  while (at < end) {
    if (end - at < 4) return at
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (length > end - at - 4) return at
    if (code === OPT_ENDOFOPT) return null
    visit(code, at + 4, length)
    at += 4 + ((length + 3) & ~3)
  }
  return null
}

/** For lists of which nothing is wanted but that they are sound. */
export function ignoreOption(): void {}

/** The UTF-8 text at `[offset, offset + length)`; what is not UTF-8 becomes U+FFFD. */
export function readText(view: DataView, offset: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + offset, length))
}

/** As `readText`, without the zeros that some writers end a text with. */
export function readZeroTerminated(view: DataView, offset: number, length: number): string {
  const text = readText(view, offset, length)
  const zero = text.indexOf('\0')
  return zero < 0 ? text : text.slice(0, zero)
}

const OPT_ENDOFOPT = 0
