/**
 * pcapng: sections, interfaces and packet blocks. draft-ietf-opsawg-pcapng.
 *
 * Where the draft leaves a choice, this does what Wireshark does, so that frame numbers are the same.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { maximumPacketLength } from './link-type.ts'
import { PcapngInterface, unitsPerSecond } from './pcapng-interface.ts'
import { visitOptions } from './pcapng-options.ts'

/** The first word of every pcapng capture, the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a

const INTERFACE_DESCRIPTION = 1
const PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6

/** Wireshark's bound on any block: the longest packet, and room for options. */
const MAXIMUM_BLOCK_LENGTH = 128 * 1024 * 1024 + 64 * 1024

const OPTION_IF_NAME = 2
const OPTION_IF_TSRESOL = 9
const OPTION_IF_FCSLEN = 13
const OPTION_IF_TSOFFSET = 14

export class PcapngContainer implements Container {
  readonly format = 'pcapng'
  origin = 0
  needed = 12
  private littleEndian = true
  private interfaces: PcapngInterface[] = []
  private readonly delivery: Delivery

  constructor(delivery: Delivery) {
    this.delivery = delivery
  }

  feed(view: DataView, start: number, end: number): number {
    let at = start
    this.needed = 12
    while (end - at >= 12) {
      let type = view.getUint32(at, this.littleEndian)
      if (type === SECTION_HEADER) this.readByteOrder(view, at)
      else type = view.getUint32(at, this.littleEndian)
      const length = this.blockLength(view, at, type)
      if (length > end - at) {
        this.needed = length
        break
      }
      this.readBlock(view, at, type, length)
      at += length
    }
    return at
  }

  finish(): void {}

  private readBlock(view: DataView, at: number, type: number, length: number): void {
    switch (type) {
      case ENHANCED_PACKET:
        this.readPacket(view, at, at + 28, view.getUint32(at + 8, this.littleEndian), length - 32)
        break
      case PACKET:
        this.readPacket(view, at, at + 28, view.getUint16(at + 8, this.littleEndian), length - 32)
        break
      case SIMPLE_PACKET:
        this.readSimplePacket(view, at, length)
        break
      case SECTION_HEADER:
        this.interfaces = []
        break
      case INTERFACE_DESCRIPTION:
        this.readInterface(view, at, length)
        break
    }
  }

  private readPacket(view: DataView, at: number, data: number, interfaceId: number, room: number): void {
    const little = this.littleEndian
    const source = this.interfaces[interfaceId]
    if (source === undefined)
      throw this.error(
        'interface',
        at + 8,
        `expected one of ${this.interfaces.length} interfaces, found ${interfaceId}`,
      )
    const capturedLength = view.getUint32(at + 20, little)
    if (capturedLength > room) {
      throw this.error('record-length', at + 20, `expected at most ${room} bytes of packet, found ${capturedLength}`)
    }
    source.setTime(view.getUint32(at + 12, little), view.getUint32(at + 16, little))
    const delivery = this.delivery
    delivery.setInterface(source.id, source.linkType, source.fcsLength)
    delivery.deliver(view, data, capturedLength, view.getUint32(at + 24, little), source.seconds, source.nanoseconds)
  }

  private readSimplePacket(view: DataView, at: number, length: number): void {
    const source = this.interfaces[0]
    if (source === undefined) throw this.error('interface', at, 'expected an interface before the first packet')
    const originalLength = view.getUint32(at + 8, this.littleEndian)
    const limit = source.snapLength === 0 ? originalLength : Math.min(originalLength, source.snapLength)
    this.delivery.setInterface(source.id, source.linkType, source.fcsLength)
    this.delivery.deliverUntimed(view, at + 12, Math.min(limit, length - 16), originalLength)
  }

  private readInterface(view: DataView, at: number, length: number): void {
    const little = this.littleEndian
    const linkType = view.getUint16(at + 8, little)
    const snapLength = view.getUint32(at + 12, little)
    let name: string | null = null
    let resolution = 6
    let fcsLength = 0
    let offsetSeconds = 0
    visitOptions(view, at + 16, at + length - 4, little, (code, value, size) => {
      if (code === OPTION_IF_NAME) {
        name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + value, size))
      } else if (code === OPTION_IF_TSRESOL && size >= 1) resolution = view.getUint8(value)
      else if (code === OPTION_IF_FCSLEN && size >= 1) fcsLength = view.getUint8(value)
      else if (code === OPTION_IF_TSOFFSET && size >= 8) offsetSeconds = Number(view.getBigInt64(value, little))
    })
    const units = unitsPerSecond(resolution)
    if (units === null)
      throw this.error('interface', at, `expected a time resolution that fits 64 bits, found ${resolution}`)
    const interfaces = this.delivery.info.interfaces
    this.interfaces.push(
      new PcapngInterface({
        id: interfaces.length,
        linkType,
        snapLength,
        fcsLength,
        maximumLength: maximumPacketLength(linkType),
        units,
        offsetSeconds,
      }),
    )
    interfaces.push({ linkType, snapLength, name })
  }

  private readByteOrder(view: DataView, at: number): void {
    const magic = view.getUint32(at + 8)
    if (magic === 0x1a2b3c4d) this.littleEndian = false
    else if (magic === 0x4d3c2b1a) this.littleEndian = true
    else throw this.error('byte-order', at + 8, 'expected the byte-order magic of a section header')
  }

  private blockLength(view: DataView, at: number, type: number): number {
    const length = (view.getUint32(at + 4, this.littleEndian) + 3) & ~3
    const least = type === SECTION_HEADER ? 28 : type === ENHANCED_PACKET || type === PACKET ? 32 : 12
    if (length < least || length > MAXIMUM_BLOCK_LENGTH) {
      throw this.error('block-length', at + 4, `expected a block of ${least} bytes or more, found one of ${length}`)
    }
    return length
  }

  private error(code: string, at: number, message: string): CaptureError {
    return new CaptureError(code, this.origin + at, message)
  }
}
