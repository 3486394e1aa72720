/**
 * The records of a classic capture. Read pcap-header.ts and pcap-layout.ts first: they say how these are laid out.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { maximumPacketLength } from './link-type.ts'
import type { PcapHeader } from './pcap-header.ts'
import type { Layout } from './pcap-layout.ts'

/** Where the link type stands in the file header. */
const LINK_TYPE_OFFSET = 20

export class PcapContainer implements Container {
  readonly format: string
  readonly recordName = 'a packet'
  origin = 0
  needed: number
  private readonly littleEndian: boolean
  private readonly headerLength: number
  /** Where the two lengths stand in a record. */
  private readonly capturedAt: number
  private readonly originalAt: number
  private readonly swapsLengths: boolean
  private readonly nanosecondsPerUnit: number
  private readonly maximumLength: number
  private readonly delivery: Delivery

  constructor(header: PcapHeader, layout: Layout, delivery: Delivery) {
    this.format = layout.format ?? header.format
    this.littleEndian = header.littleEndian
    this.headerLength = layout.recordHeaderLength
    this.needed = layout.recordHeaderLength
    this.capturedAt = header.lengthOrder === 'original-first' ? 12 : 8
    this.originalAt = header.lengthOrder === 'original-first' ? 8 : 12
    this.swapsLengths = header.lengthOrder === 'smaller-is-captured'
    this.nanosecondsPerUnit = header.nanosecondsPerUnit
    this.maximumLength = maximumPacketLength(header.linkType)
    this.delivery = delivery
    delivery.info.interfaces.push({ linkType: header.linkType, snapLength: header.snapLength, name: null })
    delivery.setInterface(0, header.linkType, header.fcsLength)
    if (header.reservedBits !== 0) {
      const message = `the link type has bits set that mean nothing: it is read as ${header.linkType}`
      delivery.info.warnings.push({ code: 'link-type', offset: LINK_TYPE_OFFSET, message })
    }
  }

  feed(view: DataView, start: number, end: number): number {
    const little = this.littleEndian
    const headerLength = this.headerLength
    const unit = this.nanosecondsPerUnit
    const delivery = this.delivery
    let at = start
    this.needed = headerLength
    while (end - at >= headerLength) {
      let captured = view.getUint32(at + this.capturedAt, little)
      let original = view.getUint32(at + this.originalAt, little)
      if (this.swapsLengths && captured > original) {
        const larger = captured
        captured = original
        original = larger
      }
      if (captured > this.maximumLength) throw this.tooLong(at, captured)
      const data = at + headerLength
      if (captured > end - data) {
        this.needed = headerLength + captured
        break
      }
      const nanoseconds = view.getUint32(at + 4, little) * unit
      delivery.deliver(view, data, captured, original, view.getUint32(at, little), nanoseconds)
      at = data + captured
    }
    return at
  }

  private tooLong(at: number, captured: number): CaptureError {
    return new CaptureError(
      'record-length',
      this.origin + at,
      `expected a packet of at most ${this.maximumLength} bytes, found a record that claims ${captured}`,
    )
  }
}
