/**
 * The header of a classic capture: byte order, unit of time, link type, and which record layouts are possible.
 *
 * draft-ietf-opsawg-pcap §4. The old writers beside it are known from what Wireshark reads; pcap-layout.ts tells
 * those apart that share a magic number.
 */
import { CaptureError } from './capture-error.ts'
import { linkTypeOfAix } from './link-type.ts'
import {
  LAYOUT_MODIFIED,
  LAYOUT_NOKIA,
  LAYOUT_REDHAT,
  LAYOUT_STANDARD,
  LAYOUT_SUSE,
  type Layout,
} from './pcap-layout.ts'

export interface PcapHeader {
  /** As `CaptureInfo.format`, while the layout is not known to be another writer's. */
  format: string
  /** Bytes before the first record. */
  length: number
  littleEndian: boolean
  nanosecondsPerUnit: number
  /** LINKTYPE_*, without the FCS bits. */
  linkType: number
  fcsLength: number
  /** Bits of the link type field that mean nothing, and that nobody should set. */
  reservedBits: number
  /** 0 when unlimited. */
  snapLength: number
  /** Record layouts that files with this magic have, the usual one first. */
  layouts: readonly Layout[]
  lengthOrder: LengthOrder
}

/**
 * Order of the two lengths of a record. Before version 2.3 the original length came first; 2.3 was written both ways;
 * DG/UX's 543.0 kept the old order.
 */
type LengthOrder = 'captured-first' | 'original-first' | 'smaller-is-captured'

/** Bytes of the longest header. */
export const PCAP_HEADER_LENGTH = 24

interface Magic {
  format: string
  nanosecondsPerUnit: number
  layouts: readonly Layout[]
  /** Ixia's lcap: the size of all records, between the header and the first record. */
  extra: number
}

const MAGICS: ReadonlyMap<number, Magic> = new Map([
  [
    0xa1b2c3d4,
    { format: 'pcap', nanosecondsPerUnit: 1000, layouts: [LAYOUT_STANDARD, LAYOUT_REDHAT, LAYOUT_NOKIA], extra: 0 },
  ],
  [0xa1b23c4d, { format: 'pcap-ns', nanosecondsPerUnit: 1, layouts: [LAYOUT_STANDARD], extra: 0 }],
  [0xa1b2cd34, { format: 'pcap', nanosecondsPerUnit: 1000, layouts: [LAYOUT_MODIFIED, LAYOUT_SUSE], extra: 0 }],
  [0x1c0001ab, { format: 'pcap-ixia', nanosecondsPerUnit: 1000, layouts: [LAYOUT_STANDARD], extra: 4 }],
  [0x1c0001ac, { format: 'pcap-ixia-ns', nanosecondsPerUnit: 1, layouts: [LAYOUT_STANDARD], extra: 4 }],
])

/** Whether a capture that starts with this big-endian word is a classic one. */
export function isPcapMagic(magic: number): boolean {
  return MAGICS.has(magic) || MAGICS.has(swap32(magic))
}

/** Reads the header at `at`; throws `CaptureError` when its version never was. */
export function readPcapHeader(view: DataView, at: number): PcapHeader {
  const word = view.getUint32(at)
  const littleEndian = !MAGICS.has(word)
  const magic = MAGICS.get(littleEndian ? swap32(word) : word)!
  const major = view.getUint16(at + 4, littleEndian)
  const minor = view.getUint16(at + 6, littleEndian)
  if (major < 2) {
    throw new CaptureError('pcap-version', 4, `expected a pcap header of version 2, found version ${major}.${minor}`)
  }
  const network = view.getUint32(at + 20, littleEndian)
  const header: PcapHeader = {
    format: magic.format,
    length: PCAP_HEADER_LENGTH + magic.extra,
    littleEndian,
    nanosecondsPerUnit: magic.nanosecondsPerUnit,
    linkType: network & 0xffff,
    reservedBits: network & RESERVED_BITS,
    fcsLength: network & FCS_LENGTH_PRESENT ? (network >>> 28) * 2 : 0,
    snapLength: view.getUint32(at + 16, littleEndian),
    layouts: major === 2 && minor === 4 ? magic.layouts : [magic.layouts[0]!],
    lengthOrder: lengthOrder(major, minor),
  }
  const linkTypeAix = major === 2 && minor === 2 && magic.format === 'pcap' ? linkTypeOfAix(network) : null
  if (linkTypeAix === null) return header
  return { ...header, format: 'pcap-aix', linkType: linkTypeAix, nanosecondsPerUnit: 1 }
}

/** The "f" bit; the FCS length stands above it, in units of 16 bits. */
const FCS_LENGTH_PRESENT = 0x0400_0000
const RESERVED_BITS = 0x0bff_0000

function lengthOrder(major: number, minor: number): LengthOrder {
  if (major === 543 || (major === 2 && minor < 3)) return 'original-first'
  if (major === 2 && minor === 3) return 'smaller-is-captured'
  return 'captured-first'
}

function swap32(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}
