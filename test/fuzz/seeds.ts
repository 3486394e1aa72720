/**
 * The captures that the fuzzer damages: every fixture, a sample of every container format, one of every encapsulation.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FORMATS } from '../capture/formats.ts'
import { ENCAPSULATIONS } from '../decode/encapsulations.ts'
import { type CapturedPacket, pcap } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'

export interface Seed {
  name: string
  bytes: Uint8Array
  linkType: number
  packets: readonly CapturedPacket[]
}

/** Of the working directory, as the compiled fuzzer lies elsewhere. */
const FOLDER = 'fixtures'
const ENCAPSULATED_COPIES = 3

/** Those made of fixtures come first: `count` of them. */
export function listSeeds(): { seeds: readonly Seed[]; fixtures: number } {
  const fixtures = readdirSync(FOLDER)
    .filter((file) => /\.pcap(ng)?$/.test(file))
    .sort()
    .map((file) => seedOf(file, readFileSync(join(FOLDER, file))))
  const formats = FORMATS.map(({ name, bytes }) => seedOf(name, bytes))
  const encapsulated = ENCAPSULATIONS.map(({ name, linkType, data }) => {
    const packets = Array.from({ length: ENCAPSULATED_COPIES }, (_, seconds) => ({ seconds, data }))
    return { name, bytes: pcap(packets, { linkType }), linkType, packets }
  })
  return { seeds: [...fixtures, ...formats, ...encapsulated], fixtures: fixtures.length }
}

function seedOf(name: string, stored: Uint8Array): Seed {
  const bytes = new Uint8Array(stored)
  const { packets } = collect(bytes)
  return {
    name,
    bytes,
    linkType: packets[0]?.linkType ?? 1,
    packets: packets.map(({ time, originalLength, data }) => ({
      seconds: Number((time ?? 0n) / 1_000_000_000n),
      nanoseconds: Number((time ?? 0n) % 1_000_000_000n),
      originalLength,
      data: new Uint8Array(Buffer.from(data, 'hex')),
    })),
  }
}
