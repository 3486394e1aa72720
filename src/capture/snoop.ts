/**
 * Snoop, the capture format of Solaris: RFC 1761. Everything is big-endian.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { linkTypeOfSnoop, maximumPacketLength } from './link-type.ts'

/** `snoop` and three zeros, as two words. */
const SNOOP_MAGIC_HIGH = 0x736e6f6f
const SNOOP_MAGIC_LOW = 0x70000000

export const SNOOP_HEADER_LENGTH = 16
const RECORD_HEADER_LENGTH = 24
/** What stands behind a packet is padding: a record much longer than its packet is damage. */
const MAXIMUM_PADDING = 4096

/** Whether the 8 bytes at `at` start a snoop capture. */
export function isSnoop(view: DataView, at: number): boolean {
  return view.getUint32(at) === SNOOP_MAGIC_HIGH && view.getUint32(at + 4) === SNOOP_MAGIC_LOW
}

export class SnoopContainer implements Container {
  readonly format = 'snoop'
  readonly recordName = 'a packet'
  origin = 0
  needed = RECORD_HEADER_LENGTH
  private readonly maximumLength: number
  private readonly delivery: Delivery

  /** `at`: position of the file header. Throws `CaptureError` for a version that is not RFC 1761's. */
  constructor(view: DataView, at: number, delivery: Delivery) {
    const version = view.getUint32(at + 8)
    if (version !== 2) {
      throw new CaptureError('snoop-version', 8, `expected a snoop capture of version 2, found version ${version}`)
    }
    const linkType = linkTypeOfSnoop(view.getUint32(at + 12))
    this.maximumLength = maximumPacketLength(linkType)
    this.delivery = delivery
    delivery.info.interfaces.push({ linkType, snapLength: 0, name: null })
    delivery.setInterface(0, linkType, 0)
  }

  feed(view: DataView, start: number, end: number): number {
    const delivery = this.delivery
    let at = start
    this.needed = RECORD_HEADER_LENGTH
    while (end - at >= RECORD_HEADER_LENGTH) {
      const original = view.getUint32(at)
      const captured = view.getUint32(at + 4)
      const record = view.getUint32(at + 8)
      this.checkLengths(at, captured, record)
      if (record > end - at) {
        this.needed = record
        break
      }
      delivery.info.dropped = view.getUint32(at + 12)
      const nanoseconds = view.getUint32(at + 20) * 1000
      delivery.deliver(view, at + RECORD_HEADER_LENGTH, captured, original, view.getUint32(at + 16), nanoseconds)
      at += record
    }
    return at
  }

  private checkLengths(at: number, captured: number, record: number): void {
    const least = captured + RECORD_HEADER_LENGTH
    if (captured > this.maximumLength) {
      const found = `found a record that claims ${captured}`
      throw this.error(at + 4, `expected a packet of at most ${this.maximumLength} bytes, ${found}`)
    }
    if (record < least || record > least + MAXIMUM_PADDING) {
      const found = `found one of ${record}`
      throw this.error(
        at + 8,
        `expected a record of ${least} bytes and padding for ${captured} bytes of packet, ${found}`,
      )
    }
  }

  private error(at: number, message: string): CaptureError {
    return new CaptureError('record-length', this.origin + at, message)
  }
}
