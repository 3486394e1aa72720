/**
 * Writes TCP segments into a pcap or pcapng file, fast and with little memory: a capture of ten million packets takes
 * seconds. Lengths and checksums are right.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Dice } from './dice.ts'

export const CONTAINERS = ['pcap', 'pcapng'] as const
export type ContainerName = (typeof CONTAINERS)[number]

export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const PSH = 0x08
export const ACK = 0x10

/** Where a segment comes from and goes to; IPv4 addresses are the last word of four. */
export interface End {
  isIpv6: boolean
  address: number
  port: number
}

export interface SegmentFields {
  source: End
  destination: End
  flags: number
  seq: number
  ack: number
  payloadLength: number
  /** Values of the timestamps option (RFC 7323). */
  tsVal: number
  tsEcr: number
  /** Counts the packets of its sender on this connection, as Linux does. */
  ipId: number
}

const BUFFER_LENGTH = 1 << 20
const LARGEST_PACKET = 2048
const ETHERNET = 14
const WINDOW = 502
/** 2001:db8::, to which the address word is added. */
const IPV6_PREFIX = [0x20010db8, 0, 0]
/** 2023-11-14T22:13:20Z */
const START_SECONDS = 1_700_000_000
const POOL_LENGTH = 1 << 20

export class CaptureWriter {
  packets = 0
  bytes = 0
  private readonly descriptor: number
  private readonly isPcapng: boolean
  private readonly buffer: Buffer = Buffer.alloc(BUFFER_LENGTH)
  private readonly view: DataView = new DataView(this.buffer.buffer, this.buffer.byteOffset, BUFFER_LENGTH)
  private readonly pool: Buffer
  /** Sums of the 16-bit words of the pool before each of them. */
  private readonly sums: Float64Array
  private at = 0
  private microseconds = 0

  constructor(path: string, container: ContainerName, dice: Dice) {
    this.descriptor = openSync(path, 'w')
    this.isPcapng = container === 'pcapng'
    this.pool = payloadPool(dice)
    this.sums = new Float64Array(POOL_LENGTH / 2 + 1)
    for (let i = 0; i < POOL_LENGTH / 2; i++) this.sums[i + 1] = this.sums[i]! + this.pool.readUInt16BE(2 * i)
    if (this.isPcapng) this.beginPcapng()
    else this.words(0xa1b2c3d4, 0x00040002, 0, 0, 262_144, 1)
  }

