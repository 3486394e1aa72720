/**
 * The fast path enters what the ledger would enter: left to that, everything that is reported is the same. Held against
 * each other on what was recorded, and on the same with its packets and their numbers disturbed.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FastPath, Taken } from '../../src/flow/fast-path.ts'
import { analyzeBytes } from '../../src/index.ts'
import { connections } from '../model/specs.ts'
import { captureOf, type Recording } from '../model/tap.ts'
import { runWorld } from '../model/world.ts'
import { readScenarios } from '../scenarios/scenario.ts'
import { listFixtures } from '../support/fixtures.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf as captureOfLadder } from '../support/ladder-capture.ts'

const SEED = Number(process.env.FINWAIT_MODEL_SEED ?? 9293)
const FILE_HEADER = 24
const RECORD_HEADER = 16
/** Of Ethernet and IPv4 without options: where sequence number, acknowledgment, flags and window stand. */
const MUTABLE = [38, 39, 40, 41, 42, 43, 44, 45, 47, 48]

afterEach(() => vi.restoreAllMocks())

function reportOf(capture: Uint8Array, verifyChecksums: boolean): string {
  try {
    return JSON.stringify(analyzeBytes(capture, { verifyChecksums }))
  } catch (error) {
    return String(error)
  }
}

function expectSame(captures: readonly Uint8Array[], verifyChecksums = false): void {
  const enter = vi.spyOn(FastPath.prototype, 'enter')
  const answer = vi.spyOn(FastPath.prototype, 'answer')
  const fast = captures.map((capture) => reportOf(capture, verifyChecksums))
  for (const spy of [enter, answer]) {
    expect(spy.mock.results.some(({ value }) => value !== Taken.NOT)).toBe(true)
    spy.mockReturnValue(Taken.NOT)
  }
  for (const [at, capture] of captures.entries()) expect(reportOf(capture, verifyChecksums)).toBe(fast[at])
}

/** A classic capture with some of its packets left out, doubled, moved, or other numbers and flags in them. */
function disturbed(capture: Uint8Array, chance: () => number): Uint8Array {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength)
  const records: Uint8Array[] = []
  for (let at = FILE_HEADER; at < capture.length; ) {
    const end = at + RECORD_HEADER + view.getUint32(at + 8, true)
    const record = capture.slice(at, end)
    at = end
    const what = chance()
    if (what < 0.02) continue
    if (what < 0.04) records.push(record.slice())
    if (what > 0.96) {
      const place = RECORD_HEADER + MUTABLE[Math.floor(chance() * MUTABLE.length)]!
      if (place < record.length) record[place] = record[place]! ^ (1 << Math.floor(chance() * 8))
    }
    if (what > 0.94 && records.length > 0) records.splice(-1, 0, record)
    else records.push(record)
  }
  return Buffer.concat([capture.subarray(0, FILE_HEADER), ...records])
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

function randomCapture(): Uint8Array {
  const worlds = fc.sample(connections('any'), { numRuns: 600, seed: SEED }).map(runWorld)
  const recordings = worlds
    .filter(({ crossings }) => crossings.length > 0)
    .map(({ crossings }, at): Recording => ({ crossings, ports: [1024 + at, 80], startUs: at * 137_000 }))
  return captureOf(recordings)
}

describe('what the ledger enters instead is reported the same', () => {
  it.each([false, true])('of fixtures and scenarios, all checksums verified: %s', (verifyChecksums) => {
    const fixtures = listFixtures().map(({ capturePath }) => readFileSync(capturePath))
    const scenarios = readScenarios().flatMap((family) =>
      family.scenarios.map(({ ladder }) => captureOfLadder(ladder).bytes),
    )
    expectSame([...fixtures, ...scenarios], verifyChecksums)
  })

  it('of random connections, and of the same disturbed', () => {
    const capture = randomCapture()
    const chance = chanceOf(SEED)
    expectSame([capture, ...Array.from({ length: 5 }, () => disturbed(capture, chance))])
  })
})

/** RFC 9293 knows no SYN with a RST: what such a segment numbers, nobody takes. */
const RESET_SYN_ACK = `
   1.  --> <SEQ=100><CTL=SYN> -->
   2.  <-- <SEQ=3000000000><ACK=101><CTL=SYN,RST,ACK> <--
   3.  --> <SEQ=101><ACK=3000000001><CTL=ACK> -->
   4.  --> <SEQ=101><ACK=3000000001><CTL=ACK><DATA=24> -->
   5.  <-- <SEQ=3000000001><ACK=125><CTL=ACK> <--
   6.  <-- <SEQ=3000000001><ACK=125><CTL=ACK><DATA=76> <--
   7.  --> <SEQ=125><ACK=3000000077><CTL=ACK> -->
   8.  --> <SEQ=125><ACK=3000000077><CTL=FIN,ACK> -->
   9.  <-- <SEQ=3000000077><ACK=126><CTL=RST,ACK> <--
  10.  <-- <SEQ=3000000077><ACK=126><CTL=FIN,ACK> <--
  11.  --> <SEQ=126><ACK=3000000078><CTL=ACK> -->`

it('acknowledgments of numbers that nobody sent are not taken for progress', () => {
  const [connection] = analyzeBytes(captureOfLadder(parseLadder(RESET_SYN_ACK)).bytes).connections
  expect(connection?.findings.map(({ code }) => code)).toEqual(['reset-ignored', 'retransmission'])
})
