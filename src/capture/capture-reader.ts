/**
 * A capture as a push parser: bytes in, packets out, in any pieces. Finds out which container the bytes are.
 *
 * No I/O: `source/` feeds it from files and streams, `readCaptureBytes` from memory. Next: container.ts, pcap.ts,
 * pcapng.ts.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import { Delivery } from './delivery.ts'
import type { CaptureInfo } from './info.ts'
import type { PacketSink, TimeBase } from './packet.ts'
import { PcapContainer } from './pcap.ts'
import { isPcapMagic, PCAP_HEADER_LENGTH, readPcapHeader } from './pcap-header.ts'
import { PcapngContainer, SECTION_HEADER } from './pcapng.ts'

export class CaptureReader {
  readonly info: CaptureInfo = {
    format: 'unknown',
    interfaces: [],
    packets: 0,
    bytes: 0,
    firstTimeNs: null,
    lastTimeNs: null,
    dropped: null,
    cutShort: false,
    warnings: [],
  }
  /** Bytes that the next `feed` should present together to get further; a hint, bounded by what makes sense. */
  needed: number = PCAP_HEADER_LENGTH
  private readonly delivery: Delivery
  private container: Container | null = null
  private offset = 0

  constructor(sink: PacketSink, timeBase: TimeBase, fileIndex: number) {
    this.delivery = new Delivery(sink, timeBase, fileIndex, this.info)
  }

  /**
   * Takes every whole record of `[start, end)` of `view` and hands its packet to the sink. Returns where the bytes not
   * used begin; they must stand in front of the next ones. Throws `CaptureError` at damage.
   */
  feed(view: DataView, start: number, end: number): number {
    let at = start
    if (this.container === null) {
      if (end - start < PCAP_HEADER_LENGTH) return start
      at = this.open(view, start)
    }
    const container = this.container!
    container.origin = this.offset - start
    at = container.feed(view, at, end)
    this.offset += at - start
    this.needed = container.needed
    return at
  }

  /** End of input; `[start, end)` is what `feed` did not use. */
  finish(_view: DataView, start: number, end: number): void {
    if (this.container === null) throw new CaptureError('not-a-capture', 0, 'not a capture')
    this.container.finish()
    this.info.cutShort = end > start
  }

  private open(view: DataView, start: number): number {
    const magic = view.getUint32(start)
    if (isPcapMagic(magic)) {
      const header = readPcapHeader(view, start)
      this.container = new PcapContainer(header, this.delivery)
      this.info.format = header.format
      return start + header.length
    }
    if (magic !== SECTION_HEADER) throw new CaptureError('not-a-capture', 0, 'not a capture')
    this.container = new PcapngContainer(this.delivery)
    this.info.format = 'pcapng'
    return start
  }
}