  /** Section header and one Ethernet interface, microseconds. */
  private beginPcapng(): void {
    this.words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28)
    this.words(1, 20, 1, 262_144, 20)
  }

  private words(...values: number[]): void {
    for (const value of values) {
      this.view.setUint32(this.at, value >>> 0, true)
      this.at += 4
    }
  }

  /** One packet, `microseconds` after the one before. */
  segment(fields: SegmentFields, microseconds: number, dice: Dice): void {
    if (this.at + LARGEST_PACKET > BUFFER_LENGTH) this.flush()
    this.microseconds += microseconds
    const { source, flags, payloadLength } = fields
    const headers = ETHERNET + (source.isIpv6 ? 40 : 20) + 20 + optionsLength(flags)
    const length = headers + payloadLength
    this.packets++
    if (this.isPcapng) this.enhancedPacket(fields, length, dice)
    else {
      this.words(START_SECONDS + Math.floor(this.microseconds / 1e6), this.microseconds % 1e6, length, length)
      this.packet(fields, dice)
    }
  }

  private enhancedPacket(fields: SegmentFields, length: number, dice: Dice): void {
    const time = START_SECONDS * 1e6 + this.microseconds
    const padding = -length & 3
    this.words(6, 32 + length + padding, 0, Math.floor(time / 0x1_0000_0000), time % 0x1_0000_0000, length, length)
    this.packet(fields, dice)
    for (let i = 0; i < padding; i++) this.buffer[this.at++] = 0
    this.words(32 + length + padding)
  }

  private packet(fields: SegmentFields, dice: Dice): void {
    const { buffer, view } = this
    const { source, destination, flags, payloadLength } = fields
    const tcpLength = 20 + optionsLength(flags) + payloadLength
    buffer.fill(2, this.at, this.at + 12)
    view.setUint16(this.at + 12, source.isIpv6 ? 0x86dd : 0x0800)
    this.at += ETHERNET
    const ip = this.at
    if (source.isIpv6) this.ipv6(source, destination, tcpLength)
    else this.ipv4(fields, tcpLength)
    const tcp = this.at
    view.setUint16(tcp, source.port)
    view.setUint16(tcp + 2, destination.port)
    view.setUint32(tcp + 4, fields.seq >>> 0)
    view.setUint32(tcp + 8, flags & ACK ? fields.ack >>> 0 : 0)
    view.setUint8(tcp + 12, ((20 + optionsLength(flags)) / 4) << 4)
    view.setUint8(tcp + 13, flags)
    view.setUint16(tcp + 14, flags & SYN ? 64_240 : WINDOW)
    view.setUint32(tcp + 16, 0)
    this.at += 20
    this.options(fields)
    const sum = this.payload(payloadLength, dice)
    const addresses = source.isIpv6 ? this.sum(ip + 8, tcp) : this.sum(ip + 12, tcp)
    view.setUint16(tcp + 16, ~folded(addresses + 6 + tcpLength + this.sum(tcp, this.at - payloadLength) + sum))
  }

  private ipv4({ source, destination, ipId }: SegmentFields, tcpLength: number): void {
    const { view, at } = this
    view.setUint32(at, 0x45000000 + 20 + tcpLength)
    view.setUint32(at + 4, ipId * 0x10000 + 0x4000)
    view.setUint32(at + 8, 0x40060000)
    view.setUint32(at + 12, source.address)
    view.setUint32(at + 16, destination.address)
    view.setUint16(at + 10, ~folded(this.sum(at, at + 20)))
    this.at += 20
  }

  private ipv6(source: End, destination: End, tcpLength: number): void {
    const { view } = this
    view.setUint32(this.at, 0x60000000)
    view.setUint32(this.at + 4, tcpLength * 0x10000 + 0x0640)
    this.at += 8
    for (const { address } of [source, destination]) {
      for (const word of [...IPV6_PREFIX, address]) {
        view.setUint32(this.at, word)
        this.at += 4
      }
    }
  }

  /** As Linux sends them: MSS, SACK permitted, timestamps, window scale 7 in a SYN; timestamps elsewhere. */
  private options({ flags, tsVal, tsEcr }: SegmentFields): void {
    const { view } = this
    if (flags & SYN) {
      view.setUint32(this.at, 0x020405b4)
      view.setUint32(this.at + 4, 0x0402080a)
      view.setUint32(this.at + 16, 0x01030307)
      this.at += 8
    } else {
      view.setUint32(this.at, 0x0101080a)
      this.at += 4
    }
    view.setUint32(this.at, tsVal >>> 0)
    view.setUint32(this.at + 4, tsEcr >>> 0)
    this.at += flags & SYN ? 12 : 8
  }

  /** Bytes from somewhere in the pool; returns the sum of their 16-bit words. */
  private payload(length: number, dice: Dice): number {
    if (length === 0) return 0
    const from = 2 * dice.below((POOL_LENGTH - length) >> 1)
    this.pool.copy(this.buffer, this.at, from, from + length)
    this.at += length
    const whole = from / 2 + (length >> 1)
    return this.sums[whole]! - this.sums[from / 2]! + (length & 1 ? this.pool[from + length - 1]! << 8 : 0)
  }

  private sum(from: number, to: number): number {
    let sum = 0
    for (let at = from; at < to; at += 2) sum += this.view.getUint16(at)
    return sum
  }

  private flush(): void {
    writeSync(this.descriptor, this.buffer, 0, this.at)
    this.bytes += this.at
    this.at = 0
  }

  close(): void {
    this.flush()
    closeSync(this.descriptor)
  }
}

function optionsLength(flags: number): number {
  return flags & SYN ? 20 : 12
}

function folded(value: number): number {
  let sum = value
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return sum
}

/** Half of it as text, half as random as what is encrypted: gzip makes about 0.7 of it. */
function payloadPool(dice: Dice): Buffer {
  const pool = Buffer.alloc(POOL_LENGTH)
  for (let at = 0; at < POOL_LENGTH; at++) {
    const isText = (at >> 12) & 1
    pool[at] = isText ? 0x61 + dice.below(16) : dice.below(256)
  }
  return pool
}
