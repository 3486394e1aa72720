/**
 * Option lists of pcapng blocks: draft-ietf-opsawg-pcapng §3.5.
 */

/** Takes an option: its code, and where its value is. Returning is enough; nothing is kept. */
export type OptionVisitor = (code: number, valueOffset: number, valueLength: number) => void

/**
 * Visits the options in `[start, end)` of `view`, up to opt_endofopt. Returns -1, or the position of the option that
 * runs over the end of its block: what stands before it has been visited.
 */
export function visitOptions(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  visit: OptionVisitor,
): number {
  let at = start
  while (at < end) {
    if (end - at < 4) return at
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (code === OPT_ENDOFOPT) return -1
    if (length > end - at - 4) return at
    visit(code, at + 4, length)
    at += 4 + ((length + 3) & ~3)
  }
  return -1
}

const OPT_ENDOFOPT = 0
