import fc from 'fast-check'
import { expect, test } from 'vitest'
import { internetChecksum, verifyTcpChecksum } from '../../src/bytes/checksum.ts'
import { Decoder } from '../../src/decode/decoder.ts'
import { Segment } from '../../src/decode/segment.ts'
import { addressBytes, bytes, checksumOf, packetOf, tcpPacket, u16, u32 } from '../support/build-packet.ts'

function segmentOf(data: Uint8Array, originalLength = data.length): Segment {
  const segment = new Segment()
  new Decoder().decode(packetOf(data, { originalLength }), segment)
  return segment
}

test('the example of RFC 1071 §3', () => {
  const data = bytes('0001 f203 f4f5 f6f7')
  expect(internetChecksum(new DataView(data.buffer), 0, 8)).toBe(~0xddf2 & 0xffff)
})

test('an odd last byte is the high half of a word', () => {
  const data = bytes('0001 f2')
  expect(internetChecksum(new DataView(data.buffer), 0, 3)).toBe(checksumOf(data))
})

test('segments of any length and content: right as sent, wrong with one bit changed', () => {
  const payload = fc.uint8Array({ maxLength: 99 })
  fc.assert(
    fc.property(payload, fc.boolean(), fc.nat(), fc.nat(7), (data, isIpv6, at, bit) => {
      const addresses = isIpv6 ? { source: '2001:db8::1', destination: '2001:db8::2' } : {}
      const packet = tcpPacket({ payload: data, options: bytes('0101080a ffffffff 80000000'), ...addresses })
      expect(verifyTcpChecksum(segmentOf(packet))).toBe('good')
      const start = isIpv6 ? 54 : 34
      // Neither the data offset, which would make another segment, nor the checksum itself.
      const place = start + (at % (packet.length - start))
      fc.pre(place !== start + 12 && place !== start + 16 && place !== start + 17)
      packet[place]! ^= 1 << bit
      expect(verifyTcpChecksum(segmentOf(packet))).toBe('bad')
    }),
    { seed: 1071 },
  )
})

test('large segments do not overflow the sum', () => {
  expect(verifyTcpChecksum(segmentOf(tcpPacket({ payload: new Uint8Array(65_000).fill(0xff) })))).toBe('good')
})

test('a checksum left to the network card is no damage', () => {
  const packet = tcpPacket({ payload: bytes('010203') })
  const pseudoHeader = bytes(addressBytes('10.0.0.1'), addressBytes('10.0.0.2'), u32(23), u32(6))
  packet.set(u16(~checksumOf(pseudoHeader) & 0xffff), 50)
  expect(verifyTcpChecksum(segmentOf(packet))).toBe('offloaded')
  packet.set(u16(0), 50)
  expect(verifyTcpChecksum(segmentOf(packet))).toBe('offloaded')
})

test('a segment that snaplen cut cannot be judged', () => {
  const packet = tcpPacket({ payload: new Uint8Array(100) })
  expect(verifyTcpChecksum(segmentOf(packet.subarray(0, 100), packet.length))).toBe('unknown')
})
