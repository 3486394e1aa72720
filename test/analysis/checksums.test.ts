/**
 * `verifyChecksums`: what is damaged counts for nothing, what only looks damaged does.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { ConnectionReport } from '../../src/report/model.ts'
import { captureOfPackets, closed, fromClient, many, opened, PAIR, type TimedPacket } from '../findings/packets.ts'
import { temporaryDirectory, writeCapture } from '../support/capture-files.ts'
import { finwait } from '../support/fake-process.ts'
import { listFixtures } from '../support/fixtures.ts'

/** Where the TCP checksum is in a packet of Ethernet and IPv4. */
const CHECKSUM = 14 + 20 + 16

function data(at: number, change: (packet: Uint8Array) => void = () => {}, length = 10): TimedPacket {
  const payload = new Uint8Array(length).fill(at)
  const packet = fromClient(PAIR, { seq: 101 + 10 * at, ack: 301, flags: 'PA', payload, id: at })
  change(packet)
  return { seconds: 1 + at, data: packet }
}

const damage = (packet: Uint8Array): void => {
  packet[packet.length - 1]! ^= 0xff
}
const leaveOut = (packet: Uint8Array): void => {
  packet.fill(0, CHECKSUM, CHECKSUM + 2)
}

function reported(packets: readonly TimedPacket[], verifyChecksums = true): ConnectionReport {
  return analyzeBytes(captureOfPackets(packets), { verifyChecksums }).connections[0]!
}

function codesOf({ findings }: ConnectionReport): string[] {
  return findings.map(({ code }) => code)
}

it('tells of offloading in every connection that has it, though others are like it otherwise', async () => {
  const packets = many(200, (at) => closed({ ...PAIR, clientPort: 40_000 + at }, at / 10))
  for (const { seconds, data } of packets) if (seconds >= 10 && data[29] === 1) data[CHECKSUM]! ^= 0xff
  const path = writeCapture(temporaryDirectory(), 'offloaded.pcap', captureOfPackets(packets))
  const { stdout } = await finwait('--checksum', path)
  expect(stdout).toMatch(/note {2}checksum-offload × 100/)
})

describe('with verified checksums', () => {
  const damaged = [...opened(PAIR, 0), data(0), data(1), data(2, damage), data(2), data(3)]

  it('a damaged segment is a finding, and counts for nothing', () => {
    const connection = reported(damaged)
    expect(connection.findings).toMatchObject([{ code: 'bad-checksum', side: 'client', frames: [6] }])
    expect(connection.traffic.client).toMatchObject({ bytes: 40, retransmissions: 0 })
    expect(connection.quality.checksums).toEqual({
      client: { good: 6, bad: 1, offloaded: 0, unknown: 0 },
      server: { good: 1, bad: 0, offloaded: 0, unknown: 0 },
    })
  })

  it('without it the damage is taken for data', () => {
    const connection = reported(damaged, false)
    expect(connection.traffic.client).toMatchObject({ retransmissions: 1 })
    expect(connection.quality.checksums).toBeUndefined()
  })

  it('a side of which none is right leaves them to its network card', () => {
    const [syn, answer, ack] = opened(PAIR, 0)
    damage(syn!.data)
    leaveOut(ack!.data)
    const connection = reported([syn!, answer!, ack!, data(0, leaveOut), data(1, damage)])
    expect(codesOf(connection)).toEqual(['checksum-offload'])
    expect(connection.findings[0]!.message).toMatch(/^None of the 4 checksums of the client .*checksum offloading/)
    expect(connection).toMatchObject({ open: { kind: 'three-way' }, traffic: { client: { bytes: 20 } } })
  })

  it('a side of which some are right and some were put together on arrival is not damaged', () => {
    const connection = reported([...opened(PAIR, 0), data(0), data(1, leaveOut), data(2, damage, 2920)])
    expect(codesOf(connection)).toEqual([])
    expect(connection.traffic.client.bytes).toBe(10 + 10 + 2920)
  })
})

/** All but what verifying adds: its counts, its findings, and that checksums of data show offloading, too. */
function withoutChecksums({ findings, quality, ...rest }: ConnectionReport): unknown {
  const { checksums, offload, ...others } = quality
  return { ...rest, quality: others, findings: findings.filter(({ code }) => code !== 'checksum-offload') }
}

it.each(listFixtures())('verifying them changes nothing else: $name', ({ capturePath }) => {
  const bytes = readFileSync(capturePath)
  const plain = analyzeBytes(bytes).connections.map(withoutChecksums)
  const verified = analyzeBytes(bytes, { verifyChecksums: true }).connections
  expect(verified.map(withoutChecksums)).toEqual(plain)
  expect(verified.every(({ quality }) => quality.checksums !== undefined)).toBe(true)
})
