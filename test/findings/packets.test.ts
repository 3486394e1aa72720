/**
 * Findings of single connections that no ladder can say: ICMP errors, damaged segments, more than is kept.
 */
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { FindingReport } from '../../src/report/model.ts'
import {
  captureOfPackets,
  damaged,
  endless,
  fromClient,
  later,
  opened,
  PAIR,
  type TimedPacket,
  unreachable,
} from './packets.ts'

function findingsOf(packets: readonly TimedPacket[]): FindingReport[] {
  return analyzeBytes(captureOfPackets(packets)).connections[0]!.findings
}

describe('icmp-unreachable', () => {
  const ipv6 = { ...PAIR, client: '2001:db8::1', server: '2001:db8::2' }

  it.each([
    [PAIR, 3, 0, 'network unreachable', 'ENETUNREACH'],
    [PAIR, 3, 1, 'host unreachable', 'EHOSTUNREACH'],
    [PAIR, 3, 3, 'port unreachable', 'ECONNREFUSED'],
    [PAIR, 3, 13, 'prohibited by a firewall', 'EHOSTUNREACH'],
    [PAIR, 11, 0, 'the TTL ran out on the way: a loop', 'EHOSTUNREACH'],
    [PAIR, 3, 77, 'type 3, code 77', 'EHOSTUNREACH'],
    [ipv6, 1, 0, 'no route to the network', 'ENETUNREACH'],
    [ipv6, 1, 1, 'prohibited by a firewall', 'EACCES'],
    [ipv6, 1, 4, 'port unreachable', 'ECONNREFUSED'],
    [ipv6, 3, 0, 'the TTL ran out on the way: a loop', 'EHOSTUNREACH'],
  ])('to $client of type %i, code %i is: %s, and %s', (pair, type, code, name, errno) => {
    const report = analyzeBytes(captureOfPackets(unreachable(pair, type, code)))
    const [connection] = report.connections
    expect(connection!.findings).toMatchObject([{ code: 'icmp-unreachable', side: 'client', frames: [2] }])
    expect(connection!.findings[0]!.message).toContain(
      `${name} (type ${type}, code ${code}). connect() fails with ${errno}.`,
    )
    expect(connection!.transitions.at(-1)).toMatchObject({ to: 'CLOSED', call: `connect() fails: ${errno}` })
  })
})

it('finds a damaged segment among right ones, and lets it count for nothing', () => {
  const { connections } = analyzeBytes(captureOfPackets(damaged()))
  expect(connections[0]!.findings).toMatchObject([{ code: 'bad-checksum', side: 'server', frames: [5] }])
  expect(connections[0]!.server.state).toBe('ESTABLISHED')
})

it('says where a timeline stops because too much is to be kept', () => {
  const limit = findingsOf(endless()).find(({ code }) => code === 'log-limit')
  expect(limit).toMatchObject({ side: null, frames: [] })
  expect(limit!.message).toMatch(/^[\d,]+ segments more than are kept of one connection/)
})

describe('reset-by-middlebox over IPv6', () => {
  const pair = { ...PAIR, client: '2001:db8::1', server: '2001:db8::2' }
  const reset = (hopLimit: number): TimedPacket[] => [
    ...opened(pair, 0),
    { seconds: 1, data: fromClient(pair, { seq: 101, flags: 'R', ttl: hopLimit }) },
    ...later(2),
  ]

  it('goes by the hop limit', () => {
    const [finding] = findingsOf(reset(52))
    expect(finding).toMatchObject({ code: 'reset-by-middlebox', side: 'client', frames: [4] })
    expect(finding!.message).toContain("its hop limit is 52, the client's other segments have 64")
  })

  it('is not said of a kernel that starts its RSTs with another hop limit', () => {
    expect(findingsOf(reset(255)).map(({ code }) => code)).toEqual(['half-open-peer'])
  })
})
