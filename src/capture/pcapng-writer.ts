/**
 * Packets → blocks of a pcapng section, with nanoseconds. Blocks come out whole, one call for each: what has been
 * written is a valid capture at every moment.
 *
 * draft-ietf-opsawg-pcapng. Next: pcapng-blocks.ts.
 */
import type { Packet } from './packet.ts'
import { ENHANCED_PACKET, INTERFACE_DESCRIPTION, INTERFACE_STATISTICS, SECTION_HEADER } from './pcapng-blocks.ts'

/** Options of the blocks that are written. */
const SHB_USERAPPL = 4
const IF_NAME = 2
const IF_TSRESOL = 9
const IF_FILTER = 11
const ISB_IFDROP = 5
/** 10^-9 seconds. */
const NANOSECONDS = 9
/** The filter is a text for libpcap. */
const FILTER_IS_TEXT = 0

interface BlockOption {
  code: number
  value: Uint8Array
}

const padded = (length: number): number => (length + 3) & ~3

/** `program`: what the section says it was written by. */
export function sectionHeader(program: string): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x1a2b3c4d, true)
  view.setUint16(4, 1, true)
  // Length of the section: not known.
  view.setInt32(8, -1, true)
  view.setInt32(12, -1, true)
  return block(SECTION_HEADER, body, [{ code: SHB_USERAPPL, value: encode(program) }])
}

export interface InterfaceToWrite {
  linkType: number
  /** 0: unlimited. */
  snaplen: number
  name: string
  /** Empty: none. */
  filter: string
}

export function interfaceDescription({ linkType, snaplen, name, filter }: InterfaceToWrite): Uint8Array {
  const body = new Uint8Array(8)
  const view = new DataView(body.buffer)
  view.setUint16(0, linkType, true)
  view.setUint32(4, snaplen, true)
  const options = [
    { code: IF_NAME, value: encode(name) },
    { code: IF_TSRESOL, value: Uint8Array.of(NANOSECONDS) },
  ]
  if (filter !== '') options.push({ code: IF_FILTER, value: Uint8Array.of(FILTER_IS_TEXT, ...encode(filter)) })
  return block(INTERFACE_DESCRIPTION, body, options)
}

/** `baseSeconds`: what `timeNs` counts from. */
export function interfaceStatistics(id: number, baseSeconds: number, timeNs: number, dropped: number): Uint8Array {
  const body = new Uint8Array(12)
  const view = new DataView(body.buffer)
  view.setUint32(0, id, true)
  setTime(view, 4, baseSeconds, timeNs)
  const value = new Uint8Array(8)
  new DataView(value.buffer).setUint32(0, dropped, true)
  return block(INTERFACE_STATISTICS, body, [{ code: ISB_IFDROP, value }])
}

/** Length of the block that `writePacket` makes of it. */
export function packetBlockLength({ capturedLength }: Packet): number {
  return 32 + padded(capturedLength)
}

/** Writes one packet of interface `id` at `at`; `packetBlockLength` bytes must be there. */
export function writePacket(into: Uint8Array, at: number, packet: Packet, id: number, baseSeconds: number): void {
  const { view: source, offset, capturedLength } = packet
  const length = packetBlockLength(packet)
  const view = new DataView(into.buffer, into.byteOffset + at, length)
  view.setUint32(0, ENHANCED_PACKET, true)
  view.setUint32(4, length, true)
  view.setUint32(8, id, true)
  setTime(view, 12, baseSeconds, packet.timeNs)
  view.setUint32(20, capturedLength, true)
  view.setUint32(24, packet.originalLength, true)
  into.set(new Uint8Array(source.buffer, source.byteOffset + offset, capturedLength), at + 28)
  into.fill(0, at + 28 + capturedLength, at + length - 4)
  view.setUint32(length - 4, length, true)
}

/** Nanoseconds since 1970 as two halves, high first: 61 bits, so the seconds are multiplied in halves of 16 bits. */
function setTime(view: DataView, at: number, baseSeconds: number, timeNs: number): void {
  const whole = Math.floor(timeNs / 1e9)
  const seconds = baseSeconds + whole
  const upper = Math.floor(seconds / 0x1_0000) * 1e9
  const lower = (upper % 0x1_0000) * 0x1_0000 + (seconds % 0x1_0000) * 1e9 + Math.round(timeNs - whole * 1e9)
  view.setUint32(at, Math.floor(upper / 0x1_0000) + Math.floor(lower / 0x1_0000_0000), true)
  view.setUint32(at + 4, lower % 0x1_0000_0000, true)
}

function block(type: number, body: Uint8Array, options: readonly BlockOption[]): Uint8Array {
  const optionsLength = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4)
  const bytes = new Uint8Array(12 + body.length + optionsLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, bytes.length, true)
  bytes.set(body, 8)
  let at = 8 + body.length
  for (const { code, value } of options) {
    view.setUint16(at, code, true)
    view.setUint16(at + 2, value.length, true)
    bytes.set(value, at + 4)
    at += 4 + padded(value.length)
  }
  view.setUint32(bytes.length - 4, bytes.length, true)
  return bytes
}

/** What does not fit an option is cut. */
function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, 0xfff0)
}
