/**
 * The last step of every container: fills the one `Packet` of a capture, counts it, and hands it on.
 *
 * Read packet.ts first. This runs once a packet: no object, no closure, no BigInt here.
 */
import type { CaptureInfo } from './info.ts'
import { Packet, type PacketSink, type TimeBase } from './packet.ts'

export class Delivery {
  readonly info: CaptureInfo
  readonly packet: Packet = new Packet()
  private readonly sink: PacketSink
  private readonly timeBase: TimeBase
  private frame = 0
  private packets = 0
  private bytes = 0
  // Doubles from the start, see `Packet.timeNs`: a difference to one is reckoned as a double from the first packet on.
  private baseSeconds: number = Number.NaN
  private firstNs: number = Number.NaN
  private timeNs: number = Number.NaN

  constructor(sink: PacketSink, timeBase: TimeBase, fileIndex: number, info: CaptureInfo) {
    this.sink = sink
    this.timeBase = timeBase
    this.info = info
    this.packet.fileIndex = fileIndex
    this.timeNs = 0
  }

  /** Says whose packets follow: number in `info.interfaces`, LINKTYPE_*, FCS bytes at the end of each frame. */
  setInterface(interfaceId: number, linkType: number, fcsLength: number): void {
    const packet = this.packet
    packet.interfaceId = interfaceId
    packet.linkType = linkType
    packet.fcsLength = fcsLength
  }

  /** Hands over the packet at `[offset, offset + capturedLength)` of `view`, taken at `seconds` + `nanoseconds`. */
  deliver(
    view: DataView,
    offset: number,
    capturedLength: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (Number.isNaN(this.baseSeconds)) this.baseSeconds = this.timeBase.seconds ??= seconds
    this.timeNs = (seconds - this.baseSeconds) * 1e9 + nanoseconds
    this.deliverUntimed(view, offset, capturedLength, originalLength)
  }

  /** A packet without a time of its own (pcapng SPB): takes that of the packet before, 0 when there is none. */
  deliverUntimed(view: DataView, offset: number, capturedLength: number, originalLength: number): void {
    const packet = this.packet
    packet.view = view
    packet.offset = offset
    packet.capturedLength = capturedLength
    packet.originalLength = originalLength
    packet.timeNs = this.timeNs
    packet.frame = ++this.frame
    this.bytes += capturedLength
    if (this.packets++ === 0) this.firstNs = this.timeNs
    this.sink.packet(packet)
  }

  /** Counts a record that Wireshark numbers as a frame and that holds no packet (journal entries, system calls). */
  skipFrame(): void {
    this.frame++
  }

  /** Brings `info` up to date. Once for many packets: in fields that may be null, every time would be an object. */
  settle(): void {
    const { info, packets } = this
    if (packets === info.packets) return
    info.packets = packets
    info.bytes = this.bytes
    info.firstTimeNs = this.firstNs
    info.lastTimeNs = this.timeNs
  }
}
