/**
 * From a ladder to a capture: Ethernet, IPv4, TCP, as a tap at some place between A and B would have recorded it.
 *
 * The tap sees a segment that is lost: what the network drops, it drops behind the tap, unless the ladder says
 * `{uncaptured}`.
 */
import { pcap } from './build-capture.ts'
import { bytes, type TcpPacketFields, tcpPacket, u16, u32 } from './build-packet.ts'
import { LATENCY_SECONDS, type Ladder, type LadderSegment, type Passage } from './ladder.ts'

export interface LadderTap {
  /** 0 at A's host, 1 at B's. Default 0.5. */
  position?: number
  /** Default `A`: 10.0.0.1 port 40000, `B`: 10.0.0.2 port 80. */
  portA?: number
  portB?: number
  /** Seconds after the last packet for a packet of somebody else, so that the capture's clock goes on. */
  idleSeconds?: number
}

export interface LadderCapture {
  bytes: Uint8Array
  /** Frame numbers of each passage, in order; empty when the tap did not see it. */
  frames: Map<Passage, number[]>
  /** The passage of each frame; `passages[frame - 1]`. */
  passages: (Passage | null)[]
}

/** 2026-01-01T00:00:00Z, the start of every ladder. */
const LADDER_EPOCH_SECONDS = 1_767_225_600

export function captureOf(ladder: Ladder, tap: LadderTap = {}): LadderCapture {
  const crossings: { seconds: number; data: Uint8Array; passage: Passage | null }[] = []
  const ids = new Map<Passage, number>()
  for (const passage of ladder.passages) {
    ids.set(passage, ids.size + 1)
    const data = tcpPacket(packetFields(passage.segment, tap, ids.get(passage)!))
    for (const seconds of crossingsOf(passage, tap.position ?? 0.5)) crossings.push({ seconds, data, passage })
  }
  crossings.sort((first, second) => first.seconds - second.seconds)
  if (tap.idleSeconds !== undefined) {
    const data = tcpPacket({
      source: '10.0.9.9',
      destination: '10.0.9.8',
      sourcePort: 9,
      destinationPort: 9,
      flags: 'S',
    })
    crossings.push({ seconds: crossings.at(-1)!.seconds + tap.idleSeconds, data, passage: null })
  }
  const frames = new Map<Passage, number[]>(ladder.passages.map((passage) => [passage, []]))
  crossings.forEach(({ passage }, at) => {
    if (passage) frames.get(passage)!.push(at + 1)
  })
  const packets = crossings.map(({ seconds, data }) => ({ ...timeOf(seconds), data }))
  return { bytes: pcap(packets, { nanoseconds: true }), frames, passages: crossings.map(({ passage }) => passage) }
}

function timeOf(seconds: number): { seconds: number; nanoseconds: number } {
  // Microseconds, so that sums of decimal fractions do not show their last bits.
  const microseconds = Math.round(seconds * 1e6)
  const whole = Math.floor(microseconds / 1e6)
  return { seconds: LADDER_EPOCH_SECONDS + whole, nanoseconds: (microseconds - whole * 1e6) * 1000 }
}

/** When the tap sees a passage, in seconds since the start of the ladder. */
function crossingsOf(passage: Passage, position: number): number[] {
  if (passage.tapSeconds !== null) return passage.tapSeconds
  const fraction = passage.segment.from === 'A' ? position : 1 - position
  // A copy that nobody sent on this ladder comes out of the network at its middle.
  if (passage.departsSeconds === null && fraction < 0.5) return []
  const departs = passage.departsSeconds ?? passage.arrivesSeconds! - LATENCY_SECONDS
  const arrives = passage.arrivesSeconds ?? departs + LATENCY_SECONDS
  const seconds = departs + fraction * (arrives - departs)
  return passage.isTwice ? [seconds, seconds + 0.00001] : [seconds]
}

function packetFields(segment: LadderSegment, tap: LadderTap, id: number): TcpPacketFields {
  const isFromA = segment.from === 'A'
  const [portA, portB] = [tap.portA ?? 40000, tap.portB ?? 80]
  return {
    source: isFromA ? '10.0.0.1' : '10.0.0.2',
    destination: isFromA ? '10.0.0.2' : '10.0.0.1',
    sourcePort: isFromA ? portA : portB,
    destinationPort: isFromA ? portB : portA,
    id,
    ttl: Number(segment.options.get('TTL') ?? 64),
    seq: segment.seq,
    ack: segment.ack ?? 0,
    flags: flagLetters(segment),
    window: Number(segment.options.get('WND') ?? 65535),
    ...dataOffset(segment.options),
    options: optionBytes(segment.options),
    payload: new Uint8Array(segment.dataLength).fill(0x2e),
  }
}

/** A data offset that the ladder asks for, in words, be it wrong. */
function dataOffset(options: LadderSegment['options']): { dataOffset?: number } {
  const words = options.get('DOFF')
  return words === undefined ? {} : { dataOffset: Number(words) }
}

/** `SYN,ACK` → `SA`. The figures leave PSH out; so does this. */
function flagLetters(segment: LadderSegment): string {
  const letters = segment.ctl.split(',').map((name) => name.slice(0, 1))
  return letters.join('')
}

function optionBytes(options: LadderSegment['options']): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [name, value] of options) {
    if (name === 'MSS') parts.push(bytes(2, 4, u16(Number(value))))
    else if (name === 'WSCALE') parts.push(bytes(1, 3, 3, Number(value)))
    else if (name === 'SACK') parts.push(bytes(1, 1, 4, 2))
    else if (name === 'TS') parts.push(bytes(1, 1, 8, 10, ...value.split(',').map((part) => u32(Number(part)))))
    else if (name === 'TFO') parts.push(bytes(34, 2 + Number(value), new Uint8Array(Number(value)).fill(0xc0)))
    else if (!['WND', 'TTL', 'DOFF'].includes(name)) throw new Error(`not an option of a ladder: ${name}`)
  }
  return bytes(...parts)
}
