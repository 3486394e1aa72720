import { expect, test } from 'vitest'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { FLAG_ACK, FLAG_AE, FLAG_SYN, Segment } from '../../src/decode/segment.ts'
import { bytes, ethernet, ipv4, ipv6, packetOf, tcp, tcpIp, tcpPacket } from '../support/build-packet.ts'

const decoder = new Decoder()
const segment = new Segment()

test('every field of a SYN-ACK in IPv4', () => {
  const data = tcpPacket({
    source: '192.0.2.1',
    destination: '192.0.2.9',
    sourcePort: 80,
    destinationPort: 40001,
    seq: 0xfffffff0,
    ack: 5,
    flags: 'SAN',
    window: 1000,
    options: bytes('020405b4'),
    payload: bytes('6869'),
    ttl: 57,
    id: 777,
  })
  const packet = packetOf(data)
  expect(decoder.decode(packet, segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({
    family: 4,
    source0: 0xc0000201 | 0,
    destination0: 0xc0000209 | 0,
    ttl: 57,
    ipId: 777,
    path: 0,
    sourcePort: 80,
    destinationPort: 40001,
    seq: -16,
    ack: 5,
    flags: FLAG_SYN | FLAG_ACK | FLAG_AE,
    window: 1000,
    payloadLength: 2,
    payloadCaptured: 2,
    optionsLength: 4,
    isCut: false,
    isIcmpQuote: false,
  })
  expect(segment.view.getUint16(segment.optionsOffset)).toBe(0x0204)
  expect(segment.view.getUint16(segment.payloadOffset)).toBe(0x6869)
})

test('every address word of IPv6, and no identification', () => {
  const data = tcpPacket({ source: '2001:db8:1:2:3:4:5:6', destination: 'fe80::a:b:c:ffff', ttl: 3 })
  expect(decoder.decode(packetOf(data), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({
    family: 6,
    source0: 0x20010db8,
    source1: 0x00010002,
    source2: 0x00030004,
    source3: 0x00050006,
    destination0: 0xfe800000 | 0,
    destination1: 0,
    destination2: 0x000a000b,
    destination3: 0x000cffff,
    ttl: 3,
    ipId: -1,
  })
})

test('IPv4 options lie between the header and TCP', () => {
  const data = ethernet({ payload: ipv4({ options: bytes('0107040000000001'), payload: tcp({ seq: 77 }) }) })
  expect(decoder.decode(packetOf(data), segment)).toBe(Outcome.TCP)
  expect(segment.seq).toBe(77)
})

test('the padding of a short Ethernet frame is no payload', () => {
  const data = bytes(tcpPacket(), new Uint8Array(6))
  expect(decoder.decode(packetOf(data), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 0, payloadCaptured: 0, isCut: false })
})

test('snaplen after the TCP header: the length on the wire stays known', () => {
  const data = tcpPacket({ payload: new Uint8Array(1000) })
  expect(decoder.decode(packetOf(data.subarray(0, 96), { originalLength: data.length }), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 1000, payloadCaptured: 42, isCut: true })
})

test('the IP length counts even where the capture forgot how long the packet was', () => {
  const data = tcpPacket({ payload: new Uint8Array(1000) })
  expect(decoder.decode(packetOf(data.subarray(0, 96)), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 1000, payloadCaptured: 42, isCut: true })
})

test('an original length below the captured one changes nothing', () => {
  const data = tcpPacket({ payload: new Uint8Array(10) })
  expect(decoder.decode(packetOf(data, { originalLength: 20 }), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 10, payloadCaptured: 10, isCut: false })
})

test.each([
  ['IPv4', ipv4({ totalLength: 0, payload: tcp({ payload: new Uint8Array(500) }) })],
  ['IPv6', ipv6({ payloadLength: 0, payload: tcp({ payload: new Uint8Array(500) }) })],
  [
    'an IPv6 jumbogram',
    ipv6({
      payloadLength: 0,
      nextHeader: 0,
      payload: bytes('0600c20400000210', tcp({ payload: new Uint8Array(500) })),
    }),
  ],
])('%s without a length in its header is as long as the packet on the wire', (_name, payload) => {
  const data = ethernet({ payload })
  expect(decoder.decode(packetOf(data), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 500, payloadCaptured: 500, isCut: false })
  expect(decoder.decode(packetOf(data.subarray(0, 200), { originalLength: data.length }), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadLength: 500, isCut: true })
})

test('a TCP header cut in its options: the segment counts, with the options that were captured', () => {
  const data = tcpPacket({ options: bytes('020405b4 0402 080a 00000001 00000002 01 030307') })
  expect(decoder.decode(packetOf(data.subarray(0, 14 + 20 + 24), { originalLength: data.length }), segment)).toBe(
    Outcome.TCP,
  )
  expect(segment).toMatchObject({ optionsLength: 4, payloadLength: 0, payloadCaptured: 0, isCut: true })
})

test.each([16, 17, 18, 19])('%i bytes of a TCP header are enough', (have) => {
  const data = tcpPacket({ seq: 9, flags: 'R', window: 321 })
  expect(decoder.decode(packetOf(data.subarray(0, 34 + have), { originalLength: data.length }), segment)).toBe(
    Outcome.TCP,
  )
  expect(segment).toMatchObject({ seq: 9, flags: 4, window: 321, optionsLength: 0, isCut: true })
})

test.each([0, 1, 8, 15])('%i bytes of a TCP header are too few: truncated, with need and have', (have) => {
  const data = tcpPacket()
  const packet = packetOf(data.subarray(0, 34 + have), { originalLength: data.length })
  expect(decoder.decode(packet, segment)).toBe(Outcome.TRUNCATED)
  expect(decoder.stop).toMatchObject({ layer: 'tcp', offset: 34, need: 20, have })
})

test.each([
  ['an IPv4 header length below 20 bytes', 'ipv4', bytes('44', tcpIp().subarray(1))],
  ['an IPv4 header longer than its datagram', 'ipv4', bytes('4f', tcpIp().subarray(1), new Uint8Array(60))],
  ['an IPv4 length that ends inside its header', 'ipv4', ipv4({ totalLength: 19, payload: tcp() })],
  ['an IPv4 length that ends inside TCP', 'tcp', ipv4({ totalLength: 39, payload: tcp() })],
  ['an IPv6 length that ends inside TCP', 'tcp', ipv6({ payloadLength: 19, payload: tcp() })],
  ['an extension header past the end', 'tcp', ipv6({ nextHeader: 0, payload: bytes('06ff000000000000', tcp()) })],
  ['version 5', 'ip', bytes('55', tcpIp().subarray(1))],
])('%s is malformed', (_name, layer, data) => {
  expect(decoder.decode(packetOf(data, { linkType: 101 }), segment)).toBe(Outcome.MALFORMED)
  expect(decoder.stop.layer).toBe(layer)
  expect(decoder.stop.reason).not.toBe('')
})

test.each([
  ['below 20 bytes', 4, Outcome.SHORT_TCP],
  ['past the end of the segment', 6, Outcome.LONG_TCP],
])('a data offset %s breaks the header, but not its ports', (_name, dataOffset, outcome) => {
  const data = tcpIp({ sourcePort: 7, destinationPort: 8, dataOffset, payload: new Uint8Array(2) })
  expect(decoder.decode(packetOf(data, { linkType: 101 }), segment)).toBe(outcome)
  expect(segment).toMatchObject({ sourcePort: 7, destinationPort: 8, payloadLength: 0 })
  expect(decoder.stop).toMatchObject({ layer: 'tcp', reason: expect.stringContaining('data offset') })
})

test('interfaces of different link types may take turns', () => {
  for (let turn = 0; turn < 3; turn++) {
    expect(decoder.decode(packetOf(tcpPacket(), { linkType: 1 }), segment)).toBe(Outcome.TCP)
    expect(decoder.decode(packetOf(tcpIp(), { linkType: 101 }), segment)).toBe(Outcome.TCP)
  }
})
