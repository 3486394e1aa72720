import { expect, test } from 'vitest'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { FLAG_ACK, FLAG_SYN, Segment } from '../../src/decode/segment.ts'
import { bytes, packetOf, tcpPacket } from '../support/build-packet.ts'

test('every field of a SYN-ACK in Ethernet, VLAN tags and IPv4', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const data = tcpPacket({
    source: '192.0.2.1',
    destination: '192.0.2.9',
    sourcePort: 80,
    destinationPort: 40001,
    seq: 0xfffffff0,
    ack: 5,
    flags: 'SA',
    window: 1000,
    options: bytes('020405b4'),
    payload: bytes('6869'),
    ttl: 57,
    id: 777,
    vlans: [[0x88a8, 10], 20],
  })
  expect(decoder.decode(packetOf(data), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({
    family: 4,
    source0: 0xc0000201 | 0,
    destination0: 0xc0000209 | 0,
    ttl: 57,
    ipId: 777,
    sourcePort: 80,
    destinationPort: 40001,
    seq: -16,
    ack: 5,
    flags: FLAG_SYN | FLAG_ACK,
    window: 1000,
    payloadLength: 2,
    payloadCaptured: 2,
    optionsLength: 4,
    isCut: false,
    isIcmpQuote: false,
  })
  expect(decoder.paths.describe(segment.path)).toEqual(['vlan 10', 'vlan 20'])
})
