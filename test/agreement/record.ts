/**
 * A record that tshark made of a capture: `<capture>.oracle.json` beside it. One line of JSON an object: `file.frames`,
 * `tcp.frames`, and a stream each with its ends `a` and `b`, frames `na` and `nb`, payload bytes `ba` and `bb`, final
 * completeness `c`, the segments that open and close it as `seq` of [frame, direction, flags, seq, ack, length], and the
 * frames of each `tcp.analysis` flag as `an`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Anomaly, emptyReading, type Reading } from './reading.ts'

const SUFFIX = '.oracle.json'

interface StreamRecord {
  s: number
  a: string
  b: string
  c: number | null
  na: number
  nb: number
  ba: number
  bb: number
  seq: [frame: number, direction: '>' | '<', flags: string | null, seq: number, ack: number, length: number | null][]
  an?: Record<string, number[]>
}

interface CaptureRecord {
  file: { frames: number }
  tcp: { frames: number }
  streams: StreamRecord[]
}

/** tshark's names of what finwait counts. */
export const FLAG_NAMES: Record<Anomaly, string> = {
  retransmission: 'retransmission',
  'out-of-order': 'out_of_order',
  'keep-alive': 'keep_alive',
  'zero-window': 'zero_window',
}

/** Paths of the captures below `folder` that have a record, sorted. */
export function listRecorded(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(SUFFIX))
    .map((path) => join(folder, path.slice(0, -SUFFIX.length)))
    .sort()
}

export function readRecord(capturePath: string): Reading {
  const record = JSON.parse(readFileSync(`${capturePath}${SUFFIX}`, 'utf8')) as CaptureRecord
  const reading = emptyReading()
  reading.packets = record.file.frames
  reading.tcpSegments = record.tcp.frames
  for (const stream of record.streams) addStream(reading, stream)
  return reading
}

function addStream(reading: Reading, record: StreamRecord): void {
  const { s: stream, a, b, c, na, nb, ba, bb, seq, an = {} } = record
  reading.streams[stream] = { ends: [a, b], segments: [na, nb], bytes: [ba, bb], completeness: c ?? 0 }
  for (const [frame, way, flags, , , length] of seq) {
    const direction = way === '>' ? 0 : 1
    reading.segments.set(frame, { stream, direction, flags: flags ?? '', payloadLength: length ?? 0 })
  }
  for (const [kind, flag] of Object.entries(FLAG_NAMES) as [Anomaly, string][]) {
    if (`${flag}_n+` in an) throw new Error(`the record of stream ${stream} lists ${flag} in part only`)
    for (const frame of an[flag] ?? []) reading.anomalies[kind].add(frame)
  }
}
