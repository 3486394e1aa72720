/**
 * pcapng: sections, interfaces and packets. draft-ietf-opsawg-pcapng; block types and lengths in pcapng-blocks.ts.
 *
 * Where the draft leaves a choice, this does what Wireshark does, so that frame numbers are the same: whatever runs
 * over its block, a packet of an interface never described and lengths that disagree are damage; unknown blocks and
 * options are passed over.
 */
import { CaptureError } from './capture-error.ts'
import type { Container } from './container.ts'
import type { Delivery } from './delivery.ts'
import { maximumPacketLength } from './link-type.ts'
import {
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  isFrameWithoutPacket,
  isKnownWithoutPacket,
  MAXIMUM_BLOCK_LENGTH,
  minimumBlockLength,
  NAME_RESOLUTION,
  PACKET,
  SECTION_HEADER,
  SIMPLE_PACKET,
} from './pcapng-blocks.ts'
import { PcapngInterface } from './pcapng-interface.ts'
import { readNames } from './pcapng-names.ts'
import { ignoreOption, type OptionVisitor, readZeroTerminated, visitOptions } from './pcapng-options.ts'

const BLOCK_HEADER_LENGTH = 12
/** Bytes of an enhanced or an old packet block before its data, and before and after its data together. */
const PACKET_DATA = 28
const PACKET_OVERHEAD = 32
const SIMPLE_PACKET_DATA = 12
const SIMPLE_PACKET_OVERHEAD = 16

const OPT_COMMENT = 1
const IF_NAME = 2
const IF_TSRESOL = 9
const IF_FCSLEN = 13
const IF_TSOFFSET = 14
const ISB_IFDROP = 5
const ISB_OSDROP = 7

const RESOLUTION_MICROSECONDS = 6
const MAXIMUM_COMMENTS = 1_000
const MAXIMUM_UNKNOWN_TYPES_TOLD = 16

export class PcapngContainer implements Container {
  readonly format = 'pcapng'
  readonly recordName = 'a block'
  origin = 0
  needed = BLOCK_HEADER_LENGTH
  private littleEndian = true
  /** Of the current section; packets name them by index. */
  private interfaces: PcapngInterface[] = []
  private current: PcapngInterface | null = null
  private droppedInEarlierSections = 0
  private readonly unknownTypes = new Set<number>()
  private readonly delivery: Delivery

  constructor(delivery: Delivery) {
    this.delivery = delivery
  }

  feed(view: DataView, start: number, end: number): number {
    let at = start
    this.needed = BLOCK_HEADER_LENGTH
    while (end - at >= BLOCK_HEADER_LENGTH) {
      const type = view.getUint32(at, this.littleEndian)
      if (type === SECTION_HEADER) this.readByteOrder(view, at)
      const length = this.blockLength(view, at, type)
      // Before the data is there: what a packet claims must not make anybody wait for it.
      const isPacketBlock = type === ENHANCED_PACKET || type === PACKET
      const source = isPacketBlock && end - at >= PACKET_DATA ? this.checkPacket(view, at, type, length) : null
      if (length > end - at) {
        this.needed = length
        break
      }
      this.checkTrailer(view, at, length)
      if (source !== null) this.readPacket(view, at, length, source)
      else this.readBlock(view, at, type, length)
      at += length
    }
    return at
  }

  private readBlock(view: DataView, at: number, type: number, length: number): void {
    switch (type) {
      case SIMPLE_PACKET:
        this.readSimplePacket(view, at, length)
        break
      case SECTION_HEADER:
        this.readSection(view, at, length)
        break
      case INTERFACE_DESCRIPTION:
        this.readInterface(view, at, length)
        break
      case INTERFACE_STATISTICS:
        this.readStatistics(view, at, length)
        break
      case NAME_RESOLUTION:
        this.readNameResolution(view, at, length)
        break
      default:
        this.skipBlock(at, type)
    }
  }

