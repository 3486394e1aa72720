/**
 * The npm package pcap-parser must read what this reader reads: classic captures with microseconds, all it knows.
 *
 * It is in this project for nothing else. It is silent where a capture is cut, so only whole ones are compared.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import pcapParser from 'pcap-parser'
import { expect, it } from 'vitest'
import { pcap } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { bytesOf, PACKETS } from './formats.ts'

const fixtures = new URL('../../fixtures/', import.meta.url)
const recorded = readdirSync(fixtures)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, fixtures))) }))

interface ParsedPacket {
  header: { timestampSeconds: number; timestampMicroseconds: number; capturedLength: number; originalLength: number }
  data: Buffer
}

/** What pcap-parser reads, in the words of `collect`. */
function parse(bytes: Uint8Array): Promise<{ time: bigint; originalLength: number; data: string }[]> {
  return new Promise((resolve, reject) => {
    const packets: { time: bigint; originalLength: number; data: string }[] = []
    const parser = pcapParser.parse(Readable.from([Buffer.from(bytes)]))
    parser.on('packet', ({ header, data }: ParsedPacket) => {
      const microseconds = BigInt(header.timestampSeconds) * 1_000_000n + BigInt(header.timestampMicroseconds)
      packets.push({ time: microseconds * 1000n, originalLength: header.originalLength, data: data.toString('hex') })
    })
    parser.on('end', () => resolve(packets))
    parser.on('error', reject)
  })
}

const many = Array.from({ length: 2_000 }, (_, index) => ({
  seconds: 1_600_000_000 + index * 7,
  nanoseconds: ((index * 7_919) % 1_000_000) * 1_000,
  data: bytesOf((index * 31) % 1_500),
  originalLength: 1_500 + index,
}))

const built = [true, false].flatMap((littleEndian) => [
  { name: `built, little-endian ${littleEndian}`, bytes: pcap(many, { littleEndian }) },
  {
    name: `built with FCS bits, little-endian ${littleEndian}`,
    bytes: pcap(PACKETS, { littleEndian, linkType: 0x2400_0001 }),
  },
  { name: `built, empty, little-endian ${littleEndian}`, bytes: pcap([], { littleEndian }) },
])
const classic = recorded.filter(({ bytes }) => collect(bytes).info.format === 'pcap')

it.each([...built, ...classic])('reads the same packets: $name', async ({ bytes }) => {
  const ours = collect(bytes)
  expect(ours.error).toBeNull()
  expect(ours.packets.map(({ time, originalLength, data }) => ({ time, originalLength, data }))).toEqual(
    await parse(bytes),
  )
})
