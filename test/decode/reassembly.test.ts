import { expect, test } from 'vitest'
import { Decoder } from '../../src/decode/decoder.ts'
import { DECODE_LIMITS } from '../../src/decode/limits.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { Segment } from '../../src/decode/segment.ts'
import { bytes, ipv4, ipv6, packetOf, tcp, u16, u32 } from '../support/build-packet.ts'

const TEXT = Uint8Array.from({ length: 100 }, (_, index) => index)
const SEGMENT = tcp({ seq: 42, flags: 'PA', payload: TEXT })
const RAW = 101

/** `[start, end)` of the segment as a fragment. */
function fragment4(start: number, end: number, id = 7, source = '10.0.0.1'): Uint8Array {
  const moreFragments = end < SEGMENT.length
  return ipv4({ source, id, fragmentOffset: start, moreFragments, payload: SEGMENT.subarray(start, end) })
}

function fragment6(start: number, end: number, id = 7): Uint8Array {
  const header = bytes('0600', u16(start | (end < SEGMENT.length ? 1 : 0)), u32(id))
  return ipv6({ nextHeader: 44, payload: bytes(header, SEGMENT.subarray(start, end)) })
}

function outcomes(decoder: Decoder, segment: Segment, ...packets: Uint8Array[]): Outcome[] {
  return packets.map((data) => decoder.decode(packetOf(data, { linkType: RAW }), segment))
}

test.each([
  ['IPv4', fragment4],
  ['IPv6', fragment6],
])('%s fragments: the segment is seen with the last of them, whatever their order', (_name, fragment) => {
  const whole = SEGMENT.length
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
  ]) {
    const decoder = new Decoder()
    const segment = new Segment()
    const pieces = [fragment(0, 40), fragment(40, 80), fragment(80, whole)]
    const found = outcomes(decoder, segment, ...order.map((index) => pieces[index]!))
    expect(found).toEqual([Outcome.FRAGMENT, Outcome.FRAGMENT, Outcome.TCP])
    expect(segment).toMatchObject({ seq: 42, payloadLength: 100, payloadCaptured: 100, isCut: false })
    const { view, payloadOffset } = segment
    expect(new Uint8Array(view.buffer, view.byteOffset + payloadOffset, 100)).toEqual(TEXT)
  }
})

test('fragments of other datagrams are kept apart: by identification, by address', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const packets = [
    fragment4(0, 40, 7),
    fragment4(0, 40, 8),
    fragment4(40, 120, 9),
    fragment4(40, 120, 8, '10.0.0.9'),
    fragment4(40, 120, 7),
  ]
  expect(outcomes(decoder, segment, ...packets)).toEqual([6, 6, 6, 6, Outcome.TCP])
})

test('a fragment seen twice is no contradiction', () => {
  const decoder = new Decoder()
  const packets = [fragment4(0, 40), fragment4(0, 40), fragment4(40, 120)]
  expect(outcomes(decoder, new Segment(), ...packets)).toEqual([Outcome.FRAGMENT, Outcome.FRAGMENT, Outcome.TCP])
})

test.each([
  ['overlapping the one before', [fragment4(0, 40), fragment4(32, 120)]],
  ['of the same place with other bytes', [fragment4(0, 40), fragment4(0, 40).fill(0xff, 59)]],
  ['overlapping the one after', [fragment4(40, 120), fragment4(0, 48)]],
  [
    'behind the last',
    [fragment4(80, 120), ipv4({ id: 7, fragmentOffset: 120, moreFragments: true, payload: TEXT.subarray(0, 8) })],
  ],
  ['with two ends', [fragment4(80, 120), ipv4({ id: 7, fragmentOffset: 40, payload: new Uint8Array(16) })]],
  [
    'larger than a datagram',
    [ipv4({ id: 7, fragmentOffset: 65_528, moreFragments: true, payload: new Uint8Array(16) })],
  ],
])('fragments %s are refused, and so is the rest of the datagram', (_name, packets) => {
  const decoder = new Decoder()
  const segment = new Segment()
  expect(outcomes(decoder, segment, ...packets).at(-1)).toBe(Outcome.MALFORMED)
  expect(outcomes(decoder, segment, fragment4(0, 8))).toEqual([Outcome.MALFORMED])
  expect(decoder.stop.layer).toBe('ip fragment')
  expect(decoder.reassembly.refused).toBe(1)
})

test('the largest datagram that IP can have is put together', () => {
  const segment = new Segment()
  const payload = tcp({ seq: 42, payload: new Uint8Array(65_515) })
  const packets = [0, 32_000, 64_000].map((start) =>
    ipv4({
      id: 7,
      fragmentOffset: start,
      moreFragments: start < 64_000,
      payload: payload.subarray(start, start + 32_000),
    }),
  )
  expect(outcomes(new Decoder(), segment, ...packets).at(-1)).toBe(Outcome.TCP)
  expect(segment.payloadLength).toBe(65_515)
})

test('what snaplen cut cannot be put together; the first fragment is read for what it has', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const first = fragment4(0, 80)
  const second = fragment4(80, 120)
  const cut = (data: Uint8Array) => packetOf(data.subarray(0, 50), { linkType: RAW, originalLength: data.length })
  expect(decoder.decode(cut(first), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ seq: 42, isCut: true })
  expect(decoder.decode(cut(second), segment)).toBe(Outcome.FRAGMENT)
})

test('a datagram is given up after sixty seconds', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const at = (data: Uint8Array, seconds: number) => packetOf(data, { linkType: RAW, timeNs: seconds * 1e9 })
  decoder.decode(at(fragment4(0, 40), 0), segment)
  expect(decoder.decode(at(fragment4(40, 120), 61), segment)).toBe(Outcome.FRAGMENT)
  expect(decoder.reassembly.expired).toBe(1)
})

test('the oldest datagram gives way when there are too many, and is counted', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  for (let id = 0; id <= DECODE_LIMITS.maxDatagrams; id++) outcomes(decoder, segment, fragment4(0, 8, id))
  expect(decoder.reassembly.evicted).toBe(1)
  expect(outcomes(decoder, segment, fragment4(8, 120, 1), fragment4(8, 120, 0))).toEqual([
    Outcome.TCP,
    Outcome.FRAGMENT,
  ])
})

test('the oldest datagrams give way when they hold too many bytes', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const payload = new Uint8Array(60_000)
  const count = Math.ceil(DECODE_LIMITS.maxFragmentBytes / payload.length) + 1
  for (let id = 0; id < count; id++) outcomes(decoder, segment, ipv4({ id, moreFragments: true, payload }))
  expect(decoder.reassembly.evicted).toBeGreaterThan(0)
})

test('a tunnel inside fragments is followed', () => {
  const decoder = new Decoder()
  const inner = ipv4({ payload: SEGMENT })
  const gre = bytes('00000800', inner)
  const packets = [
    ipv4({ protocol: 47, id: 3, moreFragments: true, payload: gre.subarray(0, 64) }),
    ipv4({ protocol: 47, id: 3, fragmentOffset: 64, payload: gre.subarray(64) }),
  ]
  const segment = new Segment()
  expect(outcomes(decoder, segment, ...packets)).toEqual([Outcome.FRAGMENT, Outcome.TCP])
  expect(decoder.paths.describe(segment.path)).toEqual(['gre'])
})
