/**
 * Captures of Microsoft's Network Monitor, versions 1 and 2 ("NMCAP file format"). Everything is little-endian.
 *
 * A table at the end says where each frame is. Frames are written one after the other behind the header, so they are read
 * as they come, without the table: a stream is as good as a file. What follows the frames (the table, comments,
 * processes) is passed over. The header has the time on the clock of the machine, in a time zone that it does not tell;
 * UTC is assumed; version 2.3 tells the time in UTC.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { linkTypeOfNetmon, maximumPacketLength } from './link-type.ts'

/** `RTSS` and `GMBU`. */
const MAGIC_1 = 0x52545353
const MAGIC_2 = 0x474d4255

export const NETMON_HEADER_LENGTH = 128
/** Where the header says what follows the frames begins: table, user data, comments, processes, networks. */
const SECTION_OFFSETS = [24, 32, 40, 48, 56]
/** Bytes behind a frame by minor version of 2.x: link type; from 2.2 on process; from 2.3 on time and zone. */
const UTC_TRAILER = 15
const TRAILERS = [0, 2, 6, UTC_TRAILER]
/** Where the time is in the trailer, and what it counts. */
const UTC_OFFSET = 6
const UNITS_PER_SECOND = 10_000_000n
const SECONDS_TO_1970 = 11_644_473_600

/** Whether the 4 bytes at `at` start a NetMon capture. */
export function isNetmon(view: DataView, at: number): boolean {
  const magic = view.getUint32(at)
  return magic === MAGIC_1 || magic === MAGIC_2
}

export class NetmonContainer implements Container {
  readonly format: 'netmon1' | 'netmon2'
  readonly recordName = 'a frame'
  origin = 0
  needed: number
  private readonly recordHeader: 8 | 16
  private readonly trailer: number
  /** Offset in the capture of the first byte behind the frames. */
  private readonly framesEnd: number
  /** Seconds since 1970, and milliseconds within. */
  private readonly startSeconds: number
  private readonly startMilliseconds: number
  private readonly delivery: Delivery
  /** By network number: index of the interface. */
  private readonly interfaces: Map<number, number> = new Map()

  /** `at`: position of the file header, all of which is there. */
  constructor(view: DataView, at: number, delivery: Delivery) {
    this.delivery = delivery
    const isFirst = view.getUint32(at) === MAGIC_1
    this.format = isFirst ? 'netmon1' : 'netmon2'
    this.recordHeader = isFirst ? 8 : 16
    this.needed = this.recordHeader
    this.trailer = isFirst ? 0 : TRAILERS[Math.min(view.getUint8(at + 4), TRAILERS.length - 1)]!
    const sections = SECTION_OFFSETS.map((offset) => view.getUint32(at + offset, true))
    this.framesEnd = Math.min(...sections.filter((offset) => offset >= NETMON_HEADER_LENGTH))
    const time = (index: number): number => view.getUint16(at + 8 + 2 * index, true)
    // A year that no clock shows is none: year, month, day of the week, day, hour, minute, second, millisecond.
    const isDate = time(0) >= 1970 && time(0) < 10_000 && time(1) <= 12 && time(3) <= 31
    this.startSeconds = isDate ? Date.UTC(time(0), time(1) - 1, time(3), time(4), time(5), time(6)) / 1000 : 0
    this.startMilliseconds = time(7) % 1000
    this.setNetwork(view.getUint16(at + 6, true))
  }

  feed(view: DataView, start: number, end: number): number {
    let at = start
    this.needed = this.recordHeader
    for (;;) {
      if (this.origin + at >= this.framesEnd) return end
      if (end - at < this.recordHeader) return at
      const isLong = this.recordHeader === 16
      const captured = isLong ? view.getUint32(at + 12, true) : view.getUint16(at + 6, true)
      const length = this.recordHeader + captured + this.trailer
      this.checkLength(at, captured, length)
      if (length > end - at) {
        this.needed = length
        return at
      }
      if (this.trailer > 0) this.setNetwork(view.getUint16(at + this.recordHeader + captured, true))
      const original = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 4, true)
      this.deliver(view, at, captured, original, isLong)
      at += length
    }
  }

  /** Frames have the time since the start of the capture: microseconds, in version 1 milliseconds. 2.3 adds the date. */
  private deliver(view: DataView, at: number, captured: number, original: number, isLong: boolean): void {
    if (this.trailer >= UTC_TRAILER) {
      this.deliverDated(view, at + this.recordHeader, captured, original)
      return
    }
    const low = view.getUint32(at, true)
    const microseconds = isLong ? view.getUint32(at + 4, true) * 2 ** 32 + low : low * 1000
    const since = microseconds + this.startMilliseconds * 1000
    const seconds = Math.floor(since / 1e6)
    const data = at + this.recordHeader
    this.delivery.deliver(view, data, captured, original, this.startSeconds + seconds, (since - seconds * 1e6) * 1000)
  }

  /** With the time of its trailer: units of 100 ns since 1601, in UTC. */
  private deliverDated(view: DataView, data: number, captured: number, original: number): void {
    const units = view.getBigUint64(data + captured + UTC_OFFSET, true)
    const seconds = Number(units / UNITS_PER_SECOND) - SECONDS_TO_1970
    this.delivery.deliver(view, data, captured, original, seconds, Number(units % UNITS_PER_SECOND) * 100)
  }

  private setNetwork(network: number): void {
    const { info } = this.delivery
    const linkType = linkTypeOfNetmon(network)
    const known = this.interfaces.get(linkType)
    if (known === undefined) info.interfaces.push({ linkType, snapLength: 0, name: null })
    const id = known ?? info.interfaces.length - 1
    this.interfaces.set(linkType, id)
    this.delivery.setInterface(id, linkType, 0)
  }

  private checkLength(at: number, captured: number, length: number): void {
    const room = Math.max(0, this.framesEnd - this.origin - at - (length - captured))
    const most = Math.min(room, maximumPacketLength(0))
    if (captured <= most) return
    const message = `expected a frame of at most ${most} bytes, found one that claims ${captured}`
    throw new CaptureError('record-length', this.origin + at + this.recordHeader - 4, message)
  }
}
