import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressText } from '../../src/bytes/address.ts'
import { contains, parseRange } from '../../src/bytes/address-range.ts'
import { parseFilter } from '../../src/cli/filter.ts'
import { FINDING_CODES } from '../../src/findings/catalogue.ts'
import { sampleReport } from '../support/sample-report.ts'

const CODES = [...FINDING_CODES, 'reset-with-data-lost']

/** Numbers of the sample's connections that the filters select. */
function selected(...texts: string[]): number[] {
  const matches = parseFilter(texts, CODES)
  return sampleReport()
    .connections.filter(matches)
    .map(({ connection }) => connection)
}

const ALL = selected()

describe('--filter', () => {
  it('selects everything when there is none', () => {
    expect(ALL).toEqual(sampleReport().connections.map(({ connection }) => connection))
  })

  it.each([
    ['port=443', [3]],
    ['port==81', [2]],
    ['port=40003-40005', [3, 4, 5]],
    ['connection=7', [7]],
    ['connection=0,2,9-10', [0, 2, 9, 10]],
    ['stream=5', [5]],
    ['host=10.0.0.3', [3]],
    ['host=2001:db8::2', [4]],
    ['host=2001:0DB8:0::2', [4]],
    ['host=[2001:db8::2]', [4]],
    ['host=2001:db8:85a3::/48', [4]],
    ['open=refused', [2]],
    ['open=split,fast-open', [8, 9]],
    ['close=simultaneous', [1]],
    ['close!=four-way', [1, 2, 3, 4, 5, 6, 7]],
    ['close!=four-way,simultaneous', [2, 3, 4, 5, 6, 7]],
    ['severity=warn,error', [4, 5, 7]],
    ['finding=close-wait-stuck', [4, 7]],
    ['state=CLOSING', [6]],
    ['visited=fin-wait-2', [0]],
    ['PORT=443', [3]],
    ['close = reset , timeout', [3, 5]],
    ['tcp.port==443', [3]],
    ['ip.addr==10.0.0.3', [3]],
    ['tcp.stream==5', [5]],
  ])('%s', (text, numbers) => {
    expect(selected(text)).toEqual(numbers)
  })

  it('selects what meets all of several', () => {
    expect(selected('port=80', 'severity=warn')).toEqual([4, 7])
    expect(selected('port=80 severity=warn')).toEqual([4, 7])
    expect(selected('port=80 and severity=warn && connection!=4')).toEqual([7])
  })

  it('host=10.0.0.0/8 is every connection but the one of IPv6', () => {
    expect(selected('host=10.0.0.0/8')).toEqual(ALL.filter((number) => number !== 4))
    expect(selected('host!=10.0.0.0/8')).toEqual([4])
  })

  it.each(['TIME-WAIT', 'TIME_WAIT', 'time-wait', 'timewait', 'Time Wait'.replace(' ', '')])('takes %s', (spelling) => {
    expect(selected(`state=${spelling}`)).toEqual(selected('state=TIME-WAIT'))
    expect(selected(`state=${spelling}`)).toContain(1)
  })

  it.each([
    ['FIN_WAIT1', 'FIN-WAIT-1'],
    ['FIN-WAIT2', 'FIN-WAIT-2'],
    ['SYN_RECV', 'SYN-RECEIVED'],
    ['SYN_RCVD', 'SYN-RECEIVED'],
    ['SYN-RECV', 'SYN-RECEIVED'],
    ['ESTAB', 'ESTABLISHED'],
    ['LAST_ACK', 'LAST-ACK'],
    ['CLOSE', 'CLOSED'],
    ['SYN_SENT', 'SYN-SENT'],
  ])('takes %s for %s', (spelling, state) => {
    expect(selected(`state=${spelling}`)).toEqual(selected(`state=${state}`))
    expect(selected(`state=${state}`)).not.toEqual([])
  })

  it.each([
    ['prot=443', 'no such key: prot (did you mean port?)'],
    ['colour=red', 'no such key: colour; keys: host, port'],
    ['443', 'expected key=value or key!=value'],
    ['port=', 'expected key=value'],
    ['port=https', 'port=https: expected a number or a range'],
    ['state=TIME_WIAT', 'no such state: TIME_WIAT (did you mean TIME-WAIT?)'],
    ['state=xyz', 'no such state: xyz: CLOSED, LISTEN'],
    ['close=fourway', 'no such close: fourway (did you mean four-way?)'],
    ['open=xyz', 'no such open: xyz: three-way, simultaneous'],
    ['finding=close-wait-stick', 'no such finding: close-wait-stick (did you mean close-wait-stuck?)'],
    ['severity=warning', 'no such severity: warning (did you mean warn?)'],
    ['host=10.0.0', 'host=10.0.0: expected an address or a network'],
    ['host=10.0.0.0/33', 'expected an address or a network'],
    ['host=2001:db8::/129', 'expected an address or a network'],
    ['constructor=1', 'no such key: constructor'],
  ])('refuses %s', (text, message) => {
    expect(() => selected(text)).toThrow(message)
  })
})

describe('a network', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  it('contains an IPv6 address exactly when the first bits are the same', () => {
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.nat(128), fc.nat(127), (words, prefix, bit) => {
        const range = parseRange(`${addressText(6, ...words)}/${prefix}`)!
        const flipped = [...words] as [number, number, number, number]
        flipped[bit >> 5]! ^= 1 << (31 - (bit & 31))
        expect(contains(range, { family: 6, words })).toBe(true)
        expect(contains(range, { family: 6, words: flipped })).toBe(bit >= prefix)
        expect(contains(range, { family: 4, words: [words[0], 0, 0, 0] })).toBe(false)
      }),
    )
  })
})
