import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressText, parseAddress } from '../../src/bytes/address.ts'

const text = (...words: [number, number, number, number]): string => addressText(6, ...words)

test.each([
  [0x0a000001, '10.0.0.1'],
  [0xffffffff | 0, '255.255.255.255'],
  [0, '0.0.0.0'],
  [0xc0a80164 | 0, '192.168.1.100'],
])('IPv4 word %i is %s', (word, expected) => {
  expect(addressText(4, word, 1, 2, 3)).toBe(expected)
})

test.each([
  ['::', 0, 0, 0, 0],
  ['::1', 0, 0, 0, 1],
  ['2001:db8::1', 0x20010db8, 0, 0, 1],
  ['2001:db8:0:1:1:1:1:1', 0x20010db8, 0x00000001, 0x00010001, 0x00010001],
  ['2001:0:0:1::1', 0x20010000, 0x00000001, 0, 1],
  ['2001:db8::1:0:0:1', 0x20010db8, 0, 0x00010000, 1],
  ['fe80::', 0xfe800000 | 0, 0, 0, 0],
  ['::ffff:192.0.2.1', 0, 0, 0xffff, 0xc0000201 | 0],
  ['abcd:ef01:2345:6789:abcd:ef01:2345:6789', 0xabcdef01 | 0, 0x23456789, 0xabcdef01 | 0, 0x23456789],
])('%s as RFC 5952 spells it', (expected, ...words) => {
  expect(text(...words)).toBe(expected)
})

const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x10000), fc.integer())
const words = fc.tuple(word, word, word, word)

test('any address: its text is read as the same words', () => {
  fc.assert(
    fc.property(words, (all) => {
      expect(parseAddress(text(...all))).toEqual({ family: 6, words: all })
      expect(parseAddress(addressText(4, ...all))).toEqual({ family: 4, words: [all[0], 0, 0, 0] })
    }),
  )
})

test('any address: the URL parser of the platform, which follows RFC 5952 too, spells it alike', () => {
  fc.assert(
    fc.property(words, (all) => {
      const spelled = text(...all)
      fc.pre(!spelled.includes('.'))
      expect(new URL(`http://[${spelled}]/`).hostname).toBe(`[${spelled}]`)
    }),
  )
})

test.each([
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['0:0:0:0:0:ffff:10.1.2.3', '::ffff:10.1.2.3'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['1::', '1::'],
])('%s is understood', (spelling, expected) => {
  const address = parseAddress(spelling)
  expect(address && addressText(address.family, ...address.words)).toBe(expected)
})

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.01',
  '10.0.0.1.2',
  '10.0.0.x',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4::5:6:7:8',
  '12345::',
  'g::1',
  '1.2.3.4::',
  '::1.2.3',
  'fe80::1%eth0',
  '[::1]',
  'localhost',
])('%j is no address', (spelling) => {
  expect(parseAddress(spelling)).toBeNull()
})
