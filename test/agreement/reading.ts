/**
 * What is read of one capture, by whoever reads it: finwait, an installed tshark, or a record that tshark made once.
 * Comparing two of these is compare.ts; docs/agreement.md says what each difference means.
 */
import type { Anomaly as AnyAnomaly } from '../../src/flow/rare.ts'

/** Those that Wireshark tells as well. */
export type Anomaly = Exclude<AnyAnomaly, 'duplicate'>

/** In pairs, the sender of the stream's first segment comes first. */
export interface StreamReading {
  /** `10.0.0.1:80`, `[2001:db8::1]:80`. */
  ends: [string, string]
  segments: [number, number]
  /** Payload bytes, those sent again counted again. */
  bytes: [number, number]
  completeness: number
}

export interface SegmentReading {
  stream: number
  /** 0 when the sender of the stream's first segment sent it. */
  direction: 0 | 1
  /** Letters of Wireshark's order, `SA` and so on. */
  flags: string
  payloadLength: number
}

/** Frames of each kind of anomaly. */
export type Anomalies = Record<Anomaly, Set<number>>

export interface Reading {
  packets: number
  /** Frames with a TCP header in them, broken ones too: they have a stream. */
  tcpSegments: number
  /** By `tcp.stream`. */
  streams: StreamReading[]
  /** By frame; a record knows those that open and close a stream. */
  segments: Map<number, SegmentReading>
  anomalies: Anomalies
}

export function emptyReading(): Reading {
  const anomalies = {
    retransmission: new Set<number>(),
    'out-of-order': new Set<number>(),
    'keep-alive': new Set<number>(),
    'zero-window': new Set<number>(),
  }
  return { packets: 0, tcpSegments: 0, streams: [], segments: new Map(), anomalies }
}

/** Flag bits of the TCP header from bit 8 down, as Wireshark's one-letter names. */
const FLAG_LETTERS = 'NCEUAPRSF'

function flagLetters(flags: number): string {
  return [...FLAG_LETTERS].filter((_, index) => (flags >>> (FLAG_LETTERS.length - 1 - index)) & 1).join('')
}

export function endText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Adds one segment to its stream, which it may begin. `completeness` is what the stream has shown with it. */
export function addSegment(
  reading: Reading,
  frame: number,
  segment: { stream: number; source: string; destination: string; flags: number; payloadLength: number },
  completeness: number,
): SegmentReading {
  const { stream: number, source, destination, flags, payloadLength } = segment
  reading.streams[number] ??= { ends: [source, destination], segments: [0, 0], bytes: [0, 0], completeness }
  const stream = reading.streams[number]
  const direction = source === stream.ends[0] ? 0 : 1
  stream.segments[direction]++
  stream.bytes[direction] += payloadLength
  stream.completeness = completeness
  const seen: SegmentReading = { stream: number, direction, flags: flagLetters(flags), payloadLength }
  reading.segments.set(frame, seen)
  return seen
}
