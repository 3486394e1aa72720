/**
 * Packets in memory, to be analyzed again: a ladder diagram wants the segments of one connection, which is known only
 * when all of them are judged.
 */
import { Packet, type PacketSink } from '../capture/packet.ts'

export class PacketMemory implements PacketSink {
  readonly #packets: Packet[] = []
  readonly #next: PacketSink

  /** @param next - takes the packets, too, as they come */
  constructor(next: PacketSink) {
    this.#next = next
  }

  packet(packet: Packet): void {
    const copy = Object.assign(new Packet(), packet)
    const { view, offset, capturedLength } = packet
    copy.view = new DataView(view.buffer.slice(view.byteOffset + offset, view.byteOffset + offset + capturedLength))
    copy.offset = 0
    this.#packets.push(copy)
    this.#next.packet(packet)
  }

  replay(sink: PacketSink): void {
    for (const packet of this.#packets) sink.packet(packet)
  }
}
