/**
 * The header of a classic capture: byte order, unit of time, link type, and how its records are laid out.
 */
import { CaptureError } from './capture-error.ts'

export interface PcapHeader {
  /** As `CaptureInfo.format`. */
  format: string
  /** Bytes before the first record. */
  length: number
  littleEndian: boolean
  nanosecondsPerUnit: number
  /** LINKTYPE_*, without the FCS bits. */
  linkType: number
  fcsLength: number
  snapLength: number
  /** Bytes between the start of a record and its data. */
  recordHeaderLength: number
}

/** Bytes of a header that `readPcapHeader` needs. */
export const PCAP_HEADER_LENGTH = 24

/** Whether a capture that starts with this big-endian word is a classic one. */
export function isPcapMagic(magic: number): boolean {
  return FORMATS.has(magic) || FORMATS.has(swap32(magic))
}

/** Reads the header at `at`; throws `CaptureError` when it is of a version that never was. */
export function readPcapHeader(view: DataView, at: number): PcapHeader {
  const magic = view.getUint32(at)
  const littleEndian = !FORMATS.has(magic)
  const found = FORMATS.get(littleEndian ? swap32(magic) : magic)!
  const major = view.getUint16(at + 4, littleEndian)
  if (major < 2) {
    const minor = view.getUint16(at + 6, littleEndian)
    throw new CaptureError('pcap-version', 4, `expected a pcap header of version 2, found version ${major}.${minor}`)
  }
  const network = view.getUint32(at + 20, littleEndian)
  return {
    format: found.format,
    length: PCAP_HEADER_LENGTH,
    littleEndian,
    nanosecondsPerUnit: found.nanosecondsPerUnit,
    linkType: network & 0xffff,
    fcsLength: network & FCS_LENGTH_PRESENT ? (network >>> 28) * 2 : 0,
    snapLength: view.getUint32(at + 16, littleEndian),
    recordHeaderLength: 16,
  }
}

/** draft-ietf-opsawg-pcap §4: the "f" bit; the FCS length stands above it, in units of 16 bits. */
const FCS_LENGTH_PRESENT = 0x0400_0000

const FORMATS: ReadonlyMap<number, { format: string; nanosecondsPerUnit: number }> = new Map([
  [0xa1b2c3d4, { format: 'pcap', nanosecondsPerUnit: 1000 }],
  [0xa1b23c4d, { format: 'pcap-ns', nanosecondsPerUnit: 1 }],
])

function swap32(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}
