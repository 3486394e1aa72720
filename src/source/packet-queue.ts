/**
 * Packets of one capture that wait until those of others are before them: copied out of the reader's buffer, into
 * arrays that are filled again and again.
 */
import type { Packet } from '../capture/packet.ts'

/** Numbers kept of a packet besides its bytes. */
const FIELDS = 8
const TIME = 0
const OFFSET = 1
const CAPTURED_LENGTH = 2
const ORIGINAL_LENGTH = 3
const FRAME = 4
const LINK_TYPE = 5
const FCS_LENGTH = 6
const INTERFACE_ID = 7

export class PacketQueue {
  private fields: Float64Array = new Float64Array(FIELDS * 64)
  private bytes: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(this.bytes.buffer)
  private used = 0
  private first = 0
  private end = 0

  get isEmpty(): boolean {
    return this.first === this.end
  }

  /** Time of the packet in front; there must be one. */
  get headNs(): number {
    return this.fields[this.first + TIME]!
  }

  push(packet: Packet): void {
    if (this.isEmpty) {
      this.first = 0
      this.end = 0
      this.used = 0
    }
    const { fields, end } = this.withRoom(packet.capturedLength)
    fields[end + TIME] = packet.timeNs
    fields[end + OFFSET] = this.used
    fields[end + CAPTURED_LENGTH] = packet.capturedLength
    fields[end + ORIGINAL_LENGTH] = packet.originalLength
    fields[end + FRAME] = packet.frame
    fields[end + LINK_TYPE] = packet.linkType
    fields[end + FCS_LENGTH] = packet.fcsLength
    fields[end + INTERFACE_ID] = packet.interfaceId
    const { buffer, byteOffset } = packet.view
    this.bytes.set(new Uint8Array(buffer, byteOffset + packet.offset, packet.capturedLength), this.used)
    this.used += packet.capturedLength
    this.end += FIELDS
  }

  /** Takes the packet in front out, into `packet`; its bytes are there until the next `push`. */
  shift(packet: Packet): void {
    const { fields, first } = this
    packet.view = this.view
    packet.timeNs = fields[first + TIME]!
    packet.offset = fields[first + OFFSET]!
    packet.capturedLength = fields[first + CAPTURED_LENGTH]!
    packet.originalLength = fields[first + ORIGINAL_LENGTH]!
    packet.frame = fields[first + FRAME]!
    packet.linkType = fields[first + LINK_TYPE]!
    packet.fcsLength = fields[first + FCS_LENGTH]!
    packet.interfaceId = fields[first + INTERFACE_ID]!
    this.first += FIELDS
  }

  private withRoom(length: number): this {
    if (this.end === this.fields.length) {
      const fields = new Float64Array(this.fields.length * 2)
      fields.set(this.fields)
      this.fields = fields
    }
    if (this.used + length > this.bytes.length) {
      const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.used + length))
      bytes.set(this.bytes)
      this.bytes = bytes
      this.view = new DataView(bytes.buffer)
    }
    return this
  }
}
