/**
 * What is known of a capture as a whole: the `captures[]` entry of the report.
 */

/** Something about a capture that a reader should know, and that did not stop the reading. */
export interface CaptureWarning {
  /** Kebab-case, stable. */
  code: string
  /** Byte offset in the uncompressed capture. */
  offset: number
  message: string
}

/** Code of the warning that goes with `CaptureInfo.cutShort`. */
export const CUT_SHORT = 'cut-short'

/** An interface as the capture describes it. Texts come from the capture: escape before printing. */
export interface CaptureInterface {
  linkType: number
  /** Captured bytes at most; 0 when unlimited or unknown. */
  snapLength: number
  name: string | null
}

/** A name that the capture gives to an address (pcapng NRB). Comes from the capture: escape before printing. */
export interface CaptureName {
  /** 4 bytes (IPv4) or 16 (IPv6), network byte order. */
  address: Uint8Array
  name: string
}

export interface CaptureInfo {
  /** `pcap`, `pcap-ns`, `pcapng`, `snoop`, …: what the magic number, and for old writers the records, said. */
  format: string
  interfaces: CaptureInterface[]
  packets: number
  /** Captured bytes, link-layer headers included. */
  bytes: number
  /** `TimeBase` nanoseconds of the first and the last packet; null when there is none. */
  firstTimeNs: number | null
  lastTimeNs: number | null
  /** Packets that the capture says were dropped (pcapng ISB, snoop); null when it does not say. */
  dropped: number | null
  /** Whether the capture ends in the middle of a record. */
  cutShort: boolean
  warnings: CaptureWarning[]
  /** At most 65,536; a warning tells when there were more. */
  names: CaptureName[]
  /** Comments of sections and interfaces, raw (pcapng opt_comment). At most 1,000. */
  comments: string[]
  /** Blocks passed over because they hold nothing for this program: secrets, custom blocks, unknown types. */
  skippedBlocks: number
}

/** What is known of a capture before its first byte. */
export function emptyCaptureInfo(): CaptureInfo {
  return {
    format: 'unknown',
    interfaces: [],
    packets: 0,
    bytes: 0,
    firstTimeNs: null,
    lastTimeNs: null,
    dropped: null,
    cutShort: false,
    warnings: [],
    names: [],
    comments: [],
    skippedBlocks: 0,
  }
}
