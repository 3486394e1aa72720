/**
 * Everything that a reader hands over, copied out of the one `Packet`, with times as absolute nanoseconds.
 */
import { CaptureError } from '../../src/capture/capture-error.ts'
import { CaptureReader, type CaptureReaderOptions } from '../../src/capture/capture-reader.ts'
import type { CaptureInfo } from '../../src/capture/info.ts'
import { type Packet, type PacketSink, TimeBase } from '../../src/capture/packet.ts'

export interface CollectedPacket {
  frame: number
  /** Nanoseconds since 1970; null while the capture has told no time. */
  time: bigint | null
  originalLength: number
  linkType: number
  fcsLength: number
  interfaceId: number
  fileIndex: number
  /** In hexadecimal. */
  data: string
}

export class PacketCollector implements PacketSink {
  readonly packets: CollectedPacket[] = []
  readonly timeBase: TimeBase

  constructor(timeBase: TimeBase = new TimeBase()) {
    this.timeBase = timeBase
  }

  packet(packet: Packet): void {
    const base = this.timeBase.seconds
    const { view, offset, capturedLength } = packet
    this.packets.push({
      frame: packet.frame,
      time: base === null ? null : BigInt(base) * 1_000_000_000n + BigInt(packet.timeNs),
      originalLength: packet.originalLength,
      linkType: packet.linkType,
      fcsLength: packet.fcsLength,
      interfaceId: packet.interfaceId,
      fileIndex: packet.fileIndex,
      data: Buffer.from(view.buffer, view.byteOffset + offset, capturedLength).toString('hex'),
    })
  }
}

export interface Collected {
  packets: CollectedPacket[]
  info: CaptureInfo
  error: CaptureError | null
}

/** Reads a capture fed in pieces of `pieceLength` bytes, what is not used standing in front of the next piece. */
export function collectInPieces(
  bytes: Uint8Array,
  pieceLength: number,
  options: CaptureReaderOptions = { fileIndex: 0 },
): Collected {
  const collector = new PacketCollector()
  const reader = new CaptureReader(collector, collector.timeBase, options)
  let waiting = new Uint8Array(0)
  const present = (piece: Uint8Array) => {
    // At an odd place of a larger buffer, so that nothing may take positions of the view for offsets in the capture.
    const buffer = new Uint8Array(5 + waiting.length + piece.length + 3).fill(0xee)
    buffer.set(waiting, 5)
    buffer.set(piece, 5 + waiting.length)
    return { view: new DataView(buffer.buffer, 2), start: 3, end: 3 + waiting.length + piece.length }
  }
  try {
    for (let at = 0; at < bytes.length; at += pieceLength) {
      const { view, start, end } = present(bytes.subarray(at, at + pieceLength))
      const used = reader.feed(view, start, end)
      waiting = new Uint8Array(view.buffer.slice(view.byteOffset + used, view.byteOffset + end))
    }
    const { view, start, end } = present(new Uint8Array(0))
    reader.finish(view, start, end)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { packets: collector.packets, info: reader.info, error }
  }
  return { packets: collector.packets, info: reader.info, error: null }
}

/** Reads a capture fed whole. */
export function collect(bytes: Uint8Array, options?: CaptureReaderOptions): Collected {
  return collectInPieces(bytes, Math.max(1, bytes.length), options)
}
