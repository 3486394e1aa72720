import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PcapngInterface } from '../../src/capture/pcapng-interface.ts'

/** Beyond this, 140 million years, a quotient of doubles may be off by more than one. */
const MAXIMUM_SECONDS = 2n ** 52n

function withResolution(resolution: number): PcapngInterface {
  return new PcapngInterface({ id: 0, linkType: 1, snapLength: 0, fcsLength: 0, resolution, offsetSeconds: 0 })
}

describe('a stamp', () => {
  const resolutions = fc.oneof(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 0x80, max: 0x80 + 63 }))
  const units = (resolution: number) => (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f)

  it('splits into seconds and nanoseconds as exact arithmetic splits it, in every resolution', () => {
    const property = fc.property(resolutions, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (resolution, any) => {
      const perSecond = units(resolution)
      const stamp = any % (perSecond * MAXIMUM_SECONDS)
      const subject = withResolution(resolution)
      subject.setTime(Number(stamp >> 32n), Number(stamp & 0xffff_ffffn))
      expect(BigInt(subject.seconds)).toBe(stamp / perSecond)
      expect(BigInt(subject.nanoseconds)).toBe(((stamp % perSecond) * 1_000_000_000n) / perSecond)
    })
    fc.assert(property, { numRuns: 5_000 })
  })

  it('next to a whole second is on its right side', () => {
    for (const resolution of [0, 3, 6, 9, 0x80 + 20, 0x80 + 30]) {
      const perSecond = units(resolution)
      const subject = withResolution(resolution)
      for (const seconds of [1n, 1_700_000_000n, 4_294_967_295n, 18_000_000_000n]) {
        if (seconds * perSecond >= 2n ** 64n) continue
        for (const stamp of [seconds * perSecond - 1n, seconds * perSecond, seconds * perSecond + 1n]) {
          subject.setTime(Number(stamp >> 32n), Number(stamp & 0xffff_ffffn))
          expect(BigInt(subject.seconds)).toBe(stamp / perSecond)
        }
      }
    }
  })
})
