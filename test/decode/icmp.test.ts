import { expect, test } from 'vitest'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { Segment } from '../../src/decode/segment.ts'
import { bytes, ipv4, ipv6, packetOf, tcpIp, udp } from '../support/build-packet.ts'

const SYN = tcpIp({
  source: '10.0.0.5',
  destination: '10.0.0.6',
  sourcePort: 4000,
  destinationPort: 80,
  seq: 99,
  flags: 'S',
})
const SYN6 = tcpIp({ source: '2001:db8::5', destination: '2001:db8::6', seq: 99, flags: 'S' })

function decode(data: Uint8Array): [Outcome, Segment] {
  const segment = new Segment()
  return [new Decoder().decode(packetOf(data, { linkType: 101 }), segment), segment]
}

const error4 = (type: number, code: number, quote: Uint8Array): Uint8Array =>
  ipv4({
    source: '10.0.0.254',
    destination: '10.0.0.5',
    protocol: 1,
    payload: bytes(type, code, '0000 00000000', quote),
  })

test('"port unreachable" fills the segment with the header that it quotes', () => {
  const [outcome, segment] = decode(error4(3, 3, SYN))
  expect(outcome).toBe(Outcome.ICMP_ERROR)
  expect(segment).toMatchObject({
    isIcmpQuote: true,
    icmpType: 3,
    icmpCode: 3,
    source0: 0x0a000005,
    destination0: 0x0a000006,
    sourcePort: 4000,
    destinationPort: 80,
    seq: 99,
    flags: 2,
  })
})

test('eight bytes of the quoted header are what a router must send: ports and seq', () => {
  const [outcome, segment] = decode(error4(3, 1, SYN.subarray(0, 28)))
  expect(outcome).toBe(Outcome.ICMP_ERROR)
  expect(segment).toMatchObject({ sourcePort: 4000, seq: 99, ack: 0, flags: 0, optionsLength: 0 })
})

test.each([3, 4, 5, 11, 12])('ICMP type %i quotes', (type) => {
  expect(decode(error4(type, 0, SYN))[0]).toBe(Outcome.ICMP_ERROR)
})

test.each([1, 2, 3, 4])('ICMPv6 type %i quotes', (type) => {
  const [outcome, segment] = decode(ipv6({ nextHeader: 58, payload: bytes(type, 4, '0000 00000000', SYN6) }))
  expect(outcome).toBe(Outcome.ICMP_ERROR)
  expect(segment).toMatchObject({ family: 6, source3: 5, destination3: 6, icmpType: type, icmpCode: 4, seq: 99 })
})

test.each([
  ['a quotation of UDP', error4(3, 3, ipv4({ protocol: 17, payload: udp() }))],
  ['a quotation too short for ports', error4(3, 3, SYN.subarray(0, 22))],
  ['a quotation of a later fragment', error4(11, 1, ipv4({ fragmentOffset: 8, payload: new Uint8Array(20) }))],
  ['a quotation of an ICMP error', error4(3, 3, error4(3, 3, SYN))],
  ['no quotation', error4(3, 3, bytes())],
  ['an echo reply that holds a TCP packet', error4(0, 0, SYN)],
])('%s is nothing of ours', (_name, data) => {
  expect(decode(data)[0]).toBe(Outcome.NO_TCP)
})

test('a packet after an ICMP error is no quotation any more', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  decoder.decode(packetOf(error4(3, 3, SYN), { linkType: 101 }), segment)
  expect(decoder.decode(packetOf(SYN, { linkType: 101 }), segment)).toBe(Outcome.TCP)
  expect(segment.isIcmpQuote).toBe(false)
})
