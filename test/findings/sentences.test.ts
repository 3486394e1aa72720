/**
 * Every code of the catalogue is made by something in this folder, and what is said then reads well. All sentences are in
 * `snapshots/sentences.txt`, to be read aloud.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FINDING_CODES } from '../../src/findings/catalogue.ts'
import { MESSAGES } from '../../src/findings/messages.ts'
import { analyzeBytes } from '../../src/index.ts'
import type { Report } from '../../src/report/model.ts'
import { listFixtures } from '../support/fixtures.ts'
import { readCases } from './cases.ts'
import { LIMIT_REACHED } from './limits-reached.ts'
import * as packets from './packets.ts'

const { captureOfPackets, later, many, PAIR } = packets
const client = (at: number): packets.Pair => ({ ...PAIR, clientPort: 32_768 + at })

/** One capture for each finding that is of many connections, or of no ladder. */
const CAPTURES: readonly Uint8Array[] = [
  captureOfPackets(packets.unreachable(PAIR, 3, 1)),
  captureOfPackets(packets.damaged()),
  captureOfPackets(packets.endless()),
  captureOfPackets(many(150, (at) => packets.unanswered(client(at), at / 1000))),
  captureOfPackets(many(30, (at) => packets.refused({ ...PAIR, port: at + 1 }, at / 10))),
  captureOfPackets(many(30, (at) => packets.refused({ ...PAIR, server: `10.0.1.${at}` }, at / 10))),
  captureOfPackets([...many(6, (at) => packets.halfClosed(client(at), at, 'client')), ...later(60)]),
  captureOfPackets(many(21_174, (at) => packets.closed(client(at), at * 0.002))),
  captureOfPackets(packets.overlapping()),
]

const reports: Report[] = [
  ...listFixtures().map(({ capturePath }) => analyzeBytes(new Uint8Array(readFileSync(capturePath)))),
  ...readCases().flatMap(({ cases }) => cases.map(({ bytes }) => analyzeBytes(bytes))),
  ...CAPTURES.map((bytes) => analyzeBytes(bytes)),
  analyzeBytes(captureOfPackets(packets.offloaded()), { verifyChecksums: true }),
  ...Object.values(LIMIT_REACHED).map((reached) => reached()),
]

/** Sentences by code, one of those that differ in numbers only. */
const sentences = new Map<string, Map<string, string>>()
for (const { connections, findings } of reports) {
  for (const { code, message } of [...findings, ...connections.flatMap((connection) => connection.findings)]) {
    sentences.set(code, (sentences.get(code) ?? new Map()).set(message.replaceAll(/\d[\d.,]*(?=\d)|\d/g, '#'), message))
  }
}
const all = [...sentences.values()].flatMap((messages) => [...messages.values()])

it('makes every finding there is', () => {
  expect(FINDING_CODES.filter((code) => !sentences.has(code))).toEqual([])
})

it('makes whole sentences of them, without holes', () => {
  expect(all.filter((text) => !/^[A-Z0-9].*[.?]$/s.test(text))).toEqual([])
  expect(all.filter((text) => /undefined|NaN|null|Infinity|\[object|\s\s|\s[.,:]/.test(text))).toEqual([])
})

it('counts in the singular and in the plural', () => {
  expect(
    all.filter((text) =>
      /(?<![\d,.])1 (?:[a-z-]+ )?(?:bytes|segments|SYNs|FINs|RSTs|probes|connections|ports|hosts)\b/.test(text),
    ),
  ).toEqual([])
  expect(
    all.filter((text) => /(?<![\d,.])(?:[02-9]|[\d,]+\d) (?:byte|segment|SYN|FIN|probe|connection)\b(?!-)/.test(text)),
  ).toEqual([])
  expect(all.filter((text) => /\b[12] times\b/.test(text))).toEqual([])
})

it('explains each code in whole sentences too', () => {
  expect(FINDING_CODES.filter((code) => !/^[A-Z].*\.$/s.test(MESSAGES[code].meaning))).toEqual([])
})

it('says what it says', async () => {
  const text = FINDING_CODES.map((code) => [code, ...[...(sentences.get(code)?.values() ?? [])].sort()].join('\n  '))
  await expect(`${text.join('\n\n')}\n`).toMatchFileSnapshot('snapshots/sentences.txt')
})
