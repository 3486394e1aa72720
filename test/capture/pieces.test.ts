/**
 * What holds for every format: the packets are right, however the bytes arrive and wherever they end.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Collected, collect, collectInPieces } from '../support/collect-packets.ts'
import { FORMATS } from './formats.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe.each(FORMATS)('$name', ({ bytes, format, packets, ends, tail = 0 }) => {
  const whole = collect(bytes)

  it('hands over every packet with its time, lengths and bytes', () => {
    expect(whole.error).toBeNull()
    expect(whole.info.format).toBe(format)
    expect(whole.info.cutShort).toBe(false)
    expect(whole.packets.map(({ time, originalLength, data }) => ({ time, originalLength, data }))).toEqual(
      packets.map((packet) => ({
        time: BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds ?? 0),
        originalLength: packet.originalLength ?? packet.data.length,
        data: hex(packet.data),
      })),
    )
    expect(whole.packets.map((packet) => packet.frame)).toEqual([1, 2, 3, 4, 5])
    expect(whole.info.packets).toBe(5)
    expect(whole.info.bytes).toBe(packets.reduce((sum, packet) => sum + packet.data.length, 0))
  })

  it.each([1, 2, 3, 7, 64])('reads the same when it arrives %i bytes at a time', (pieceLength) => {
    expect(collectInPieces(bytes, pieceLength)).toEqual(whole)
  })

  it('keeps the packets before the cut, and says that it is cut, wherever it ends', () => {
    for (let length = 0; length <= bytes.length; length++) {
      const cut = collect(bytes.slice(0, length))
      if (length < MAGIC_LENGTH) expect([undefined, 'empty', 'not-a-capture']).toContain(cut.error?.code)
      else if (isTold(format, cut)) {
        expect({ length, error: cut.error, cutShort: cut.info.cutShort }).toEqual({
          length,
          error: null,
          cutShort: !ends.includes(length),
        })
        expect(cut.packets).toEqual(whole.packets.slice(0, cut.packets.length))
      }
    }
  })

  it('loses its last record alone when the last byte of it is missing', () => {
    const cut = collect(bytes.slice(0, -1 - tail))
    expect(cut.info).toMatchObject({ format, packets: 4, cutShort: true })
    expect(cut.error).toBeNull()
  })
})

describe('a capture with wrong bytes in it', () => {
  const wrongBytes = fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff))),
    {
      minLength: 1,
      maxLength: 8,
    },
  )

  it('gives packets within its bytes, then nothing worse than a CaptureError, the same in any pieces', () => {
    const property = fc.property(
      fc.constantFrom(...FORMATS),
      wrongBytes,
      fc.integer({ min: 1, max: 200 }),
      (...any) => {
        const [{ bytes }, wrong, pieceLength] = any
        const damaged = bytes.slice()
        for (const [at, value] of wrong) damaged[at % damaged.length] = value
        const whole = collect(damaged)
        expect(collectInPieces(damaged, pieceLength)).toEqual(whole)
        expect(whole.info.bytes).toBeLessThanOrEqual(damaged.length)
        if (whole.error !== null) expect(whole.error.offset).toBeLessThanOrEqual(damaged.length)
      },
    )
    fc.assert(property, { numRuns: 3_000 })
  })
})

const MAGIC_LENGTH = 8

/** Whether as much was left as tells the format: some layouts show in the second record only. */
function isTold(format: string, cut: Collected): boolean {
  return cut.info.format === format
}
