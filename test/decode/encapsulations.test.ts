import { expect, test } from 'vitest'
import { addressText } from '../../src/bytes/address.ts'
import { Decoder, MAX_LAYERS } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { Segment } from '../../src/decode/segment.ts'
import { bytes, ethernet, ipv4, packetOf, tcpIp, udp } from '../support/build-packet.ts'
import { ENCAPSULATIONS, EXTENSIONS, INNER } from './encapsulations.ts'

const decoder = new Decoder()

function decode(data: Uint8Array, linkType: number): [Outcome, Segment] {
  const segment = new Segment()
  return [decoder.decode(packetOf(data, { linkType }), segment), segment]
}

const SEEN = {
  sourcePort: INNER.sourcePort,
  destinationPort: INNER.destinationPort,
  seq: INNER.seq,
  ack: INNER.ack,
  flags: 0x12,
  window: INNER.window,
  payloadLength: 5,
  payloadCaptured: 5,
  optionsLength: 8,
  isCut: false,
}

test.each(ENCAPSULATIONS)('$name: the segment inside is found, with its own addresses', ({ data, linkType, path }) => {
  const [outcome, segment] = decode(data, linkType)
  expect(outcome, JSON.stringify(decoder.stop)).toBe(Outcome.TCP)
  expect(segment).toMatchObject(SEEN)
  expect(addressText(segment.family, segment.source0, 0, 0, 0)).toBe(INNER.source)
  expect(addressText(segment.family, segment.destination0, 0, 0, 0)).toBe(INNER.destination)
  expect(decoder.paths.describe(segment.path)).toEqual(path)
})

test.each(EXTENSIONS)('$name in front of TCP', ({ data, linkType }) => {
  const [outcome, segment] = decode(data, linkType)
  expect(outcome, JSON.stringify(decoder.stop)).toBe(Outcome.TCP)
  expect(segment).toMatchObject(SEEN)
})

test.each([
  ['ARP', ethernet({ type: 0x0806, payload: new Uint8Array(28) })],
  ['LLDP', ethernet({ type: 0x88cc, payload: new Uint8Array(28) })],
  ['spanning tree', bytes('0180c2000000020000000001 0026 424203', new Uint8Array(35))],
  ['PPPoE discovery', ethernet({ type: 0x8863, payload: new Uint8Array(28) })],
  ['an L2TP control message', ethernet({ payload: ipv4({ protocol: 115, payload: new Uint8Array(40) }) })],
  ['SCTP', ethernet({ payload: ipv4({ protocol: 132, payload: new Uint8Array(40) }) })],
  ['ICMP echo', ethernet({ payload: ipv4({ protocol: 1, payload: bytes('0800', new Uint8Array(40)) }) })],
])('%s is nothing of ours, and nothing wrong', (_name, data) => {
  expect(decode(data, 1)[0]).toBe(Outcome.NO_TCP)
})

test.each([
  ['ESP', 'esp', ethernet({ payload: ipv4({ protocol: 50, payload: new Uint8Array(40) }) })],
  ['MACsec', 'macsec', ethernet({ type: 0x88e5, payload: bytes('0c', new Uint8Array(40)) })],
  [
    'GRE with source routing',
    'gre',
    ethernet({ payload: ipv4({ protocol: 47, payload: bytes('4000080000000000', tcpIp()) }) }),
  ],
])('%s cannot be seen into, and is counted', (_name, layer, data) => {
  expect(decode(data, 1)[0]).toBe(Outcome.UNSUPPORTED)
  expect(decoder.stop.layer).toBe(layer)
})

test('an encrypted 802.11 frame cannot be seen into', () => {
  expect(decode(bytes('08410000', new Uint8Array(60)), 105)[0]).toBe(Outcome.UNSUPPORTED)
})

test('packets of a link type that is not read are unsupported', () => {
  expect(decode(tcpIp(), 147)[0]).toBe(Outcome.UNSUPPORTED)
  expect(decoder.stop.layer).toBe('link')
})

test('nesting ends somewhere: IP in IP in IP …', () => {
  let data = tcpIp()
  // A RAW packet needs a layer to find the IP version, and so does every tunnel.
  for (let depth = 0; depth < MAX_LAYERS / 2 - 2; depth++) data = ipv4({ protocol: 4, payload: data })
  expect(decode(data, 101)[0]).toBe(Outcome.TCP)
  data = ipv4({ protocol: 4, payload: data })
  expect(decode(data, 101)[0]).toBe(Outcome.UNSUPPORTED)
  expect(decoder.stop.reason).toBe('nested too deep')
})

test('UDP leaves addresses and ports, for the count of conversations', () => {
  const payload = udp({ sourcePort: 5353, destinationPort: 53, payload: bytes('0102') })
  const [outcome, segment] = decode(ethernet({ payload: ipv4({ protocol: 17, payload }) }), 1)
  expect(outcome).toBe(Outcome.UDP)
  expect(segment).toMatchObject({
    source0: 0x0a000001,
    destination0: 0x0a000002,
    sourcePort: 5353,
    destinationPort: 53,
  })
})

test('a datagram to a tunnel port that holds no tunnel is UDP', () => {
  for (const port of [2152, 4789, 4790, 6081, 3544, 1701, 4341, 5072, 37008]) {
    const payload = udp({ sourcePort: 53, destinationPort: port, payload: bytes('c0ffee00c0ffee00c0ffee00') })
    expect(decode(ipv4({ protocol: 17, payload }), 101)[0], `port ${port}`).toBe(Outcome.UDP)
  }
})

test('the same tags give the same path, whatever the direction of labels that only the receiver chose', () => {
  const there = decode(ethernet({ type: 0x8847, payload: bytes('00064140', tcpIp()) }), 1)[1].path
  const back = decode(ethernet({ type: 0x8847, payload: bytes('000c8140', tcpIp()) }), 1)[1].path
  expect(there).toBe(back)
  expect(there).not.toBe(0)
})
