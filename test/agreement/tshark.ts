/**
 * What an installed tshark reads of a capture, in two passes: in one, `tcp.completeness` is printed before the frame
 * itself is counted in.
 */
import { spawnSync } from 'node:child_process'
import { type Anomaly, addSegment, emptyReading, endText, type Reading } from './reading.ts'
import { FLAG_NAMES } from './record.ts'

const KINDS = Object.keys(FLAG_NAMES) as Anomaly[]
const FIELDS = [
  'frame.number',
  'tcp.stream',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'tcp.len',
  'tcp.completeness',
  'icmp.type',
  'icmpv6.type',
  ...KINDS.map((kind) => `tcp.analysis.${FLAG_NAMES[kind]}`),
]

/** Throws when tshark does not run. Of several headers of a kind in one packet, the innermost counts. */
export function readWithTshark(capturePath: string): Reading {
  const options = ['-2', '-n', '-r', capturePath, '-T', 'fields', '-E', 'occurrence=l']
  const { stdout, error } = spawnSync('tshark', [...options, ...FIELDS.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (error) throw error
  const reading = emptyReading()
  for (const line of stdout.split('\n')) if (line !== '') addFrame(reading, line.split('\t'))
  return reading
}

function addFrame(reading: Reading, cells: string[]): void {
  reading.packets++
  const [frameText = '', stream, ip4Source, ip4Destination, ip6Source, ip6Destination, ...rest] = cells
  const [sourcePort, destinationPort, flags, length, completeness, icmp, icmpv6, ...marks] = rest
  if (!stream || icmp || icmpv6) return
  reading.tcpSegments++
  const frame = Number(frameText)
  const segment = {
    stream: Number(stream),
    source: endText(ip4Source || ip6Source || '', Number(sourcePort)),
    destination: endText(ip4Destination || ip6Destination || '', Number(destinationPort)),
    flags: Number(flags),
    payloadLength: Number(length),
  }
  addSegment(reading, frame, segment, Number(completeness))
  KINDS.forEach((kind, index) => {
    if (marks[index]) reading.anomalies[kind].add(frame)
  })
}
