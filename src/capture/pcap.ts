/**
 * Classic pcap records: draft-ietf-opsawg-pcap, and the older writers that Wireshark knows by their record layout.
 *
 * pcap-header.ts decides which layout a file has; this walks its records and knows no heuristics.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { maximumPacketLength } from './link-type.ts'
import type { PcapHeader } from './pcap-header.ts'

export class PcapContainer implements Container {
  readonly format: string
  origin = 0
  needed: number
  private readonly littleEndian: boolean
  private readonly recordHeaderLength: number
  private readonly nanosecondsPerUnit: number
  private readonly maximumLength: number
  private readonly delivery: Delivery

  constructor(header: PcapHeader, delivery: Delivery) {
    this.format = header.format
    this.littleEndian = header.littleEndian
    this.recordHeaderLength = header.recordHeaderLength
    this.nanosecondsPerUnit = header.nanosecondsPerUnit
    this.maximumLength = maximumPacketLength(header.linkType)
    this.needed = header.recordHeaderLength
    this.delivery = delivery
    delivery.info.interfaces.push({ linkType: header.linkType, snapLength: header.snapLength, name: null })
    delivery.setInterface(0, header.linkType, header.fcsLength)
  }

  feed(view: DataView, start: number, end: number): number {
    const little = this.littleEndian
    const headerLength = this.recordHeaderLength
    const unit = this.nanosecondsPerUnit
    const maximum = this.maximumLength
    const delivery = this.delivery
    let at = start
    this.needed = headerLength
    while (end - at >= headerLength) {
      const capturedLength = view.getUint32(at + 8, little)
      if (capturedLength > maximum) throw this.tooLong(at, capturedLength)
      const data = at + headerLength
      if (capturedLength > end - data) {
        this.needed = headerLength + capturedLength
        break
      }
      const originalLength = view.getUint32(at + 12, little)
      const nanoseconds = view.getUint32(at + 4, little) * unit
      delivery.deliver(view, data, capturedLength, originalLength, view.getUint32(at, little), nanoseconds)
      at = data + capturedLength
    }
    return at
  }

  finish(): void {}

  private tooLong(at: number, capturedLength: number): CaptureError {
    const offset = this.origin + at
    return new CaptureError(
      'record-length',
      offset,
      `expected a packet record of at most ${this.maximumLength} bytes, found one of ${capturedLength} bytes`,
    )
  }
}
