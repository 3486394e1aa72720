/**
 * The tap: which of the segments that pass its place it records, and the capture of many worlds at once.
 *
 * It writes its own packets, because the builder of test/support takes ten times as long as the rest of the model.
 */
import { ACK, type Copy, type Sent, SYN } from './segment.ts'
import type { TapSpec } from './spec.ts'

/** A packet of a capture. */
export interface Crossing {
  us: number
  sent: Sent
  copy: Copy
  /** Set when the capture is written. */
  frame: number
}

/** Packets of one connection in a capture of several. */
export interface Recording {
  crossings: readonly Crossing[]
  ports: readonly [number, number]
  /** Added to every time. */
  startUs: number
}

export const ADDRESSES = ['10.0.0.1', '10.0.0.2'] as const
/** 2026-01-01T00:00:00Z. */
export const EPOCH_SECONDS = 1_767_225_600

export function crossingsOf(sent: readonly Sent[], tap: TapSpec): Crossing[] {
  const passing: Crossing[] = []
  for (const segment of sent) {
    for (const copy of segment.copies) {
      if (copy.tapUs !== null) passing.push({ us: copy.tapUs, sent: segment, copy, frame: 0 })
    }
  }
  passing.sort((first, second) => first.us - second.us)
  const recorded: Crossing[] = []
  passing.forEach((crossing, at) => {
    const isBlind = tap.sees === (crossing.sent.from === 0 ? 'from 1' : 'from 0')
    if (isBlind || crossing.us < tap.fromMs * 1000 || tap.misses.includes(at)) return
    recorded.push(crossing)
    if (tap.twice.includes(at)) recorded.push({ ...crossing, us: secondTimeUs(crossing) })
  })
  return recorded.sort((first, second) => first.us - second.us)
}

/** A mirror port sees a packet go in and come out, both on its way to the receiver. */
function secondTimeUs({ us, copy }: Crossing): number {
  return copy.arrivesUs === null ? us + 3 : Math.min(us + 3, copy.arrivesUs)
}

const HEADERS = 14 + 20 + 20
/** In a SYN: MSS 1460, and nothing else, so that windows need no scaling. */
const MSS_OPTION = 0x020405b4

/** Big-endian, microseconds, version 2.4, snaplen 262144, Ethernet. */
const PCAP_HEADER = [0xa1b2c3d4, 0x00020004, 0, 0, 262_144, 1]

/** A pcap of all recordings, in order of time; numbers their frames. */
export function captureOf(recordings: readonly Recording[]): Uint8Array {
  const packets = recordings.flatMap((recording) => recording.crossings.map((crossing) => ({ recording, crossing })))
  packets.sort((first, second) => timeOf(first) - timeOf(second))
  const length = packets.reduce((sum, { crossing }) => sum + 16 + packetLength(crossing.sent), 24)
  const view = new DataView(new ArrayBuffer(length))
  for (const [at, word] of PCAP_HEADER.entries()) view.setUint32(4 * at, word)
  let offset = 24
  packets.forEach(({ recording, crossing }, at) => {
    crossing.frame = at + 1
    offset = writeRecord(view, offset, recording, crossing)
  })
  return new Uint8Array(view.buffer)
}

function timeOf({ recording, crossing }: { recording: Recording; crossing: Crossing }): number {
  return recording.startUs + crossing.us
}

function packetLength({ flags, payloadLength }: Sent): number {
  return HEADERS + (flags & SYN ? 4 : 0) + payloadLength
}

function writeRecord(view: DataView, offset: number, recording: Recording, crossing: Crossing): number {
  const { sent } = crossing
  const us = recording.startUs + crossing.us
  const length = packetLength(sent)
  view.setUint32(offset, EPOCH_SECONDS + Math.floor(us / 1e6))
  view.setUint32(offset + 4, us % 1e6)
  view.setUint32(offset + 8, length)
  view.setUint32(offset + 12, length)
  writeIp(view, offset + 16 + 14, sent, length - 14)
  writeTcp(view, offset + 16 + 34, sent, recording.ports, length - 34)
  view.setUint32(offset + 16, 0x02000000)
  view.setUint16(offset + 20, sent.from === 0 ? 2 : 1)
  view.setUint32(offset + 22, 0x02000000)
  view.setUint16(offset + 26, sent.from === 0 ? 1 : 2)
  view.setUint16(offset + 28, 0x0800)
  return offset + 16 + length
}

function writeIp(view: DataView, at: number, sent: Sent, length: number): void {
  view.setUint16(at, 0x4500)
  view.setUint16(at + 2, length)
  view.setUint16(at + 4, sent.ipId)
  view.setUint16(at + 6, 0x4000)
  view.setUint16(at + 8, 0x4006)
  view.setUint32(at + 12, 0x0a000001 + sent.from)
  view.setUint32(at + 16, 0x0a000002 - sent.from)
  view.setUint16(at + 10, checksum(view, at, 20, 0))
}

function writeTcp(view: DataView, at: number, sent: Sent, ports: readonly [number, number], length: number): void {
  const headerLength = sent.flags & SYN ? 24 : 20
  view.setUint16(at, ports[sent.from])
  view.setUint16(at + 2, ports[sent.from === 0 ? 1 : 0])
  view.setUint32(at + 4, sent.seq)
  view.setUint32(at + 8, sent.flags & ACK ? sent.ack : 0)
  view.setUint16(at + 12, (headerLength << 10) | sent.flags)
  view.setUint16(at + 14, sent.window)
  if (headerLength === 24) view.setUint32(at + 20, MSS_OPTION)
  // The payload is zeros, so the checksum ends with the header; the pseudo-header's addresses add up to this.
  view.setUint16(at + 16, checksum(view, at, headerLength, 2 * 0x0a00 + 3 + 6 + length))
}

/** RFC 1071, over an even number of bytes. */
function checksum(view: DataView, at: number, length: number, start: number): number {
  let sum = start
  for (let offset = 0; offset < length; offset += 2) sum += view.getUint16(at + offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
