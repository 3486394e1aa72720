/**
 * How many intervals overlap: counted while they come in, late and out of order, against counting them all at the end.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOBODY, Overlaps } from '../../src/analysis/overlaps.ts'

interface Interval {
  host: number
  pair: number
  start: number
  length: number
}

/** The most of those at once, and when that was first so. */
function slowly(intervals: readonly Interval[]): { peak: number; timeNs: number } {
  const some = intervals.filter(({ length }) => length > 0)
  const counts = some.map(({ start }) => ({
    timeNs: start,
    peak: some.filter((other) => other.start <= start && start < other.start + other.length).length,
  }))
  counts.sort((a, b) => b.peak - a.peak || a.timeNs - b.timeNs)
  return counts[0] ?? { peak: 0, timeNs: 0 }
}

/** `usualNs`: the length that is counted in another way than others. */
function counted(intervals: readonly Interval[], usualNs: number): Overlaps {
  const overlaps = new Overlaps(usualNs, 0)
  for (const { host, pair, start, length } of intervals) overlaps.add(host, pair, start, start + length, start + length)
  overlaps.fold(Number.POSITIVE_INFINITY)
  return overlaps
}

function expectSame(intervals: readonly Interval[], usualNs: number): void {
  const overlaps = counted(intervals, usualNs)
  for (const key of [0, 1, 2]) {
    expect(overlaps.hosts.peakOf(key)).toEqual(slowly(intervals.filter(({ host }) => host === key)))
    expect(overlaps.pairs.peakOf(key)).toEqual(slowly(intervals.filter(({ pair }) => pair === key)))
  }
}

/** Reported when they end, hence in another order than they begin. */
function many(count: number, lengthOf: (at: number) => number): Interval[] {
  return Array.from({ length: count }, (_, at) => ({
    host: at % 2,
    pair: at % 3,
    start: at,
    length: lengthOf(at),
  })).sort((a, b) => a.start + a.length - b.start - b.length)
}

const USUAL = 20
const interval = fc.record({
  host: fc.integer({ min: NOBODY, max: 2 }),
  pair: fc.integer({ min: NOBODY, max: 2 }),
  start: fc.nat(100),
  length: fc.oneof(fc.constant(USUAL), fc.integer({ min: -5, max: 30 })),
})

describe('Overlaps', () => {
  it('finds the peak of each host and pair, and its moment', () => {
    fc.assert(fc.property(fc.array(interval), (intervals) => expectSame(intervals, USUAL)))
  })

  it('does so too when it counts what is past while more come', () => {
    expectSame(
      many(6000, (at) => 300 + (at % 97)),
      300,
    )
    expectSame(
      many(6000, () => 300),
      300,
    )
  })

  it('does so in whatever order they come', () => {
    const scattered = many(4000, () => 300).map((each, at) => ({ ...each, start: (at * 7919) % 4001 }))
    expectSame(scattered, 300)
    // All but one at once, as far as its distance shows.
    expectSame([...scattered, { host: 0, pair: 0, start: 1e15, length: 300 }], 300)
  })

  it('lets an interval end where the next begins', () => {
    const overlaps = counted(
      [0, 10].map((start) => ({ host: 0, pair: NOBODY, start, length: 10 })),
      10,
    )
    expect(overlaps.hosts.peakOf(0)).toEqual({ peak: 1, timeNs: 0 })
  })

  it('uses the number of a pair again, but not before its intervals are counted', () => {
    const overlaps = new Overlaps(10, 0)
    const pair = overlaps.openPair()
    overlaps.add(NOBODY, pair, 0, 10, 10)
    overlaps.closePair(pair)
    expect(overlaps.openPair()).not.toBe(pair)
    overlaps.fold(10)
    expect(overlaps.openPair()).toBe(pair)
    expect(overlaps.pairs.peakOf(pair).peak).toBe(0)
  })

  it('knows nothing of a key that never came', () => {
    expect(new Overlaps(10, 0).hosts.peakOf(700)).toEqual({ peak: 0, timeNs: 0 })
  })
})
