/**
 * Findings about the capture as a whole: what makes each, and what, only just, does not.
 */
import { describe, expect, it } from 'vitest'
import type { AnalyzerOptions } from '../../src/analysis/analyzer.ts'
import { analyzeBytes } from '../../src/index.ts'
import type { FindingReport, HostReport, Report } from '../../src/report/model.ts'
import type { TimedPacket } from './packets.ts'
import { captureOfPackets, closed, halfClosed, later, many, opened, PAIR, refused, unanswered } from './packets.ts'

function findingsOf(packets: readonly TimedPacket[], options: AnalyzerOptions = {}): FindingReport[] {
  return analyzeBytes(captureOfPackets(packets), options).findings
}

function codesOf(packets: readonly TimedPacket[], options: AnalyzerOptions = {}): string[] {
  return findingsOf(packets, options).map(({ code }) => code)
}

const client = (at: number): string => `10.1.${at >> 8}.${at & 255}`

describe('syn-flood', () => {
  const flood = (count: number): TimedPacket[] =>
    many(count, (at) => unanswered({ ...PAIR, client: client(at) }, at / 1000))

  it('is 65 SYNs to one port in a second that never finish', () => {
    const [finding] = findingsOf(flood(65))
    expect(finding).toMatchObject({ code: 'syn-flood', severity: 'error' })
    expect(finding!.message).toMatch(/^Port 80 of 10\.0\.0\.2 got 65 SYNs .* up to 65 in a second/)
    expect(finding!.filter).toBe(
      'ip.addr eq 10.0.0.2 and tcp.dstport eq 80 and tcp.flags.syn eq 1 and tcp.flags.ack eq 0',
    )
  })

  it('is not 64 of them', () => {
    expect(codesOf(flood(64))).toEqual([])
  })

  it('is not what a busy server has under way when the capture ends', () => {
    const busy = many(80, (at) => opened({ ...PAIR, client: client(at), clientPort: 50_000 }, at / 100))
    expect(codesOf([...busy, ...flood(70)])).toEqual([])
  })

  it('is not a scan of as many ports', () => {
    const scan = many(100, (at) => unanswered({ ...PAIR, port: at + 1 }, at / 1000))
    expect(codesOf(scan)).toEqual(['port-scan'])
  })
})

describe('port-scan', () => {
  const ports = (count: number): TimedPacket[] => many(count, (at) => refused({ ...PAIR, port: at + 1 }, at / 10))
  const hosts = (count: number): TimedPacket[] => many(count, (at) => refused({ ...PAIR, server: client(at) }, at / 10))

  it('is 15 ports of one host tried in vain', () => {
    const [finding] = findingsOf(ports(15))
    expect(finding).toMatchObject({ code: 'port-scan', severity: 'warn' })
    expect(finding!.message).toMatch(/^10\.0\.0\.1 tried 15 ports of 10\.0\.0\.2 in vain/)
    expect(codesOf(ports(14))).toEqual([])
  })

  it('is one port of 25 hosts tried in vain', () => {
    expect(findingsOf(hosts(25))[0]?.message).toMatch(/^10\.0\.0\.1 tried port 80 of 25 hosts in vain/)
    expect(codesOf(hosts(24))).toEqual([])
  })

  it('is not a client that fails now and then among many servers', () => {
    const successes = many(30, (at) => opened({ ...PAIR, server: client(at), port: 443, clientPort: 50_000 }, at / 10))
    expect(codesOf([...hosts(25), ...successes])).toEqual([])
  })

  it('is not one port that is tried again and again', () => {
    expect(codesOf(many(100, (at) => refused({ ...PAIR, clientPort: 40_000 + at }, at / 10)))).toEqual([])
  })
})

