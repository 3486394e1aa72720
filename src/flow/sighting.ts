/**
 * One segment off the fast path: the decoder's numbers together with the options and what else only slow segments pay
 * for. One is reused for each packet; `copy` makes one that lasts.
 */
import type { ChecksumState } from '../bytes/checksum.ts'
import type { Packet } from '../capture/packet.ts'
import { FLAG_FIN, FLAG_RST, FLAG_SYN, Segment } from '../decode/segment.ts'
import { parseTcpOptions, TcpOptions } from '../decode/tcp-options.ts'
import { distance } from '../tcp/seq.ts'
import { frameId } from './frames.ts'

export class Sighting {
  segment: Segment = new Segment()
  readonly options: TcpOptions = new TcpOptions()
  timeNs: number = Number.NaN
  /** Of the run, see frames.ts. */
  frame = 0
  fileIndex = 0
  /** The first SACK block repeats acknowledged data (RFC 2883 §4). */
  hasDsack = false
  /** null while nobody has asked for it. */
  checksum: ChecksumState | null = null
  isCorrupt = false
  /** Wireshark's stream of the segment, and what that stream had shown with it. */
  stream = 0
  completeness = 0
  /** Where streams.ts keeps that stream. */
  streamEntry = 0

  /** Reads what the fast path left out. `segment` is the decoder's and stays its own. */
  read(segment: Segment, packet: Packet): void {
    this.segment = segment
    this.timeNs = packet.timeNs
    this.frame = frameId(packet.frame, packet.fileIndex)
    this.fileIndex = packet.fileIndex
    this.checksum = null
    this.isCorrupt = false
    parseTcpOptions(segment, this.options)
    this.hasDsack = this.options.sackBlocks > 0 && distance(this.options.sackEnd, segment.ack) <= 0
  }

  /** Sequence number after the segment: SYN and FIN count one each. */
  get end(): number {
    const { seq, payloadLength, flags } = this.segment
    return (seq + payloadLength + (flags & FLAG_SYN ? 1 : 0) + (flags & FLAG_FIN ? 1 : 0)) | 0
  }

  get isControl(): boolean {
    return (this.segment.flags & (FLAG_SYN | FLAG_FIN | FLAG_RST)) !== 0
  }

  /** Everything but the bytes, which do not outlive the packet. */
  copy(): Sighting {
    const segment = Object.assign(new Segment(), this.segment, { view: new DataView(new ArrayBuffer(0)) })
    const options = Object.assign(new TcpOptions(), this.options)
    return Object.assign(new Sighting(), this, { segment, options })
  }
}
