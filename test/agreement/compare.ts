/**
 * Two readings of one capture → how many of each field agree, and where they do not.
 */
import type { Connection } from '../../src/flow/connection.ts'
import type { FinwaitReading } from './finwait.ts'
import type { Anomaly, Reading, StreamReading } from './reading.ts'

/** Compared things of one field: how many, how many of them differ by a rule of finwait's, and a line for each other. */
export interface Tally {
  compared: number
  byRule: number
  differences: string[]
}

export type Field =
  | 'packets'
  | 'TCP segments'
  | 'streams'
  | 'stream: ends'
  | 'stream: segments and bytes'
  | 'stream: completeness'
  | 'segment: stream'
  | 'segment: flags and length'
  | 'connection: stream'
  | 'connection: completeness'
  | Anomaly

export type Comparison = Partial<Record<Field, Tally>>

/** `theirs` is tshark's. Of a capture that one of the two does not read, that is all. */
export function compare(ours: FinwaitReading, theirs: Reading): Comparison {
  const packets = single(ours.packets, theirs.packets)
  if (ours.packets === 0 || theirs.packets === 0) return { packets }
  return {
    packets,
    'TCP segments': single(ours.tcpSegments, theirs.tcpSegments),
    streams: single(ours.streams.length, theirs.streams.length),
    'stream: ends': each(ours, theirs, ({ ends }) => ends.join(' ')),
    'stream: segments and bytes': each(ours, theirs, ({ segments, bytes }) => `${segments} ${bytes}`),
    'stream: completeness': each(ours, theirs, ({ completeness }) => `${completeness}`),
    'segment: stream': segments(ours, theirs, 'stream'),
    'segment: flags and length': segments(ours, theirs, 'flags and length'),
    'connection: stream': connectionStreams(ours, theirs),
    'connection: completeness': connectionCompleteness(ours, theirs),
    retransmission: frames(ours, theirs, 'retransmission'),
    'out-of-order': frames(ours, theirs, 'out-of-order'),
    'keep-alive': frames(ours, theirs, 'keep-alive'),
    'zero-window': frames(ours, theirs, 'zero-window'),
  }
}

function difference(what: string, ours: unknown, theirs: unknown): string {
  return `${what}: finwait ${ours ?? 'nothing'}, tshark ${theirs ?? 'nothing'}`
}

function single(ours: number, theirs: number): Tally {
  return { compared: 1, byRule: 0, differences: ours === theirs ? [] : [difference('capture', ours, theirs)] }
}

/** Something of each stream that either sees. */
function each(ours: Reading, theirs: Reading, of: (stream: StreamReading) => string): Tally {
  const tally: Tally = { compared: Math.max(ours.streams.length, theirs.streams.length), byRule: 0, differences: [] }
  for (let stream = 0; stream < tally.compared; stream++) {
    const [our, their] = [ours.streams[stream], theirs.streams[stream]].map((seen) => seen && of(seen))
    if (our !== their) tally.differences.push(difference(`stream ${stream}`, our, their))
  }
  return tally
}

function segments(ours: Reading, theirs: Reading, what: 'stream' | 'flags and length'): Tally {
  const tally: Tally = { compared: 0, byRule: 0, differences: [] }
  for (const [frame, their] of theirs.segments) {
    const our = ours.segments.get(frame)
    const texts = [our, their].map(
      (segment) => segment && (what === 'stream' ? `${segment.stream}` : `${segment.flags} ${segment.payloadLength}`),
    )
    tally.compared++
    if (texts[0] !== texts[1]) tally.differences.push(difference(`frame ${frame}`, texts[0], texts[1]))
  }
  return tally
}

/** The stream that the report names for a connection, against that of the connection's first frame. */
function connectionStreams(ours: FinwaitReading, theirs: Reading): Tally {
  const tally: Tally = { compared: 0, byRule: 0, differences: [] }
  for (const { number, stream, firstFrame } of ours.connections) {
    const their = theirs.segments.get(firstFrame)
    if (!their) continue
    tally.compared++
    if (stream !== their.stream) tally.differences.push(difference(`connection ${number}`, stream, their.stream))
  }
  return tally
}

/** Connections that are a stream as a whole: no other has segments of it, and none of theirs is of another. */
function connectionCompleteness(ours: FinwaitReading, theirs: Reading): Tally {
  const tally: Tally = { compared: 0, byRule: 0, differences: [] }
  for (const connection of ours.connections) {
    const stream = theirs.streams[connection.stream]
    if (!stream || !isWhole(connection, stream)) continue
    tally.compared++
    const { number, completeness } = connection
    if (completeness !== stream.completeness)
      tally.differences.push(difference(`connection ${number}`, completeness, stream.completeness))
  }
  return tally
}

function isWhole({ traffic }: Connection, { segments }: StreamReading): boolean {
  const seen = traffic.reduce((sum, side) => sum + side.segments + side.duplicates, 0)
  return seen === segments[0] + segments[1]
}

/**
 * Frames that either names. Two rules make finwait differ: some segments are not judged, see `FinwaitReading`, and a
 * connection that is only part of its stream is judged by its own segments.
 */
function frames(ours: FinwaitReading, theirs: Reading, kind: Anomaly): Tally {
  const [our, their] = [ours.anomalies[kind], theirs.anomalies[kind]]
  const whole = wholeStreams(ours)
  const tally: Tally = { compared: 0, byRule: 0, differences: [] }
  for (const frame of [...new Set([...our, ...their])].sort((a, b) => a - b)) {
    tally.compared++
    if (our.has(frame) === their.has(frame)) continue
    const stream = ours.segments.get(frame)?.stream
    const isByRule = ours.unjudged.has(frame) || (stream !== undefined && !whole.has(stream))
    if (isByRule) tally.byRule++
    else tally.differences.push(`frame ${frame}: ${our.has(frame) ? 'finwait only' : 'tshark only'}`)
  }
  return tally
}

function wholeStreams(ours: FinwaitReading): Set<number> {
  const whole = ours.connections.filter((connection) => isWhole(connection, ours.streams[connection.stream]!))
  return new Set(whole.map(({ stream }) => stream))
}
