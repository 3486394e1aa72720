import { expect, test } from 'vitest'
import { Decoder } from '../../src/decode/decoder.ts'
import { Segment } from '../../src/decode/segment.ts'
import { parseTcpOptions, TcpOptions } from '../../src/decode/tcp-options.ts'
import { bytes, packetOf, tcpPacket } from '../support/build-packet.ts'

const NONE = { ...new TcpOptions() }

/** The options as the decoder and the parser see them; `captured` bytes of them when snaplen cut the packet. */
function parsed(options: string, captured?: number): TcpOptions {
  const data = tcpPacket({ options: bytes(options) })
  const length = captured === undefined ? data.length : 54 + captured
  const segment = new Segment()
  new Decoder().decode(packetOf(data.subarray(0, length), { originalLength: data.length }), segment)
  const found = new TcpOptions()
  parseTcpOptions(segment, found)
  return found
}

test('a SYN of Linux', () => {
  expect(parsed('020405b4 0402 080a 80000001 00000000 01 030307')).toEqual({
    ...NONE,
    mss: 1460,
    windowScale: 7,
    sackPermitted: true,
    hasTimestamps: true,
    tsVal: 0x80000001 | 0,
    tsEcr: 0,
  })
})

test('the usual two no-operations and timestamps', () => {
  expect(parsed('0101080a 00000005 fffffffe')).toEqual({ ...NONE, hasTimestamps: true, tsVal: 5, tsEcr: -2 })
})

test.each([
  ['no options', '', NONE],
  ['only no-operations', '01010101', NONE],
  ['what follows the end of the list', '00 02040001', NONE],
  ['a window scale of 14', '03030e 00', { ...NONE, windowScale: 14 }],
  ['a window scale above 14 is used as 14', '030315 00', { ...NONE, windowScale: 14 }],
  ['a window scale of 0 is not its absence', '030300 00', { ...NONE, windowScale: 0 }],
  ['one SACK block', '0101 050a 00000001 00000009', { ...NONE, sackBlocks: 1, sackEnd: 9 }],
  ['two SACK blocks', '0101 0512 00000001 00000002 00000003 00000004', { ...NONE, sackBlocks: 2, sackEnd: 2 }],
  ['a Fast Open request', '2202 0000', { ...NONE, fastOpenCookieLength: 0 }],
  ['a Fast Open cookie', '220a 0102030405060708 0000', { ...NONE, fastOpenCookieLength: 8 }],
  ['the shortest Fast Open cookie', '2206 01020304 0000', { ...NONE, fastOpenCookieLength: 4 }],
  ['the longest Fast Open cookie', `2212 ${'ab'.repeat(16)} 0000`, { ...NONE, fastOpenCookieLength: 16 }],
  ['an experimental Fast Open request', 'fe04f989', { ...NONE, fastOpenCookieLength: 0 }],
  ['an experimental Fast Open cookie', 'fe0cf989 0102030405060708', { ...NONE, fastOpenCookieLength: 8 }],
  ['another experiment', 'fe04abcd', NONE],
  ['TCP-MD5', `1312 ${'ab'.repeat(16)} 0000`, { ...NONE, isAuthenticated: true }],
  ['TCP-AO', '1d10 0101 0102030405060708090a0b0c', { ...NONE, isAuthenticated: true }],
  ['Multipath TCP', '1e0c 0181 0102030405060708', { ...NONE, isMultipath: true }],
  ['an option that nobody knows', 'c8040000 020405b4', { ...NONE, mss: 1460 }],
])('%s', (_name, options, expected) => {
  expect(parsed(options)).toEqual(expected)
})

test.each([
  ['length 0', '02000000'],
  ['length 1', '02010000'],
  ['a length past the header', '01010108'],
  ['an option longer than the list', '080a0000'],
  ['MSS of length 3', '02030000'],
  ['SACK with half a block', '05060000 00000000'],
  ['Fast Open with a cookie of 18 bytes', `2214 ${'ab'.repeat(18)}`],
  ['Fast Open with an odd cookie', '2207 0102030405 00'],
])('%s is malformed', (_name, options) => {
  expect(parsed(options).isMalformed).toBe(true)
})

test('an option of a wrong length does not hide those behind it', () => {
  expect(parsed('0303 0e 020404b0 0402 0205010203')).toMatchObject({ mss: 1200, windowScale: 14, isMalformed: true })
})

test('options that snaplen cut are absent, not malformed', () => {
  expect(parsed('020405b4 0402 080a 00000001 00000000 01 030307', 10)).toEqual({
    ...NONE,
    mss: 1460,
    sackPermitted: true,
  })
  expect(parsed('020405b4 0402 080a 00000001 00000000 01 030307', 7)).toEqual({
    ...NONE,
    mss: 1460,
    sackPermitted: true,
  })
})

test('nothing is left of the segment before', () => {
  const options = new TcpOptions()
  options.mss = 1
  options.windowScale = 3
  options.fastOpenCookieLength = 8
  options.isMalformed = true
  parseTcpOptions(new Segment(), options)
  expect(options).toEqual(NONE)
})
