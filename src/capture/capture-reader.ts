/**
 * A capture as a push parser: bytes in, packets out, in any pieces. Finds out which container the bytes are.
 *
 * No I/O: source/ feeds it from files and streams, `readCaptureBytes` from memory. Next: container.ts, pcap.ts,
 * pcapng.ts, snoop.ts, netmon.ts.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import { Delivery } from './delivery.ts'
import { type CaptureInfo, CUT_SHORT, emptyCaptureInfo } from './info.ts'
import { LIKENESS_LENGTH, looksLike } from './looks-like.ts'
import { isNetmon, NETMON_HEADER_LENGTH, NetmonContainer } from './netmon.ts'
import type { PacketSink, TimeBase } from './packet.ts'
import { PcapContainer } from './pcap.ts'
import { isPcapMagic, PCAP_HEADER_LENGTH, readPcapHeader } from './pcap-header.ts'
import { chooseLayout, LAYOUT_STANDARD, type LayoutChoice } from './pcap-layout.ts'
import { PcapngContainer } from './pcapng.ts'
import { SECTION_HEADER } from './pcapng-blocks.ts'
import { isSnoop, SNOOP_HEADER_LENGTH, SnoopContainer } from './snoop.ts'

export interface CaptureReaderOptions {
  /** For `Packet.fileIndex`. */
  fileIndex: number
  /**
   * Set when packets must come out as they arrive: a classic capture is then taken at its magic number, without a
   * look at its first three records (pcap-layout.ts). Wireshark does the same on pipes.
   */
  isLive?: boolean
  /** What the bytes were unpacked from, for the error that says they are no capture: `a gzip`. */
  unpackedFrom?: string
}

const MAGIC_LENGTH = 8

/** Whether a file that starts with these 8 bytes says that it is a capture. */
export function isCaptureMagic(head: Uint8Array): boolean {
  if (head.length < MAGIC_LENGTH) return false
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  return view.getUint32(0) === SECTION_HEADER || isPcapMagic(view.getUint32(0)) || isSnoop(view, 0) || isNetmon(view, 0)
}

export class CaptureReader {
  readonly info: CaptureInfo = emptyCaptureInfo()
  /**
   * Bytes that the next `feed` should present together to get further. A hint: it comes from a length field, so grow a
   * buffer only as far as bytes really arrive.
   */
  needed: number = MAGIC_LENGTH
  private readonly options: CaptureReaderOptions
  private readonly delivery: Delivery
  private container: Container | null = null
  /** Offset in the capture of the first byte not used yet. */
  private offset = 0

  constructor(sink: PacketSink, timeBase: TimeBase, options: CaptureReaderOptions) {
    this.options = options
    this.delivery = new Delivery(sink, timeBase, options.fileIndex, this.info)
  }

  /**
   * Takes every whole record of `[start, end)` of `view` and hands its packet to the sink. Returns where the bytes not
   * used begin; they must stand in front of the next ones. Throws `CaptureError` at damage, when everything before it
   * has been handed over.
   */
  feed(view: DataView, start: number, end: number): number {
    let at = start
    if (this.container === null) {
      at = this.open(view, start, end, false)
      if (this.container === null) return start
    }
    return this.feedContainer(this.container, view, start, at, end)
  }

  /**
   * End of input; `[start, end)` is what `feed` did not use. Sets `info.cutShort`, and warns, when that is the
   * beginning of a record. Throws `CaptureError` when no capture ever began.
   */
  finish(view: DataView, start: number, end: number): void {
    let at = start
    if (this.container === null) {
      at = this.open(view, start, end, true)
      if (this.container !== null) at = this.feedContainer(this.container, view, start, at, end)
    }
    if (at < end) this.cutShort(this.container === null ? 'its header' : this.container.recordName)
  }

  /** Notes that the input ended in the middle of `what`. */
  private cutShort(what: string): void {
    this.info.cutShort = true
    this.info.warnings.push({ code: CUT_SHORT, offset: this.offset, message: `ends in the middle of ${what}` })
  }

  /** Notes that what the capture was unpacked from ended too early. Once is enough: after `finish`. */
  endsEarly(): void {
    if (!this.info.cutShort) this.cutShort('its compressed data')
  }

  private feedContainer(container: Container, view: DataView, start: number, at: number, end: number): number {
    container.origin = this.offset - start
    try {
      const used = container.feed(view, at, end)
      this.offset += used - start
      this.needed = container.needed
      return used
    } finally {
      this.delivery.settle()
    }
  }

  /** Sets `container` and returns where its records start; leaves it null when more bytes are needed to tell. */
  private open(view: DataView, start: number, end: number, isEnd: boolean): number {
    const length = end - start
    if (length < MAGIC_LENGTH && !isEnd) return start
    const magic = length >= 4 ? view.getUint32(start) : 0
    if (magic === SECTION_HEADER) return this.begin(new PcapngContainer(this.delivery), start)
    if (isPcapMagic(magic)) return this.openPcap(view, start, end, isEnd)
    if (length >= MAGIC_LENGTH && isSnoop(view, start)) return this.openSnoop(view, start, end)
    if (length >= MAGIC_LENGTH && isNetmon(view, start)) return this.openNetmon(view, start, end)
    this.needed = LIKENESS_LENGTH
    if (length < LIKENESS_LENGTH && !isEnd) return start
    throw this.notACapture(new Uint8Array(view.buffer, view.byteOffset + start, Math.min(length, LIKENESS_LENGTH)))
  }

  private openPcap(view: DataView, start: number, end: number, isEnd: boolean): number {
    this.info.format = 'pcap'
    this.needed = PCAP_HEADER_LENGTH
    if (end - start < this.needed) return start
    const header = readPcapHeader(view, start)
    this.needed = header.length
    if (end - start < this.needed) return start
    const records = start + header.length
    const takesUsual = this.options.isLive === true && header.layouts[0] === LAYOUT_STANDARD
    const choice: LayoutChoice = takesUsual
      ? { layout: LAYOUT_STANDARD }
      : chooseLayout(view, records, end, header, isEnd)
    if ('layout' in choice) return this.begin(new PcapContainer(header, choice.layout, this.delivery), records)
    this.needed = header.length + choice.needed
    return start
  }

  private openSnoop(view: DataView, start: number, end: number): number {
    this.info.format = 'snoop'
    this.needed = SNOOP_HEADER_LENGTH
    if (end - start < this.needed) return start
    return this.begin(new SnoopContainer(view, start, this.delivery), start + SNOOP_HEADER_LENGTH)
  }

  private openNetmon(view: DataView, start: number, end: number): number {
    this.info.format = 'netmon'
    this.needed = NETMON_HEADER_LENGTH
    if (end - start < this.needed) return start
    return this.begin(new NetmonContainer(view, start, this.delivery), start + NETMON_HEADER_LENGTH)
  }

  private begin(container: Container, at: number): number {
    this.container = container
    this.info.format = container.format
    return at
  }

  private notACapture(bytes: Uint8Array): CaptureError {
    const likeness = looksLike(bytes)
    const from = this.options.unpackedFrom
    const name = from === undefined ? likeness.name : `${from} of ${likeness.name}`
    const advice = likeness.advice === null ? '' : `; ${likeness.advice}`
    const code = bytes.length === 0 ? 'empty' : 'not-a-capture'
    return new CaptureError(code, 0, `expected a pcap, pcapng, snoop or NetMon capture, found ${name}${advice}`)
  }
}
