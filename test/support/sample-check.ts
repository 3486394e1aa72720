/**
 * A check of four captures with everything that a result can be, and with texts that every format must escape.
 */
import { type CheckReport, type CheckResult, RULES, type Violation } from '../../src/report/checks/model.ts'

/** Markup, workflow commands, control characters and line breaks of several formats at once. */
export const NASTY = '"><b>&\'`]]>%0A::error::x,y:z##[warning]\u001b[2J\n\u202eok # TODO {}'

function result(rule: CheckResult['rule'], others: Partial<CheckResult> = {}): CheckResult {
  return {
    rule,
    key: `connections[0].${rule}`,
    name: null,
    expected: 'this',
    source: { file: 'web.pcapng.expect.yaml', line: 3, column: 5 },
    checked: 2,
    unmet: 0,
    violations: [],
    ...others,
  }
}

function violation(others: Partial<Violation> = {}): Violation {
  return {
    connection: { connection: 3, stream: 2, client: '10.0.0.1:40000', server: '[2001:db8::1]:443' },
    side: 'client',
    seen: 'that',
    frames: [8, 9],
    filter: 'tcp.stream eq 2 and frame.number in {8, 9}',
    ...others,
  }
}

/** Fresh on each call. */
export function sampleCheck(): CheckReport {
  const rules = Object.keys(RULES) as CheckResult['rule'][]
  return structuredClone({
    schema: 'finwait/check/1',
    captures: [
      { file: 'good.pcap', error: null, connections: 2, results: rules.map((rule) => result(rule)) },
      {
        file: `dir/${NASTY}.pcap`,
        error: null,
        connections: 12,
        results: [
          result('close', {
            name: NASTY,
            unmet: 22,
            violations: [violation({ seen: NASTY }), violation({ side: 'server' })],
          }),
          result('findings', {
            key: 'capture.findings',
            source: null,
            checked: null,
            unmet: 1,
            violations: [violation({ connection: null, side: null, frames: [], filter: '' })],
          }),
          result('open'),
        ],
      },
      { file: 'damaged.pcap', error: { offset: 123, message: NASTY }, connections: 1, results: [result('states')] },
      { file: 'missing.pcap', error: { offset: 0, message: 'no such file' }, connections: 0, results: [] },
    ],
    summary: { captures: 4, failed: 1, unreadable: 2, expectations: 12, unmet: 2 },
  })
}
