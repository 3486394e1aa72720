import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { CitedFrames, ConnectionReport, MomentReport, Report } from '../../src/report/model.ts'
import { type CapturedPacket, pcap } from '../support/build-capture.ts'
import { temporaryDirectory, writeCapture } from '../support/capture-files.ts'
import { collect } from '../support/collect-packets.ts'
import { finwait } from '../support/fake-process.ts'
import { listFixtures } from '../support/fixtures.ts'

const directory = temporaryDirectory()
const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)

async function reportOf(...words: string[]): Promise<Report> {
  return JSON.parse((await finwait('--format', 'json', ...words)).stdout)
}

/** Some of a fixture's packets as a capture of their own. */
function part(name: string, packets: readonly CapturedPacket[], linkType: number): string {
  return writeCapture(directory, name, pcap(packets, { linkType, nanoseconds: true }))
}

function packetsOf(path: string): { packets: CapturedPacket[]; linkType: number } {
  const { packets } = collect(readFileSync(path))
  const own = packets.map(({ time, originalLength, data }) => ({
    seconds: Number(time! / 1_000_000_000n),
    nanoseconds: Number(time! % 1_000_000_000n),
    originalLength,
    data: new Uint8Array(Buffer.from(data, 'hex')),
  }))
  return { packets: own, linkType: packets[0]!.linkType }
}

/**
 * The connections without what the files of a run decide: frames as they were numbered before these were cut, no
 * columns of Wireshark and Zeek.
 */
function untold({ connections }: Report, before: readonly number[][] = []): unknown[] {
  const frame = (number: number, file = 0) => before[file]?.[number - 1] ?? number
  const moment = (at: MomentReport | null) => at && { time: at.time, frame: frame(at.frame, at.file) }
  const cited = ({ frames, files = [] }: CitedFrames) => frames.map((number, i) => frame(number, files[i]))
  return connections.map((connection: ConnectionReport) => {
    const { stream, wireshark, zeek, file, lastFile, open, close, timeWait, findings, transitions, ...rest } =
      connection
    return {
      ...rest,
      firstFrame: frame(rest.firstFrame, file),
      lastFrame: frame(rest.lastFrame, lastFile),
      open: { ...open, frames: cited(open), files: null },
      close: { ...close, frames: cited(close), files: null },
      timeWait: timeWait.map((each) => ({
        ...each,
        restartFrames: cited({ frames: each.restartFrames, files: each.restartFiles ?? [] }),
        restartFiles: null,
        endFrame: each.endFrame && frame(each.endFrame, each.endFile ?? 0),
        endFile: null,
      })),
      transitions: transitions.map((each) => ({ ...each, cause: moment(each.cause), proof: moment(each.proof) })),
      findings: findings.map(({ message, filter, ...each }) => ({
        ...each,
        frames: inOrder(cited(each)),
        files: null,
      })),
    }
  })
}

function inOrder(frames: number[]): number[] {
  return frames.toSorted((a, b) => a - b)
}

describe.each(listFixtures())('$name', ({ name, capturePath }) => {
  const { packets, linkType } = packetsOf(capturePath)

  it('says the same when it is rotated into three files', async () => {
    const whole = await reportOf(part(`${name}.pcap`, packets, linkType))
    const ends = [0, Math.floor(packets.length / 3), Math.floor((2 * packets.length) / 3), packets.length]
    const pieces = [0, 1, 2].map((i) => packets.slice(ends[i], ends[i + 1]))
    const files = pieces.map((piece, i) => part(`${name}.${i}.pcap`, piece, linkType))
    // Named in another order than they were written.
    const report = await reportOf(files[1]!, files[2]!, files[0]!)
    const before = [1, 2, 0].map((i) => pieces[i]!.map((_, at) => ends[i]! + at + 1))
    expect(untold(report, before)).toEqual(untold(whole))
    expect(report.hosts).toEqual(whole.hosts)
    // Wireshark numbers the streams of each file.
    const alone = await Promise.all([files[1]!, files[2]!, files[0]!].map((file) => reportOf(file)))
    for (const { start, stream, file } of report.connections) {
      const same = alone[file]!.connections.find((connection) => connection.start === start)
      expect(same?.stream, start).toBe(stream)
    }
  })

  it('says the same when a second tap sees it a little later, and counts what both saw', async () => {
    const first = part(`${name}.first.pcap`, packets, linkType)
    const second = part(`${name}.second.pcap`, packets.map(later), linkType)
    const whole = await reportOf(first)
    const report = await reportOf(first, second)
    expect(untold(withoutCopies(report))).toEqual(untold(withoutCopies(whole)))
    const copies = ({ connections }: Report) =>
      connections.reduce((sum, { quality }) => sum + quality.duplicatedByTap, 0)
    expect(copies(report) - copies(whole)).toBe(whole.captures[0]!.tcpSegments)
  })

  it('says the same when each direction is in a file of its own', async () => {
    const whole = await reportOf(part(`${name}.both.pcap`, packets, linkType))
    const isThere = packets.map(({ data }) => sourceOf(data, linkType) === sourceOf(packets[0]!.data, linkType))
    const files = [true, false].map((direction) => {
      const own = packets.filter((_, i) => isThere[i] === direction)
      return part(`${name}.${direction}.pcap`, own, linkType)
    })
    const before = [true, false].map((direction) => packets.flatMap((_, i) => (isThere[i] === direction ? i + 1 : [])))
    expect(untold(await reportOf(...files), before)).toEqual(untold(whole))
  })
})

