/**
 * How many intervals overlap: counted while they come in, late and out of order, against counting them all at the end.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Overlaps } from '../../src/analysis/overlaps.ts'

interface Interval {
  key: number
  start: number
  length: number
}

/** The most of one key at once, and when that was first so. */
function slowly(intervals: readonly Interval[], key: number): { peak: number; timeNs: number } {
  const own = intervals.filter((interval) => interval.key === key && interval.length > 0)
  const counts = own.map(({ start }) => ({
    timeNs: start,
    peak: own.filter((other) => other.start <= start && start < other.start + other.length).length,
  }))
  counts.sort((a, b) => b.peak - a.peak || a.timeNs - b.timeNs)
  return counts[0] ?? { peak: 0, timeNs: 0 }
}

function counted(intervals: readonly Interval[], lateNs: number): Overlaps {
  const overlaps = new Overlaps(lateNs)
  for (const { key, start, length } of intervals) overlaps.add(key, start, start + length, start + length)
  overlaps.fold(Number.POSITIVE_INFINITY)
  return overlaps
}

const interval = fc.record({ key: fc.nat(2), start: fc.nat(100), length: fc.integer({ min: -5, max: 30 }) })

describe('Overlaps', () => {
  it('finds the peak of each key and its moment', () => {
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const overlaps = counted(intervals, 1000)
        for (const key of [0, 1, 2]) expect(overlaps.peakOf(key)).toEqual(slowly(intervals, key))
      }),
    )
  })

  it('does so too when it counts what is past while more come', () => {
    const intervals = Array.from({ length: 20_000 }, (_, at) => ({ key: at % 2, start: at, length: 500 + (at % 97) }))
    // Reported when they end, hence in another order than they begin.
    intervals.sort((a, b) => a.start + a.length - b.start - b.length)
    const overlaps = counted(intervals, 2000)
    expect(overlaps.peakOf(0).peak).toBe(slowly(intervals, 0).peak)
    expect(overlaps.peakOf(1).peak).toBe(slowly(intervals, 1).peak)
  })

  it('lets an interval end where the next begins', () => {
    const overlaps = counted(
      [
        { key: 0, start: 0, length: 10 },
        { key: 0, start: 10, length: 10 },
      ],
      1000,
    )
    expect(overlaps.peakOf(0)).toEqual({ peak: 1, timeNs: 0 })
  })

  it('knows nothing of a key that never came', () => {
    expect(new Overlaps(10).peakOf(7)).toEqual({ peak: 0, timeNs: 0 })
  })
})
