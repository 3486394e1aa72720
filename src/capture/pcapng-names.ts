/**
 * Name Resolution Blocks of pcapng: draft-ietf-opsawg-pcapng §4.5.
 */
import type { CaptureInfo } from './info.ts'
import { readText } from './pcapng-options.ts'

/** A name is kept once a record, so that a capture cannot fill memory with them. */
const MAXIMUM_NAMES = 65_536

/** How the walk of the records ended: where the options start, or where the record is that runs over the block. */
export type NamesEnd = { optionsAt: number } | { overrunAt: number }

/**
 * Collects the names of the records in `[start, end)` into `info.names`. `offset` is where the block stands in the
 * capture, for the warning that there are too many.
 */
export function readNames(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  info: CaptureInfo,
  offset: number,
): NamesEnd {
  let at = start
  while (at < end) {
    if (end - at < 4) return { overrunAt: at }
    const type = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (length > end - at - 4) return { overrunAt: at }
    at += 4
    if (type === NRB_RECORD_END) return { optionsAt: at }
    const addressLength = type === NRB_RECORD_IPV4 ? 4 : type === NRB_RECORD_IPV6 ? 16 : 0
    if (addressLength > 0 && length > addressLength) addNames(view, at, length, addressLength, info, offset)
    at += (length + 3) & ~3
  }
  return { optionsAt: end }
}

const NRB_RECORD_END = 0
const NRB_RECORD_IPV4 = 1
const NRB_RECORD_IPV6 = 2

/** Names are zero-terminated; one that is not ends with its record. */
function addNames(
  view: DataView,
  at: number,
  length: number,
  addressLength: number,
  info: CaptureInfo,
  offset: number,
): void {
  const address = new Uint8Array(view.buffer, view.byteOffset + at, addressLength).slice()
  for (const name of readText(view, at + addressLength, length - addressLength).split('\0')) {
    if (name === '') continue
    if (info.names.length === MAXIMUM_NAMES) {
      const isTold = info.warnings.some((warning) => warning.code === 'names-limit')
      const message = `more than ${MAXIMUM_NAMES} names for addresses: the rest is left out`
      if (!isTold) info.warnings.push({ code: 'names-limit', offset, message })
      return
    }
    info.names.push({ address, name })
  }
}
