import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Packet } from '../../src/capture/packet.ts'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { Segment } from '../../src/decode/segment.ts'
import { parseTcpOptions, TcpOptions } from '../../src/decode/tcp-options.ts'
import { bytes, ethernet, ipv4, packetOf, tcpIp, tcpPacket } from '../support/build-packet.ts'
import { ENCAPSULATIONS, EXTENSIONS } from './encapsulations.ts'

const MARGIN = 64
const ALL = [...ENCAPSULATIONS, ...EXTENSIONS]

/** A packet between bytes that are none of its own. */
function surrounded(data: Uint8Array, by: number, linkType: number, originalLength: number): Packet {
  const buffer = new Uint8Array(data.length + 2 * MARGIN).fill(by)
  buffer.set(data, MARGIN)
  const packet = packetOf(data, { linkType, originalLength })
  packet.view = new DataView(buffer.buffer)
  packet.offset = MARGIN
  return packet
}

/** All that a decoder says of a packet, but for the view. */
function decoded(decoder: Decoder, packet: Packet): unknown {
  const segment = new Segment()
  const options = new TcpOptions()
  const outcome = decoder.decode(packet, segment)
  if (outcome === Outcome.TCP) {
    expect(segment.payloadLength).toBeGreaterThanOrEqual(0)
    expect(segment.payloadCaptured).toBeLessThanOrEqual(segment.payloadLength)
    parseTcpOptions(segment, options)
  }
  const isStopped = outcome === Outcome.TRUNCATED || outcome === Outcome.MALFORMED || outcome === Outcome.UNSUPPORTED
  return { ...segment, view: undefined, outcome, options, stop: isStopped ? { ...decoder.stop } : undefined }
}

/** One decoder for each kind of surroundings, so that they hold the same fragments. */
const SURROUNDINGS = [0x00, 0xff, 0x45].map((by) => ({ by, decoder: new Decoder() }))
const ALONE = new Decoder()

function expectBlindToSurroundings(data: Uint8Array, linkType: number, originalLength: number): void {
  const [first, ...others] = SURROUNDINGS.map(({ by, decoder }) =>
    decoded(decoder, surrounded(data, by, linkType, originalLength)),
  )
  for (const other of others) expect(other).toEqual(first)
  // In a buffer that is the packet and nothing else, reading outside of it throws.
  const alone = packetOf(data, { linkType, originalLength })
  alone.view = new DataView(data.slice().buffer)
  alone.offset = 0
  expect(() => decoded(ALONE, alone)).not.toThrow()
}

test.each(ALL)(
  '$name cut at every byte: truncated until the TCP window is there, then a segment',
  ({ data, linkType }) => {
    const decoder = new Decoder()
    const segment = new Segment()
    let isSegment = false
    for (let length = 0; length <= data.length; length++) {
      const outcome = decoder.decode(
        packetOf(data.subarray(0, length), { linkType, originalLength: data.length }),
        segment,
      )
      if (isSegment || outcome === Outcome.TCP) {
        expect(outcome, `${length} bytes`).toBe(Outcome.TCP)
        isSegment = true
      } else {
        if (outcome === Outcome.TRUNCATED) expect(decoder.stop.need).toBeGreaterThan(decoder.stop.have)
        // Without the tunnel's header a datagram is plain UDP.
        expect([Outcome.TRUNCATED, Outcome.UDP], `${length} bytes: ${JSON.stringify(decoder.stop)}`).toContain(outcome)
      }
    }
    expect(isSegment).toBe(true)
  },
)

test.each(ALL)('$name cut anywhere is read without a look at the bytes around it', ({ data, linkType }) => {
  for (let length = 0; length <= data.length; length++) {
    expectBlindToSurroundings(data.subarray(0, length), linkType, data.length)
  }
})

test('any bytes under any link type: no exception, and nothing read outside of the packet', () => {
  const linkTypes = [...new Set(ALL.map(({ linkType }) => linkType)), 241, 281, 282, 285, 106, 219]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(...linkTypes), fc.nat(200), (data, linkType, more) =>
      expectBlindToSurroundings(data, linkType, data.length + more),
    ),
    { seed: 9293, numRuns: 4000 },
  )
})

test('packets with some bytes changed: no exception, and nothing read outside of the packet', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(200),
      ({ data, linkType }, changes, length) => {
        const changed = bytes(data)
        for (const [at, value] of changes) if (at < changed.length) changed[at] = value
        expectBlindToSurroundings(changed.subarray(0, length), linkType, data.length)
      },
    ),
    { seed: 9293, numRuns: 4000 },
  )
})

test('every value of every byte of the headers', () => {
  const data = tcpPacket({ options: bytes('0101080a0000000100000002'), payload: bytes('00') })
  for (let at = 12; at < data.length; at++) {
    for (let value = 0; value < 256; value += 3) {
      const changed = bytes(data)
      changed[at] = value
      expectBlindToSurroundings(changed, 1, changed.length)
    }
  }
})

test('thousands of extension headers, labels and options end in an outcome', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const extensions = bytes('6000000000000040', new Uint8Array(32), new Uint8Array(60_000))
  const labels = ethernet({ type: 0x8847, payload: new Uint8Array(60_000) })
  const tags = bytes('020000000002020000000001', ...new Array<string>(15_000).fill('81000001'))
  expect(decoder.decode(packetOf(extensions, { linkType: 101 }), segment)).toBe(Outcome.UNSUPPORTED)
  expect(decoder.decode(packetOf(labels), segment)).toBe(Outcome.TRUNCATED)
  expect(decoder.decode(packetOf(tags), segment)).toBe(Outcome.UNSUPPORTED)
})

test('a length field decides nothing: a packet said to have 4 GB on the wire', () => {
  const decoder = new Decoder()
  const segment = new Segment()
  const data = ipv4({ totalLength: 0, payload: tcpIp().subarray(20) })
  expect(decoder.decode(packetOf(data, { linkType: 101, originalLength: 0xffffffff }), segment)).toBe(Outcome.TCP)
  expect(segment).toMatchObject({ payloadCaptured: 0, isCut: true })
  expect(segment.payloadLength).toBeLessThan(2 ** 30)
})
