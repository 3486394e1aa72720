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

/** An interface as the capture describes it. Names come from the capture: escape before printing. */
export interface CaptureInterface {
  linkType: number
  /** Captured bytes at most; 0 when unlimited or unknown. */
  snapLength: number
  name: string | null
}

export interface CaptureInfo {
  /** `pcap`, `pcap-ns`, `pcapng`, …: what the magic number said. */
  format: string
  interfaces: CaptureInterface[]
  packets: number
  /** Captured bytes, link-layer headers included. */
  bytes: number
  /** `TimeBase` nanoseconds of the first and the last packet; null when there is none. */
  firstTimeNs: number | null
  lastTimeNs: number | null
  /** Packets that the capture says were dropped (pcapng ISB); null when it does not say. */
  dropped: number | null
  /** Whether the capture ends in the middle of a record. */
  cutShort: boolean
  warnings: CaptureWarning[]
}