describe('close-wait-leak', () => {
  const left = (count: number, by: 'client' | 'server'): TimedPacket[] =>
    many(count, (at) => halfClosed({ ...PAIR, clientPort: 40_000 + at }, at / 10, by))

  it('is five sockets of a server that it does not close', () => {
    const [finding] = findingsOf([...left(5, 'client'), ...later(10)])
    expect(finding).toMatchObject({ code: 'close-wait-leak', severity: 'error', filter: 'ip.addr eq 10.0.0.2' })
    expect(finding!.message).toMatch(
      /^10\.0\.0\.2 has 5 connections of its port 80 in CLOSE-WAIT, one of them for 10 s/,
    )
    expect(finding!.frames).toEqual([4, 9, 14, 19, 24])
    expect(codesOf([...left(4, 'client'), ...later(10)])).toEqual([])
  })

  it('is ten sockets of a client that it does not close', () => {
    const [finding] = findingsOf([...left(10, 'server'), ...later(10)])
    expect(finding!.message).toMatch(/^10\.0\.0\.1 has 10 connections to 10\.0\.0\.2 port 80 in CLOSE-WAIT/)
    expect(codesOf([...left(9, 'server'), ...later(10)])).toEqual([])
  })

  it('is not a server that has had no time yet', () => {
    const atOnce = many(20, (at) => halfClosed({ ...PAIR, clientPort: 40_000 + at }, at / 1000, 'client'))
    expect(codesOf([...atOnce, ...later(0.9)])).toEqual([])
  })
})

describe('TIME-WAIT', () => {
  /** Of the ephemeral ports, 32768 to 60999, each `gap` seconds after the one before. */
  const short = (count: number, gap: number): TimedPacket[] =>
    many(count, (at) => closed({ ...PAIR, clientPort: 32_768 + at }, at * gap))
  const crowded = captureOfPackets(short(21_174, 0.002))
  const clientOf = ({ hosts }: Report): HostReport | undefined => hosts.find(({ address }) => address === '10.0.0.1')

  it('presses when it holds three quarters of the ephemeral ports towards one server', () => {
    const report = analyzeBytes(crowded)
    expect(report.findings).toMatchObject([{ code: 'time-wait-pressure', severity: 'warn' }])
    expect(report.findings[0]!.message).toMatch(
      /^10\.0\.0\.1 held 21,174 connections to 10\.0\.0\.2 port 80 in TIME-WAIT/,
    )
    expect(clientOf(report)).toMatchObject({ timeWaitPeak: 21_174 })
  })

  it('does not press when the ports are free again in time', () => {
    const report = analyzeBytes(crowded, { mslSeconds: 10 })
    expect(report.findings).toEqual([])
    expect(clientOf(report)).toMatchObject({ timeWaitPeak: 10_000 })
  })

  it('is counted for each host with the moment of its peak', () => {
    const report = analyzeBytes(captureOfPackets([...short(3, 20), ...later(100)]), { mslSeconds: 15 })
    expect(clientOf(report)).toEqual({
      address: '10.0.0.1',
      timeWaitPeak: 2,
      timeWaitPeakAt: '2026-01-01T00:00:20.004000000Z',
      timeWaitHistory: expect.anything(),
      states: {},
    })
  })

  it('leaves the states of others alone', () => {
    const waits = many(300, (at) => closed({ ...PAIR, client: client(at) }, at / 100))
    const { hosts } = analyzeBytes(captureOfPackets([...waits, ...opened({ ...PAIR, client: '10.9.9.9' }, 90)]))
    expect(hosts.find(({ address }) => address === '10.9.9.9')?.states).toEqual({ ESTABLISHED: 1 })
  })

  it('is counted over time', () => {
    // A TIME-WAIT of 30 s begins every 20 s.
    const report = analyzeBytes(captureOfPackets([...short(3, 20), ...later(75)]), { mslSeconds: 15 })
    const { start, stepSeconds, most } = clientOf(report)!.timeWaitHistory!
    expect([start, stepSeconds]).toEqual(['2026-01-01T00:00:00.004000000Z', 2])
    const at = (seconds: number): number | undefined => most[seconds / stepSeconds]
    expect([0, 18, 20, 28, 30, 38, 40, 48, 50, 68, 70, 72].map(at)).toEqual([1, 1, 2, 2, 2, 1, 2, 2, 2, 1, 1, 0])
  })
})

it('says how many connections were given up because too many were live', () => {
  const packets = many(5, (at) => opened({ ...PAIR, clientPort: 40_000 + at }, at))
  const [finding] = findingsOf(packets, { maxConnections: 3 })
  expect(finding).toMatchObject({ code: 'connection-limit', severity: 'warn', frames: [] })
  expect(finding!.message).toMatch(/^2 connections were reported before the end/)
})
