import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ExpectationError, parseExpectations } from '../../src/check/parse.ts'

const isSchemaValid = new Ajv2020().compile(
  JSON.parse(readFileSync(new URL('../../schema/expectation.schema.json', import.meta.url), 'utf8')),
)

const EVERYTHING = `
connections:
  - name: the requests
    match: { client: { address: 10.0.0.0/8 }, server: { address: 2001:db8::1, port: [443, 8000-8999] }, stream: 3 }
    count: { min: 1, max: 5 }
    open: [three-way, fast-open]
    handshake: { completed: true, rtt: < 50ms, retransmissions: 0 }
    close: { kind: [four-way, three-segment], by: client, complete: true }
    states: { client: [SYN-SENT, ESTABLISHED, FIN-WAIT-1, ..., TIME-WAIT] }
    findings: { none: [close-wait-stuck, reset-by-middlebox], has: half-close, allow: [retransmission] }
    quality: complete
  - match: { open: refused, close: [never-opened] }
    count: 2
    close: never-opened
    states:
      server:
        - ...
capture:
  connections: { max: 100 }
  findings: { none: { severity: error } }
  quality: complete
`

function problems(text: string): string[] {
  try {
    parseExpectations(text, 'a.expect.yaml')
    return []
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error
    return error.message.split('\n')
  }
}

describe('an expectation file', () => {
  it('may say everything that the language has', () => {
    expect(problems(EVERYTHING)).toEqual([])
    expect(isSchemaValid(parse(EVERYTHING))).toBe(true)
  })

  it.each([
    ['conections: []', ['1:1: no such key: conections (did you mean connections?)']],
    [
      'connections:\n  - mtach: {}\n    clsoe: four-way',
      ['2:5: no such key: mtach (did you mean match?)', '3:5: no such key: clsoe (did you mean close?)'],
    ],
    [
      'connections:\n  - mtach: {}\n    open: refusd',
      ['2:5: no such key: mtach (did you mean match?)', '3:5: no such way to open: refusd (did you mean refused?)'],
    ],
    ['connections:\n  - close: four-wy', ['2:5: no such way to close: four-wy (did you mean four-way?)']],
    [
      'connections:\n  - close: [four-way,\n      fourway]',
      ['3:7: no such way to close: fourway (did you mean four-way?)'],
    ],
    ['connections:\n  - close: { kind: resett }', ['2:14: no such way to close: resett (did you mean reset?)']],
    ['connections:\n  - close: { bye: client }', ['2:14: no such key: bye (did you mean by?)']],
    ['connections:\n  - close: 3', ['2:5: expected a way to close, a list of them, or { kind, by, complete }']],
    ['connections:\n  - states: { client: [FIN-WAIT] }', ['2:24: no such state: FIN-WAIT (did you mean FIN-WAIT-1?)']],
    ['connections:\n  - states: { client: [] }', ['2:15: expected a list of states, found an empty one']],
    [
      'connections:\n  - findings: { none: [close-wait-stuk] }',
      ['2:24: no such finding: close-wait-stuk (did you mean close-wait-stuck?)'],
    ],
    [
      'connections:\n  - findings: { none: { severity: eror } }',
      ['2:25: no such severity: eror (did you mean error?)'],
    ],
    [
      'connections:\n  - findings: { none: half-close, allow: half-close }',
      ['2:17: half-close is in none, and allowed beside it'],
    ],
    ['connections:\n  - handshake: { rtt: 50 }', ['2:18: expected a limit: < 50ms']],
    [
      'connections:\n  - match: { server: { address: example.org } }',
      ['2:24: expected an address or a network: 10.0.0.1, 2001:db8::/32'],
    ],
    ['connections:\n  - match: { server: { port: 70000 } }', ['2:24: expected a port: 443, or 8000-8999']],
    ['connections:\n  - count: -1', ['2:5: expected a number']],
    ['connections:\n  - count: { mn: 1 }', ['2:14: no such key: mn (did you mean min?)']],
    ['connections:\n  - count: { min: 2, max: 1 }', ['2:5: no number is at least min and at most max']],
    ['connections:\n  - match: { client: { port: 9-8 } }', ['2:24: expected a port: 443, or 8000-8999']],
    ['connections:\n  - count: many', ['2:5: expected a number, or { min, max }']],
    ['capture: { quality: full }', ['1:12: no such quality: full: any, whole, complete']],
    ['capture: []', ['1:1: expected a rule for the capture: connections, findings, quality']],
    ['', ['1:1: expected expectations: connections, capture']],
    ['{}', ['1:1: expects nothing: expected connections or capture']],
    ['connections: [', [/^1:15: not YAML: /]],
    ['capture: {}\ncapture: {}', [/^2:1: not YAML: Map keys must be unique/]],
    ['capture: *nothing', [/not YAML: .*nothing/]],
  ])('%j is told with its place', (text, expected) => {
    const found = problems(text)
    expect(found).toEqual(
      expected.map((message) =>
        typeof message === 'string'
          ? `a.expect.yaml:${message}`
          : expect.stringMatching(message.source.replace('^', '')),
      ),
    )
    if (!found.join().includes('not YAML') && !/example|none: half-close|^\{\}$|max: 1|9-8/.test(text))
      expect(isSchemaValid(parse(text)), 'the schema finds it, too').toBe(false)
  })

  it('takes states as netstat, ss and the kernel spell them', () => {
    const { content } = parseExpectations(
      'connections: [{ states: { server: [SYN_RECV, estab, CLOSE_WAIT, ..., Closed] } }]',
      'a.expect.yaml',
    )
    expect(content.connections?.[0]?.states?.server).toEqual([
      'SYN-RECEIVED',
      'ESTABLISHED',
      'CLOSE-WAIT',
      '...',
      'CLOSED',
    ])
  })

  it('has a place for whatever is wrong with it', () => {
    const words = fc.constantFrom(
      'connections',
      'capture',
      'match',
      'close',
      'kind',
      'states',
      'client',
      'findings',
      'none',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(words, tie('tree'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.map((value) => stringify(value)),
        ),
        (text) => {
          for (const problem of problems(text)) expect(problem).toMatch(/^a\.expect\.yaml:\d+:\d+: \S/)
        },
      ),
      { numRuns: 500 },
    )
  })
})
