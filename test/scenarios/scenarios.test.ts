/**
 * Each scenario as a tap half-way sees it: the states of both sides, the verdicts, the findings.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { ConnectionReport, Report } from '../../src/report/model.ts'
import type { Peer } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'
import { type ExpectedState, readScenarios, type Scenario } from './scenario.ts'

const PEERS = [
  ['A', '10.0.0.1'],
  ['B', '10.0.0.2'],
] as const

function sideOf(connection: ConnectionReport, address: string): 'client' | 'server' {
  return connection.client.address === address ? 'client' : 'server'
}

/** The states that the report has a side enter, over all connections; opening passively is no news. */
function entered(report: Report, address: string): string[] {
  return report.connections.flatMap((connection) =>
    connection.transitions
      .filter(({ side, from, to }) => side === sideOf(connection, address) && !(from === 'CLOSED' && to === 'LISTEN'))
      .map(({ to }) => to),
  )
}

/** The states in one line, those that cannot be known optional. */
function pattern(expected: readonly ExpectedState[]): RegExp {
  const words = expected.map(({ state, isOptional }) => (isOptional ? `(${state} )?` : `${state} `))
  return new RegExp(`^${words.join('')}$`)
}

function valueAt(report: ConnectionReport, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((object, key) => (object as Record<string, unknown> | null | undefined)?.[key], report)
  return String(value)
}

function fittedEnd(actual: string | null, expected: string): string | null {
  if (expected === '*') return actual
  if (!expected.startsWith('?')) return expected
  return actual === null ? null : expected.slice(1)
}

function report(scenario: Scenario): Report {
  return analyzeBytes(captureOf(scenario.ladder).bytes)
}

function codesOf({ connections }: Report): string[] {
  return connections.flatMap(({ findings }) => findings.map(({ code }) => code))
}

describe.each(readScenarios())('$family', ({ scenarios }) => {
  describe.each(scenarios)('$number $name', (scenario) => {
    let found: Report
    beforeAll(() => {
      found = report(scenario)
    })

    it('is as many connections as it should be', () => {
      expect(found.connections).toHaveLength(scenario.connections ?? found.connections.length)
    })

    it.each(PEERS)('has the states of %s', (peer: Peer, address) => {
      const states = entered(found, address).map((state) => `${state} `)
      expect(states.join('')).toMatch(pattern(scenario.states[peer]))
    })

    it.each(PEERS)('leaves %s in its last state', (peer: Peer, address) => {
      const last = found.connections.at(-1)!
      const { state } = last[sideOf(last, address)]
      expect(state).toBe(fittedEnd(state, scenario.end[peer]))
    })

    it.each(scenario.values)('reports connection $connection with $text', ({ connection, path, allowed }) => {
      expect(allowed).toContain(valueAt(found.connections.at(connection)!, path))
    })

    it.each(scenario.findings)('finds %s', (code) => {
      expect(codesOf(found)).toContain(code)
    })

    it.each(scenario.wrongFindings)('does not find %s', (code) => {
      expect(codesOf(found)).not.toContain(code)
    })
  })
})

it('covers the 41 scenarios', () => {
  const numbers = readScenarios().flatMap(({ scenarios }) => scenarios.map(({ number }) => Number(number)))
  expect(numbers.sort((first, second) => first - second)).toEqual(Array.from({ length: 41 }, (_, at) => at + 1))
})