/** By 137 µs, which no exchange of the fixtures is as fast as. */
function later(packet: CapturedPacket): CapturedPacket {
  const time = BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds ?? 0) + 137_000n
  return { ...packet, seconds: Number(time / 1_000_000_000n), nanoseconds: Number(time % 1_000_000_000n) }
}

/** The bytes of the IP source address. */
function sourceOf(data: Uint8Array, linkType: number): string {
  const tags = linkType === 1 && data[12] === 0x81 ? 4 : 0
  const ip = linkType === 276 ? 20 : 14 + tags
  const isIpv6 = data[ip]! >> 4 === 6
  return data.subarray(ip + (isIpv6 ? 8 : 12), ip + (isIpv6 ? 24 : 16)).join('.')
}

function withoutCopies(report: Report): Report {
  const connections = report.connections.map((connection) => ({
    ...connection,
    traffic: {
      client: { ...connection.traffic.client, duplicates: 0 },
      server: { ...connection.traffic.server, duplicates: 0 },
    },
    quality: { ...connection.quality, duplicatedByTap: 0 },
  }))
  return { ...report, connections }
}

describe('a connection over two captures', () => {
  const { packets, linkType } = packetsOf(join('fixtures', 'simultaneous-close.pcap'))
  const later = part('later.pcap', packets.slice(7), linkType)
  const early = part('early.pcap', packets.slice(0, 7), linkType)

  it('has the capture of every frame in the JSON report, as the schema says', async () => {
    const report = await reportOf(later, early)
    expect(validate(report) ? [] : validate.errors).toEqual([])
    const [connection] = report.connections
    expect(connection).toMatchObject({
      file: 1,
      firstFrame: 1,
      lastFile: 0,
      lastFrame: 4,
      open: { frames: [1, 2, 3], files: [1, 1, 1] },
      close: { frames: [1, 2, 3, 4], files: [0, 0, 0, 0] },
    })
    expect(connection!.transitions.find(({ to }) => to === 'CLOSING')).toMatchObject({
      cause: { frame: 2, file: 0 },
      proof: { frame: 3, file: 0 },
    })
    expect(connection!.findings).toMatchObject([{ files: [0, 0, 0, 0], filter: 'frame.number in {1, 2, 3, 4}' }])
  })

  it('names the capture of a frame in the table and in Markdown', async () => {
    expect((await finwait(later, early)).stdout).toContain(
      `frames 1, 2, 3 and 4 of ${later}  Wireshark in ${later}: frame.number in {1, 2, 3, 4}`,
    )
    expect((await finwait('--format', 'markdown', later, early)).stdout).toContain(`| 1, 2, 3 and 4 of ${later} |`)
  })

  it('is shown with short names for frames of the other capture, which are explained', async () => {
    const { stdout } = await finwait('show', later, early, '0')
    expect(stdout).toContain(`tcp.stream 0 of ${early}`)
    expect(stdout).toMatch(/^ +0:2 .* CLOSING ✓0:3 /m)
    expect(stdout).toContain(`\n1: frame 1 of ${early}\n0:1: frame 1 of ${later}\n`)
    expect(stdout).toMatch(/FIN-WAIT-1 → CLOSING +proved by 0:3/)
  })
})
