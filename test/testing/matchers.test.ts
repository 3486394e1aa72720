import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect as jestExpect } from 'expect'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/analysis/analyze-bytes.ts'
import { matchers } from '../../src/testing/index.ts'
import '../../src/testing/vitest.ts'
import { captureOf, refusedConnection, temporaryDirectory, wholeConnection } from '../support/capture-files.ts'
import { ROOT } from '../support/source-tree.ts'

const fixture = (name: string) => join(ROOT, 'fixtures', name)
const FOUR_WAY = fixture('four-way-client.pcap')
const fourWay = analyzeBytes(readFileSync(FOUR_WAY))
const mixed = analyzeBytes(captureOf(...wholeConnection(40000), ...refusedConnection(40001)))

/** What the assertion throws, in lines. */
function failure(assertion: () => void): string {
  try {
    assertion()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('nothing failed')
}

describe.each([
  ['a path', FOUR_WAY],
  ['a report', fourWay],
  ['a connection', fourWay.connections[0]!],
])('matchers on %s', (_, subject) => {
  it('say what is so', () => {
    expect(subject).toHaveCompletedHandshake()
    expect(subject).toHaveClosed({ kind: ['four-way', 'three-segment'], by: 'client' })
    expect(subject).toHaveStates('client', ['SYN-SENT', '...', 'TIME-WAIT'])
    expect(subject).toHaveNoFindings()
    expect(subject).not.toHaveClosed({ kind: 'reset' })
    expect(subject).not.toHaveStates('server', ['...', 'TIME-WAIT'])
  })

  it('fail when it is not so', () => {
    for (const assertion of [
      () => expect(subject).not.toHaveCompletedHandshake(),
      () => expect(subject).toHaveClosed({ by: 'server' }),
      () => expect(subject).toHaveStates('client', ['SYN-SENT', 'ESTABLISHED']),
      () => expect(subject).not.toHaveNoFindings({ severity: 'warn' }),
    ]) {
      expect(assertion).toThrow(/^expected /)
    }
  })
})

describe('a message', () => {
  it('shows what was seen, where, and the ladder around it', () => {
    const message = failure(() =>
      expect(FOUR_WAY).toHaveStates('client', ['SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', '...']),
    )
    expect(message).toContain(
      'expected the only connection to have gone, as client, through the states: SYN-SENT, ESTABLISHED, CLOSE-WAIT, ...',
    )
    expect(message).toContain('seen: SYN-SENT, ESTABLISHED, >FIN-WAIT-1<, FIN-WAIT-2, TIME-WAIT')
    expect(message).toMatch(/^> +8 .*FIN-WAIT-1 .*FIN,ACK seq=/m)
    expect(message).toMatch(/^ {2} +\d+ .*ACK seq=/m)
    expect(message).not.toContain('SYN,ACK')
  })

  it('of a report without its capture shows the transitions', () => {
    const message = failure(() => expect(fourWay).toHaveClosed({ kind: 'simultaneous' }))
    expect(message).toContain('seen: four-way by client')
    expect(message).toMatch(/^> +8 .*FIN-WAIT-1/m)
  })

  it('says of a wrong expectation what was probably meant', () => {
    expect(() => expect(fourWay).toHaveClosed({ kind: 'fourway' as never })).toThrow('(did you mean four-way?)')
    expect(() => expect(3).toHaveCompletedHandshake()).toThrow('expected a report of finwait')
    expect(() => expect('/nowhere.pcap').toHaveCompletedHandshake()).toThrow('ENOENT')
    expect(() => expect(join(ROOT, 'README.md')).toHaveCompletedHandshake()).toThrow(/README\.md: byte 0: /)
  })
})

describe('several connections', () => {
  it('must all be so; with not, none', () => {
    expect(() => expect(mixed).toHaveCompletedHandshake()).toThrow('each of 2 connections')
    expect(() => expect(mixed).not.toHaveCompletedHandshake()).toThrow(
      /^expected no connection to have its handshake: completed\n\nconnection 0, 10\.0\.0\.1:40000 to .* is so$/,
    )
    expect(mixed).not.toHaveClosed({ kind: 'reset' })
  })

  it('must be there, unless not', () => {
    const none = { ...mixed, connections: [] }
    expect(() => expect(none).toHaveClosed({ kind: 'four-way' })).toThrow('seen: none')
    expect(none).not.toHaveClosed({ kind: 'four-way' })
  })
})

describe('findings and expectation files', () => {
  it('toHaveNoFindings takes the severity from which on', () => {
    const path = fixture('refused.pcap')
    expect(path).toHaveNoFindings({ severity: 'error' })
    expect(() => expect(path).toHaveNoFindings({ severity: 'warn' })).toThrow('seen: warn connection-refused: ')
    expect(() => expect(path).toHaveNoFindings()).toThrow('connection-refused')
  })

  it('toMatchExpectation reads a file, and cites its line', () => {
    const file = join(temporaryDirectory(), 'web.expect.yaml')
    writeFileSync(file, 'connections:\n  - count: 1\n    close: { by: client }\n')
    expect(FOUR_WAY).toMatchExpectation(file)
    expect(fourWay.connections[0]).toMatchExpectation(file)
    expect(() => expect(FOUR_WAY).not.toMatchExpectation(file)).toThrow('it is')
    expect(() => expect(fixture('four-way-server.pcap')).toMatchExpectation(file)).toThrow(
      `expected connections[0].close: by client, at ${file}:3:5`,
    )
    writeFileSync(file, 'conections: []')
    expect(() => expect(FOUR_WAY).toMatchExpectation(file)).toThrow('1:1: no such key: conections')
  })
})

describe("Jest's expect", () => {
  jestExpect.extend(matchers)
  const expectInJest = jestExpect as unknown as typeof expect

  it('takes the same matchers', () => {
    expectInJest(FOUR_WAY).toHaveClosed({ kind: 'four-way' })
    expectInJest(mixed).not.toHaveClosed({ kind: 'reset' })
    const message = failure(() => expectInJest(FOUR_WAY).toHaveClosed({ kind: 'reset' }))
    expect(message).toMatch(/^> +8 .*FIN-WAIT-1/m)
    expect(() => expectInJest(mixed).not.toHaveCompletedHandshake()).toThrow()
  })
})

describe('types', () => {
  it('refuse what does not exist', () => {
    // @ts-expect-error no such state
    expect(() => expect(fourWay).toHaveStates('client', ['FIN-WAIT-3'])).toThrow('no such state: FIN-WAIT-3')
    // @ts-expect-error no such side
    expect(() => expect(fourWay).toHaveStates('clinet', ['CLOSED'])).toThrow('no such key: clinet')
  })
})
