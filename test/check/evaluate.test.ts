import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/analysis/analyze-bytes.ts'
import { evaluate } from '../../src/check/evaluate.ts'
import { parseExpectations } from '../../src/check/parse.ts'
import type { CheckResult } from '../../src/report/checks/model.ts'
import { ROOT } from '../support/source-tree.ts'

/** What `text`, beside the capture of a fixture, says of it. */
function resultsOf(fixture: string, text: string, config: string | null = null): CheckResult[] {
  const report = analyzeBytes(readFileSync(join(ROOT, 'fixtures', fixture)))
  const sources = [parseExpectations(text, 'a.expect.yaml')]
  if (config !== null) sources.push(parseExpectations(config, 'finwait.config.yaml', true))
  return evaluate(report, sources)
}

/** What is not met: `key: seen`, with the frames. */
function unmet(fixture: string, text: string, config: string | null = null): string[] {
  return resultsOf(fixture, text, config).flatMap(({ key, violations }) =>
    violations.map(({ seen, frames }) => `${key}: ${seen}${frames.length === 0 ? '' : ` [${frames}]`}`),
  )
}

const FOUR_WAY = 'four-way-client.pcap'

describe('states', () => {
  const client = (states: string) => unmet(FOUR_WAY, `connections: [{ states: { client: [${states}] } }]`)

  it.each([
    'SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT',
    'SYN-SENT, ..., TIME-WAIT',
    '...',
    '..., ESTABLISHED, ..., TIME-WAIT, ...',
    '..., SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, ..., TIME-WAIT',
  ])('are met by [%s]', (states) => {
    expect(client(states)).toEqual([])
  })

  it.each([
    ['SYN-SENT, ESTABLISHED, CLOSE-WAIT, ...', 'SYN-SENT, ESTABLISHED, >FIN-WAIT-1<, FIN-WAIT-2, TIME-WAIT [8]'],
    ['SYN-SENT, ESTABLISHED', 'SYN-SENT, ESTABLISHED, >FIN-WAIT-1<, FIN-WAIT-2, TIME-WAIT [8]'],
    ['..., LAST-ACK, ...', 'SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT and no more [10]'],
    ['..., TIME-WAIT, CLOSED', 'SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT and no more [10]'],
  ])('are not met by [%s], and the frame says where', (states, seen) => {
    expect(client(states)).toEqual([`connections[0].states.client: ${seen}`])
  })
})

describe('close, open and handshake', () => {
  it.each([
    ['close: four-way', []],
    ['close: { by: [client, both] }', []],
    ['close: [reset, three-segment]', ['close: four-way by client [8,9,10,11]']],
    ['close: { kind: four-way, by: server }', ['close: four-way by client [8,9,10,11]']],
    ['close: { complete: false }', ['close: four-way by client with every FIN acknowledged [8,9,10,11]']],
    ['open: three-way', []],
    ['open: simultaneous', ['open: three-way [1,2,3]']],
    ['handshake: { completed: true, rtt: < 60s, retransmissions: 0 }', []],
    [
      'handshake: { completed: false, rtt: <= 1us, retransmissions: { min: 1 } }',
      ['handshake: completed: three-way, round trip T, 0 retransmissions [1,2,3]'],
    ],
    ['quality: complete', []],
  ])('%s', (rule, expected) => {
    const found = unmet(FOUR_WAY, `connections: [{ ${rule} }]`)
    expect(found.map((text) => text.replace('connections[0].', '').replace(/trip [\d.]+ \S+,/, 'trip T,'))).toEqual(
      expected,
    )
  })

  it('a connection that was refused completed nothing', () => {
    expect(unmet('refused.pcap', 'connections: [{ handshake: { completed: true, rtt: < 1s } }]')).toEqual([
      'connections[0].handshake: not completed: refused, no round trip was seen [1]',
    ])
  })
})

describe('count and match', () => {
  it.each([
    ['{ match: { server: { port: 80 } }, count: 1 }', []],
    ['{ match: { server: { port: 79-81, address: 192.0.2.0/24 }, open: three-way, close: four-way }, count: 1 }', []],
    ['{ match: { client: { port: 80 } } }', ['connections[0]: none']],
    ['{ match: { close: reset }, count: { min: 2, max: 4 } }', ['connections[0].count: none']],
    ['{ count: { max: 0 } }', ['connections[0].count: 1']],
  ])('%s', (rule, expected) => {
    expect(unmet(FOUR_WAY, `connections: [${rule}]`)).toEqual(expected)
  })

  it('in the rules for all a rule may match nothing, unless it says how many', () => {
    expect(unmet(FOUR_WAY, 'capture: {}', 'connections: [{ match: { close: reset }, close: four-way }]')).toEqual([])
    expect(unmet(FOUR_WAY, 'capture: {}', 'connections: [{ match: { close: reset }, count: 1 }]')).toEqual([
      'connections[0].count: none',
    ])
  })
})

describe('findings', () => {
  const FORGED = 'forged-reset.pcap'

  it('none forbids codes, and severities from one on', () => {
    const codes = (rule: string) => unmet(FORGED, rule).map((text) => text.replace(/(: \w+ [\w-]+):.*/, '$1'))
    expect(codes('connections: [{ findings: { none: reset-by-middlebox } }]')).toEqual([
      'connections[0].findings: error reset-by-middlebox',
      'capture.findings: error reset-by-middlebox',
    ])
    expect(codes('capture: { findings: { none: { severity: warn } } }')).toContain(
      'capture.findings: error reset-by-middlebox',
    )
  })

  it('has wants one, and allows it everywhere', () => {
    expect(unmet(FORGED, 'connections: [{ findings: { has: reset-by-middlebox } }]')).toEqual([])
    expect(unmet(FOUR_WAY, 'connections: [{ findings: { has: reset-by-middlebox } }]')).toEqual([
      'connections[0].findings: no reset-by-middlebox [1,11]',
    ])
    expect(unmet(FOUR_WAY, 'capture: { findings: { has: [port-scan] } }')).toEqual(['capture.findings: no port-scan'])
    expect(unmet(FORGED, 'capture: { findings: { has: [reset-by-middlebox] } }')).toEqual([])
  })

  it('allow goes before the rules for all', () => {
    const strict = 'capture: { findings: { none: { severity: error } } }'
    expect(unmet(FORGED, 'connections: [{ close: reset }]', strict)).toHaveLength(1)
    expect(unmet(FORGED, 'connections: [{ findings: { allow: reset-by-middlebox } }]', strict)).toEqual([])
    expect(unmet(FORGED, 'capture: { findings: { allow: reset-by-middlebox } }', strict)).toEqual([])
  })
})

describe('the capture', () => {
  it('has a number of connections', () => {
    expect(unmet('many-short.pcapng', 'capture: { connections: 60 }')).toEqual([])
    expect(unmet('many-short.pcapng', 'capture: { connections: { max: 59 } }')).toEqual(['capture.connections: 60'])
  })

  it('is complete when nothing is missing from it', () => {
    expect(unmet('one-sided-client.pcap', 'capture: { quality: complete }')).toEqual([
      expect.stringMatching(/^capture\.quality: only one direction was captured/),
    ])
  })

  it('tells the first violations by number, and counts all', () => {
    const [, close] = resultsOf('many-short.pcapng', 'connections: [{ close: simultaneous }]')
    expect(close).toMatchObject({ unmet: 60, checked: 60 })
    expect(close!.violations.map(({ connection }) => connection?.connection)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    )
  })
})
