import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/analysis/analyze-bytes.ts'
import { evaluate } from '../../src/check/evaluate.ts'
import { parseExpectations } from '../../src/check/parse.ts'
import { newExpectations, refreshedExpectations } from '../../src/check/update.ts'
import type { Report } from '../../src/report/model.ts'
import { captureOf, refusedConnection, wholeConnection } from '../support/capture-files.ts'
import { listFixtures } from '../support/fixtures.ts'
import { ROOT } from '../support/source-tree.ts'

function reportOn(fixture: string): Report {
  return analyzeBytes(readFileSync(join(ROOT, 'fixtures', fixture)))
}

function unmet(report: Report, text: string): string[] {
  return evaluate(report, [parseExpectations(text, 'a.expect.yaml')]).flatMap(({ key, unmet }) =>
    unmet > 0 ? [key] : [],
  )
}

describe.each(listFixtures())('of $name', ({ capturePath }) => {
  const report = analyzeBytes(readFileSync(capturePath))
  const text = newExpectations(report)

  it('what is written is met, and is written once', () => {
    expect(unmet(report, text)).toEqual([])
    expect(refreshedExpectations(text, report)).toEqual({ text, left: [] })
  })

  it('nothing is written that changes from one recording to the next', () => {
    expect(text).not.toMatch(/rtt|address|stream:|\d{4}-\d\d-\d\d|\b(?!32768|65535)\d{5}\b/)
  })
})

describe('a new file', () => {
  it('is one rule for connections that are alike', () => {
    const report = analyzeBytes(captureOf(...wholeConnection(40000), ...wholeConnection(40001)))
    expect(
      newExpectations(report),
    ).toBe(`# What was seen, written by finwait check --update. What you change stays as long as it is met.

connections:
  - match: { server: { port: 80 } }
    count: 2
    open: three-way
    close: { kind: four-way, by: client }
    states:
      client: [SYN-SENT, ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT]
      server: [SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT, LAST-ACK, CLOSED]
capture:
  connections: 2
  findings: { none: { severity: warn } }
  quality: complete
`)
  })

  it('tells apart those at the same port that open or close in other ways', () => {
    const report = analyzeBytes(captureOf(...wholeConnection(40000), ...refusedConnection(40001)))
    const matches = newExpectations(report).match(/match: .*/g)
    expect(matches).toEqual([
      'match: { server: { port: 80 }, open: three-way, close: four-way }',
      'match: { server: { port: 80 }, open: refused, close: never-opened }',
    ])
  })

  it('fails when another recording has a connection more, or closes otherwise', () => {
    const text = newExpectations(reportOn('four-way-client.pcap'))
    expect(unmet(reportOn('three-segment.pcap'), text)).toContain('connections[0].close')
    expect(unmet(analyzeBytes(captureOf(...wholeConnection(40000), ...wholeConnection(40001))), text)).toEqual([
      'connections[0].count',
      'capture.connections',
    ])
  })
})

describe('a file that is there', () => {
  const report = reportOn('four-way-client.pcap')

  it('keeps its comments and all that is met, and changes what is not', () => {
    const text = `# ours
connections:
  # the requests
  - name: web
    match: { server: { port: 79-81 } } # any of them
    count: { min: 1 }
    close: reset # why
    states: { client: [SYN-SENT, ..., TIME-WAIT], server: [CLOSING] }
capture:
  findings: { none: { severity: error } } # for now
`
    expect(refreshedExpectations(text, report).text).toBe(`# ours
connections:
  # the requests
  - name: web
    match: { server: { port: 79-81 } } # any of them
    count: { min: 1 }
    close: { kind: four-way, by: client } # why
    states: { client: [SYN-SENT, ..., TIME-WAIT], server: [SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT, LAST-ACK, CLOSED] }
capture:
  findings: { none: { severity: error } } # for now
`)
  })

  it('loses a rule that matches nothing, and gets one for what no rule matches', () => {
    const { text } = refreshedExpectations(
      'connections:\n  - match: { server: { port: 443 } }\n    close: reset\n  - match: { server: { port: 25 } }\n    count: 0\n',
      report,
    )
    expect(text.match(/match: .*/g)).toEqual(['match: { server: { port: 25 } }', 'match: { server: { port: 80 } }'])
    expect(unmet(report, text)).toEqual([])
  })

  it('is written anew when nothing of it is left', () => {
    const { text } = refreshedExpectations('connections: [{ match: { server: { port: 443 } } }]', report)
    expect(text).toBe(newExpectations(report))
  })

  it('allows by name what it forbids by severity, and forbids no more what it forbids by name', () => {
    const forged = reportOn('forged-reset.pcap')
    const bySeverity = refreshedExpectations('capture: { findings: { none: { severity: error } } }', forged).text
    expect(bySeverity).toContain('allow: [reset-by-middlebox]')
    const byName = 'connections: [{ findings: { none: [reset-by-middlebox, half-close], has: fast-open, allow: [] } }]'
    const { text } = refreshedExpectations(byName.replace(', allow: []', ''), forged)
    expect(text).toContain('findings: { none: [half-close] }')
  })

  it('leaves to a person what only a person can know', () => {
    const text = 'connections: [{ handshake: { rtt: < 1us } }]\n'
    expect(refreshedExpectations(text, report)).toEqual({ text, left: ['connections[0].handshake'] })
  })
})
