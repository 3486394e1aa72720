/**
 * How the records of a classic capture are laid out, where the magic number does not say.
 *
 * In 1999 some Linux distributions and Nokia's IPSO wrote further fields between the record header and the data, and
 * kept the magic number. Wireshark looks at the first records and so do we. It can be wrong about a capture with
 * fewer than two records, and about a damaged one: the usual layout wins unless another one fits without any oddity.
 */
import { maximumPacketLength } from './link-type.ts'
import type { PcapHeader } from './pcap-header.ts'

/** A layout by what stands before the data of a record. */
export interface Layout {
  /** As `CaptureInfo.format`; null for the one that the header names. */
  format: string | null
  /** Bytes between the start of a record and its data, the 16 of every layout included. */
  recordHeaderLength: number
  /** Whether ifIndex (32 bits), protocol (16 bits) and packet type (8 bits) follow the lengths. */
  hasLinuxFields: boolean
}

export const LAYOUT_STANDARD: Layout = { format: null, recordHeaderLength: 16, hasLinuxFields: false }
/** Red Hat 6.1, with the magic number of the standard layout. */
export const LAYOUT_REDHAT: Layout = { format: 'pcap-redhat', recordHeaderLength: 24, hasLinuxFields: true }
export const LAYOUT_NOKIA: Layout = { format: 'pcap-nokia', recordHeaderLength: 20, hasLinuxFields: false }
/** Alexey Kuznetzov's libpcap, with a magic number of its own. */
export const LAYOUT_MODIFIED: Layout = { format: 'pcap-modified', recordHeaderLength: 24, hasLinuxFields: true }
/** SuSE 6.3, with that same magic number. */
export const LAYOUT_SUSE: Layout = { format: 'pcap-suse', recordHeaderLength: 28, hasLinuxFields: true }

/** Records looked at. Two find the step from one to the next; the third catches a first one that fits by chance. */
const RECORDS_TO_TRY = 3
/** Longest original length that is not odd: D-Bus' largest message. */
const MAXIMUM_ORIGINAL_LENGTH = 128 * 1024 * 1024

export type LayoutChoice = { layout: Layout } | { needed: number }

/**
 * Finds the layout of the records that start at `start`. Until `isEnd` says that nothing follows `end`, it may ask
 * for more: `needed` bytes from `start`, at most three records of the greatest length.
 */
export function chooseLayout(
  view: DataView,
  start: number,
  end: number,
  header: PcapHeader,
  isEnd: boolean,
): LayoutChoice {
  const usual = header.layouts[0]!
  if (header.layouts.length === 1) return { layout: usual }
  for (const layout of header.layouts) {
    const verdict = tryLayout(view, start, end, header, layout, isEnd)
    if (verdict === FITS) return { layout }
    if (verdict !== ODD && !isEnd) return { needed: verdict - start }
  }
  return { layout: usual }
}

const FITS = -1
const ODD = -2

/** `FITS`, `ODD`, or the position up to which bytes are missing to tell. */
function tryLayout(
  view: DataView,
  start: number,
  end: number,
  header: PcapHeader,
  layout: Layout,
  isEnd: boolean,
): number {
  let at = start
  for (let record = 0; record < RECORDS_TO_TRY; record++) {
    if (at === end && isEnd) break
    const data = at + layout.recordHeaderLength
    if (data > end) return data
    if (isOddRecord(view, at, header)) return ODD
    if (layout.hasLinuxFields && hasOddLinuxFields(view, at, header.littleEndian)) return ODD
    at = data + view.getUint32(at + 8, header.littleEndian)
    if (at > end) return at
  }
  return FITS
}

function isOddRecord(view: DataView, at: number, header: PcapHeader): boolean {
  const little = header.littleEndian
  const captured = view.getUint32(at + 8, little)
  const original = view.getUint32(at + 12, little)
  return (
    view.getUint32(at + 4, little) >= 1_000_000 ||
    captured > maximumPacketLength(header.linkType) ||
    (header.snapLength !== 0 && captured > header.snapLength) ||
    captured > original ||
    original > MAXIMUM_ORIGINAL_LENGTH
  )
}

function hasOddLinuxFields(view: DataView, at: number, little: boolean): boolean {
  const interfaceIndex = view.getUint32(at + 16, little)
  const protocol = view.getUint16(at + 20, little)
  const packetType = view.getUint8(at + 22)
  return interfaceIndex > 10_000 || !isLinuxProtocol(protocol) || packetType > PACKET_OUTGOING
}

/** The last of linux/if_packet.h's types in 1999. */
const PACKET_OUTGOING = 4

/** An EtherType, or one of linux/if_ether.h's numbers below them. */
function isLinuxProtocol(protocol: number): boolean {
  return protocol >= 0x600 || protocol <= 0x17 || protocol === 0x60 || protocol === 0x200 || protocol === 0x400
}
