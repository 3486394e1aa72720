/**
 * A connection that is judged by one of the same shape must come out as if it had been inferred by itself.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Precedent } from '../../src/analysis/precedents.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { Analyzer, type AnalyzerOptions } from '../../src/index.ts'
import type { ConnectionBrief, ConnectionReport, Report } from '../../src/report/model.ts'
import type { PassOver } from '../../src/report/pass-over.ts'
import { Random } from '../model/random.ts'
import { SIGHTS } from '../model/sight.ts'
import { connections } from '../model/specs.ts'
import { captureOf, type Recording } from '../model/tap.ts'
import { runWorld } from '../model/world.ts'
import { readScenarios } from '../scenarios/scenario.ts'
import { listFixtures } from '../support/fixtures.ts'
import { captureOf as captureOfLadder } from '../support/ladder-capture.ts'
import { shortConnection } from './short-connections.ts'

const COUNT = Math.min(Number(process.env.FINWAIT_MODEL_CONNECTIONS ?? 6000) / 4, 4000)
const SEED = Number(process.env.FINWAIT_MODEL_SEED ?? 9293)

/** All captures as those of one run; what is left of it beside the connections. */
function analyze(
  captures: readonly Uint8Array[],
  options: AnalyzerOptions,
  onConnection: (connection: ConnectionReport) => void,
): Omit<Report, 'connections'> {
  const analyzer = new Analyzer(options, onConnection)
  for (const [at, bytes] of captures.entries()) {
    const fileIndex = analyzer.beginCapture(`${at}`)
    const { info } = readCaptureBytes(bytes, analyzer, analyzer.timeBase, fileIndex)
    analyzer.endCapture(info, 'none')
  }
  return analyzer.finish()
}

function outcomeOf(brief: ConnectionBrief): unknown {
  const { open, close, findings } = brief
  return { open: open.kind, close: close.kind, findings: findings.map(({ code, severity }) => `${severity} ${code}`) }
}

/** Connections whose precedent says something else than inference; and how many had one. */
function disagreements(
  captures: readonly Uint8Array[],
  options: AnalyzerOptions = {},
): { wrong: unknown[]; compared: number } {
  const wrong: unknown[] = []
  let compared = 0
  let expected: Precedent | null = null
  const passOver: PassOver = {
    from(brief) {
      expected = brief as Precedent
      return Number.POSITIVE_INFINITY
    },
    count() {},
  }
  analyze(captures, { ...options, passOver }, (report) => {
    if (!expected) return
    compared++
    const known = { ...(outcomeOf(expected) as object), states: expected.states }
    const inferred = { ...(outcomeOf(report) as object), states: [report.client.state, report.server.state] }
    if (JSON.stringify(known) !== JSON.stringify(inferred)) wrong.push({ report, known })
    expected = null
  })
  return { wrong, compared }
}

function expectSame(captures: readonly Uint8Array[], options: AnalyzerOptions = {}): void {
  expect(disagreements(captures, options).wrong).toEqual([])
  const inferred = analyze(captures, options, () => {})
  const passedOver = analyze(captures, { ...options, passOver: { from: () => 0, count() {} } }, () => {})
  expect({ ...passedOver, hosts: timeWaitsOf(passedOver) }).toEqual({ ...inferred, hosts: timeWaitsOf(inferred) })
}

/** What is left of hosts where connections are passed over: their TIME-WAITs. */
function timeWaitsOf({ hosts }: Pick<Report, 'hosts'>): unknown[] {
  return hosts
    .filter(({ timeWaitPeak }) => timeWaitPeak > 0)
    .map((host) => ({ ...host, states: {} }))
    .sort((a, b) => a.address.localeCompare(b.address))
}

describe('a precedent says what inference says', () => {
  it('of the fixtures, and of the scenarios', () => {
    const fixtures = listFixtures().map(({ capturePath }) => readFileSync(capturePath))
    const scenarios = readScenarios().flatMap((family) =>
      family.scenarios.map(({ ladder }) => captureOfLadder(ladder).bytes),
    )
    const twice = [...fixtures, ...scenarios, ...fixtures, ...scenarios]
    expectSame(twice)
    expectSame(twice, { verifyChecksums: true })
  })

  it.each(SIGHTS)('of random connections, %s, played at three speeds', (sight) => {
    const specs = fc.sample(connections(sight), { numRuns: Math.ceil(COUNT / SIGHTS.length), seed: SEED })
    const worlds = specs.map(runWorld).filter(({ crossings }) => crossings.length > 0)
    const recordings = [1, 0.2, 7].flatMap((slowness, round) =>
      worlds.map(
        ({ crossings }, at): Recording => ({
          crossings: crossings.map((crossing) => ({ ...crossing, us: Math.round(crossing.us * slowness) })),
          ports: [1024 + (at % 60_000), 80 + round],
          startUs: at * 137_000,
        }),
      ),
    )
    const capture = [captureOf(recordings)]
    expectSame(capture)
    expect(disagreements(capture).compared).toBeGreaterThan(0)
  })

  it('of short connections, of which many have one shape', () => {
    const random = new Random(SEED)
    const recordings = Array.from(
      { length: 2 * COUNT },
      (_, at): Recording => ({ crossings: shortConnection(random), ports: [1024 + at, 80], startUs: at * 20_000 }),
    )
    const capture = [captureOf(recordings)]
    expectSame(capture)
    expect(disagreements(capture).compared).toBeGreaterThan(COUNT / 2)
  })
})
