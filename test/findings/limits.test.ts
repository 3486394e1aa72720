/**
 * Reaching a limit of finwait is a finding that says how much was left out.
 */
import { expect, it } from 'vitest'
import { LIMITS, type Limits } from '../../src/analysis/limits.ts'
import { analyzeBytes } from '../../src/index.ts'
import { LIMIT_REACHED } from './limits-reached.ts'
import { captureOfPackets, endless, fromClient, many, opened, PAIR } from './packets.ts'

it.each([
  ['connection-limit', /^2 connections were reported before the end .* \(--max-connections\)\.$/],
  ['log-limit', /^1,101 segments more than are kept of one connection \(--max-events\)/],
  ['fragment-limit', /^2 fragmented IP datagrams were given up .* \(--max-datagrams, --max-fragment-bytes\)/],
  ['path-limit', /^2 tags and tunnels .* \(--max-paths\)/],
  ['stream-limit', /^3 pairs of addresses and ports were forgotten .* \(--max-streams\)/],
  ['copy-limit', /^4 packets were forgotten .* \(--max-copies\)/],
  ['conversation-limit', /^2 UDP datagrams of more conversations than are told apart \(--max-conversations\)/],
  ['host-limit', /^8 clients, ports and targets were too many .* \(--max-hosts\)/],
  ['name-limit', /^2 names of addresses were left out .* \(--max-names\)/],
  ['capture-limit', /^2 captures were not read: one run can tell 32,768 captures apart\.$/],
] as const)('%s counts what was left out', (code, message) => {
  const { findings, connections } = LIMIT_REACHED[code]()
  const [finding] = [...findings, ...connections.flatMap((connection) => connection.findings)].filter(
    (each) => each.code === code,
  )
  expect(finding).toMatchObject({ code, severity: 'warn', message: expect.stringMatching(message) })
})

it('says nothing below the limits', () => {
  const { findings } = analyzeBytes(captureOfPackets(many(5, (at) => opened({ ...PAIR, clientPort: at + 1 }, at))))
  expect(findings).toEqual([])
})

it('keeps what a larger limit allows', () => {
  const more: Partial<Limits> = { maxEvents: 5000 }
  const codes = analyzeBytes(captureOfPackets(endless()), more).connections[0]!.findings.map(({ code }) => code)
  expect(codes).not.toContain('log-limit')
  expect(LIMITS.maxEvents).toBeLessThan(5000)
})

it('names as many frames of many alike as it is told', () => {
  const again = (at: number) => fromClient(PAIR, { seq: 101, ack: 301, payload: new Uint8Array(10), id: at })
  const packets = [...opened(PAIR, 0), ...many(9, (at) => [{ seconds: at + 1, data: again(at) }])]
  const framesNamed = (maxExamples: number) =>
    analyzeBytes(captureOfPackets(packets), { maxExamples })
      .connections[0]!.findings.filter(({ code }) => code === 'retransmission')
      .map(({ frames }) => frames.length)
  expect(framesNamed(2)).toEqual([2])
  expect(framesNamed(5)).toEqual([5])
})