  private readPacket(view: DataView, at: number, length: number, source: PcapngInterface): void {
    const little = this.littleEndian
    const capturedLength = view.getUint32(at + 20, little)
    const originalLength = view.getUint32(at + 24, little)
    const data = at + PACKET_DATA
    const options = data + ((capturedLength + 3) & ~3)
    if (options < at + length - 4) this.readOptions(view, options, at + length - 4, ignoreOption)
    this.setInterface(source)
    if (source.hasTime) {
      source.setTime(view.getUint32(at + 12, little), view.getUint32(at + 16, little))
      this.delivery.deliver(view, data, capturedLength, originalLength, source.seconds, source.nanoseconds)
    } else this.delivery.deliverUntimed(view, data, capturedLength, originalLength)
  }

  /** Checks what the first 28 bytes of a packet block say. Returns its interface. */
  private checkPacket(view: DataView, at: number, type: number, length: number): PcapngInterface {
    const little = this.littleEndian
    const id = type === PACKET ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little)
    const source = this.interfaces[id]
    if (source === undefined) {
      const described = `${this.interfaces.length} described before it in this section`
      throw this.error(
        'interface-unknown',
        at + 8,
        `expected a packet of one of the interfaces, ${described}; found ${id}`,
      )
    }
    const capturedLength = view.getUint32(at + 20, little)
    const maximum = Math.min(length - PACKET_OVERHEAD, maximumPacketLength(source.linkType))
    if (capturedLength > maximum) {
      throw this.error(
        'record-length',
        at + 20,
        `expected a packet of at most ${maximum} bytes, found ${capturedLength}`,
      )
    }
    return source
  }

  private readSimplePacket(view: DataView, at: number, length: number): void {
    const source = this.interfaces[0]
    if (source === undefined) {
      throw this.error(
        'interface-unknown',
        at,
        'expected an interface described before the first packet of the section',
      )
    }
    const originalLength = view.getUint32(at + 8, this.littleEndian)
    const isCut = source.snapLength !== 0 && source.snapLength < originalLength
    const capturedLength = isCut ? source.snapLength : originalLength
    const maximum = Math.min(length - SIMPLE_PACKET_OVERHEAD, maximumPacketLength(source.linkType))
    if (capturedLength > maximum) {
      throw this.error(
        'record-length',
        at + 8,
        `expected a packet of at most ${maximum} bytes, found ${capturedLength}`,
      )
    }
    this.setInterface(source)
    this.delivery.deliverUntimed(view, at + SIMPLE_PACKET_DATA, capturedLength, originalLength)
  }

  private setInterface(source: PcapngInterface): void {
    if (source === this.current) return
    this.current = source
    this.delivery.setInterface(source.id, source.linkType, source.fcsLength)
  }

  private readSection(view: DataView, at: number, length: number): void {
    const major = view.getUint16(at + 12, this.littleEndian)
    const minor = view.getUint16(at + 14, this.littleEndian)
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      throw this.error('section-version', at + 12, `expected a section of version 1.0, found version ${major}.${minor}`)
    }
    this.droppedInEarlierSections = this.delivery.info.dropped ?? 0
    this.interfaces = []
    this.readOptions(view, at + 24, at + length - 4, (code, offset, size) => {
      if (code === OPT_COMMENT) this.addComment(view, offset, size)
    })
  }

  private readInterface(view: DataView, at: number, length: number): void {
    const little = this.littleEndian
    const linkType = view.getUint16(at + 8, little)
    const snapLength = view.getUint32(at + 12, little)
    let name: string | null = null
    let resolution = RESOLUTION_MICROSECONDS
    let fcsLength = 0
    let offsetSeconds = 0
    this.readOptions(view, at + 16, at + length - 4, (code, offset, size) => {
      if (code === OPT_COMMENT) this.addComment(view, offset, size)
      else if (code === IF_NAME) name = readZeroTerminated(view, offset, size)
      else if (code === IF_TSRESOL && size === 1) resolution = view.getUint8(offset)
      else if (code === IF_FCSLEN && size === 1) fcsLength = view.getUint8(offset)
      else if (code === IF_TSOFFSET && size === 8) offsetSeconds = Number(view.getBigInt64(offset, little))
    })
    const id = this.delivery.info.interfaces.length
    const described = new PcapngInterface({ id, linkType, snapLength, fcsLength, resolution, offsetSeconds })
    this.interfaces.push(described)
    this.delivery.info.interfaces.push({ linkType, snapLength, name })
    if (!described.hasTime) {
      this.warn(
        'time-resolution',
        at,
        `interface ${id} counts time in units too fine for 64 bits: its times are unknown`,
      )
    }
  }

  private readStatistics(view: DataView, at: number, length: number): void {
    let dropped: number | null = null
    this.readOptions(view, at + 20, at + length - 4, (code, offset, size) => {
      if ((code !== ISB_IFDROP && code !== ISB_OSDROP) || size !== 8) return
      dropped = (dropped ?? 0) + Number(view.getBigUint64(offset, this.littleEndian))
    })
    const source = this.interfaces[view.getUint32(at + 8, this.littleEndian)]
    if (dropped === null || source === undefined) return
    source.dropped = dropped
    const sum = this.interfaces.reduce((total, each) => total + (each.dropped ?? 0), 0)
    this.delivery.info.dropped = this.droppedInEarlierSections + sum
  }

  private readNameResolution(view: DataView, at: number, length: number): void {
    const end = at + length - 4
    const names = readNames(view, at + 8, end, this.littleEndian, this.delivery.info, this.origin + at)
    if ('overrunAt' in names) {
      throw this.error(
        'name-record',
        names.overrunAt,
        'expected a name record within its block, found one that runs over',
      )
    }
    this.readOptions(view, names.optionsAt, end, ignoreOption)
  }

  private skipBlock(at: number, type: number): void {
    this.delivery.info.skippedBlocks++
    if (isFrameWithoutPacket(type)) this.delivery.skipFrame()
    const told = this.unknownTypes
    if (isKnownWithoutPacket(type) || told.has(type) || told.size === MAXIMUM_UNKNOWN_TYPES_TOLD) return
    told.add(type)
    const hex = `0x${type.toString(16).padStart(8, '0')}`
    this.warn('unknown-block', at, `passed over a block of the unknown type ${hex}, and all others of that type`)
  }

  private readOptions(view: DataView, start: number, end: number, visit: OptionVisitor): void {
    const overrun = visitOptions(view, start, end, this.littleEndian, visit)
    if (overrun !== null) {
      throw this.error('option-length', overrun, 'expected an option within its block, found one that runs over')
    }
  }

  private addComment(view: DataView, offset: number, size: number): void {
    const comments = this.delivery.info.comments
    if (comments.length < MAXIMUM_COMMENTS) comments.push(readZeroTerminated(view, offset, size))
  }

  /** A section header reads the same in both byte orders, and then says which one its length and all else is in. */
  private readByteOrder(view: DataView, at: number): void {
    const magic = view.getUint32(at + 8)
    if (magic === BYTE_ORDER_MAGIC) this.littleEndian = false
    else if (magic === BYTE_ORDER_MAGIC_SWAPPED) this.littleEndian = true
    else {
      const found = `found 0x${magic.toString(16).padStart(8, '0')}`
      throw this.error('byte-order', at + 8, `expected the byte-order magic 0x1a2b3c4d of a section header, ${found}`)
    }
  }

  /** Block Total Length. Some writers leave the padding out, so it is rounded up, as Wireshark does. */
  private blockLength(view: DataView, at: number, type: number): number {
    const claimed = view.getUint32(at + 4, this.littleEndian)
    const least = minimumBlockLength(type)
    if (claimed > MAXIMUM_BLOCK_LENGTH || claimed <= least - 4) {
      const range = `between ${least} and ${MAXIMUM_BLOCK_LENGTH}`
      throw this.error('block-length', at + 4, `expected the length of a block ${range}, found ${claimed}`)
    }
    return (claimed + 3) & ~3
  }

  private checkTrailer(view: DataView, at: number, length: number): void {
    const trailer = view.getUint32(at + length - 4, this.littleEndian)
    if (((trailer + 3) & ~3) === length) return
    const expected = `expected the length of the block, ${length}, once more at its end`
    throw this.error('block-length', at + length - 4, `${expected}, found ${trailer}`)
  }

  private warn(code: string, at: number, message: string): void {
    this.delivery.info.warnings.push({ code, offset: this.origin + at, message })
  }

  private error(code: string, at: number, message: string): CaptureError {
    return new CaptureError(code, this.origin + at, message)
  }
}

const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a
