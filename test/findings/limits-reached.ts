/**
 * A run for each limit of finwait, in which it is reached.
 */
import { Analyzer } from '../../src/analysis/analyzer.ts'
import type { LeftOut } from '../../src/analysis/limits.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { analyzeBytes } from '../../src/index.ts'
import type { Report } from '../../src/report/model.ts'
import { bytes, ethernet, ipv4, tcp, u16 } from '../support/build-packet.ts'
import * as packets from './packets.ts'

const { captureOfPackets, later, many, opened, PAIR, unanswered } = packets

/** Connections from ports of their own. */
function connections(count: number): packets.TimedPacket[] {
  return many(count, (at) => opened({ ...PAIR, clientPort: 40_000 + at }, at))
}

function firstFragments(count: number): packets.TimedPacket[] {
  const payload = tcp({ flags: 'S' }).subarray(0, 16)
  return many(count, (id) => [{ seconds: id, data: ethernet({ payload: ipv4({ id, moreFragments: true, payload }) }) }])
}

function datagrams(count: number): packets.TimedPacket[] {
  const udp = (port: number) => bytes(u16(port), u16(9), u16(8), u16(0))
  return many(count, (at) => [
    { seconds: at, data: ethernet({ payload: ipv4({ protocol: 17, payload: udp(2000 + at) }) }) },
  ])
}

/** SYNs in VLANs of their own. */
function tagged(count: number): packets.TimedPacket[] {
  return many(count, (at) => [
    { seconds: at, data: ethernet({ vlans: [at + 1], payload: ipv4({ payload: tcp({ flags: 'S' }) }) }) },
  ])
}

/** Two captures of the same packets, one after the other as they came. */
function twoTaps(capture: Uint8Array, maxCopies: number): Report {
  const analyzer = new Analyzer({ maxCopies }, () => {})
  analyzer.expectCopies(true)
  for (const name of ['a', 'b']) {
    const fileIndex = analyzer.beginCapture(name)
    analyzer.endCapture(readCaptureBytes(capture, analyzer, analyzer.timeBase, fileIndex).info, 'none')
  }
  return { ...analyzer.finish(), connections: [] }
}

function withoutCaptures(count: number): Report {
  const analyzer = new Analyzer({}, () => {})
  analyzer.leaveOut(count)
  return { ...analyzer.finish(), connections: [] }
}

/** By the code of its finding. */
export const LIMIT_REACHED: Readonly<Record<keyof LeftOut, () => Report>> = {
  'connection-limit': () => analyzeBytes(captureOfPackets(connections(5)), { maxConnections: 3 }),
  'log-limit': () => analyzeBytes(captureOfPackets(packets.endless())),
  'fragment-limit': () => analyzeBytes(captureOfPackets(firstFragments(5)), { maxDatagrams: 3 }),
  'path-limit': () => analyzeBytes(captureOfPackets(tagged(5)), { maxPaths: 5 }),
  'stream-limit': () => analyzeBytes(captureOfPackets(connections(5)), { maxStreams: 1 }),
  'copy-limit': () => twoTaps(captureOfPackets(opened(PAIR, 0)), 1),
  'conversation-limit': () => analyzeBytes(captureOfPackets(datagrams(5)), { maxConversations: 3 }),
  'host-limit': () => {
    const scan = many(5, (at) => unanswered({ ...PAIR, server: `10.0.1.${at}` }, at))
    return analyzeBytes(captureOfPackets([...scan, ...later(9)]), { maxHosts: 1 })
  },
  'name-limit': () => analyzeBytes(captureOfPackets(packets.answers(5)), { showNames: true, maxNames: 3 }),
  'capture-limit': () => withoutCaptures(2),
}
