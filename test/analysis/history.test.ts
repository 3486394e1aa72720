/**
 * A count over time in a bounded number of steps, against counting every step by itself.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { History } from '../../src/analysis/history.ts'

const SECOND = 1e9

/** The most from `startNs` until `endNs`, what was there at its start included. */
function most(events: readonly [timeNs: number, count: number][], startNs: number, endNs: number): number {
  const before = events.findLast(([timeNs]) => timeNs < startNs)?.[1] ?? 0
  return Math.max(before, ...events.filter(([timeNs]) => timeNs >= startNs && timeNs < endNs).map(([, count]) => count))
}

const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 * SECOND }), fc.nat(9)), {
  minLength: 1,
  maxLength: 200,
})

describe('History', () => {
  it('has the most of each step, in sixty steps at most, up to the end', () => {
    fc.assert(
      fc.property(changes, fc.nat(30 * SECOND), (drawn, after) => {
        let timeNs = 1000
        const events = drawn.map(([pauseNs, count]): [number, number] => {
          timeNs += pauseNs
          return [timeNs, count]
        })
        const history = new History(1000)
        for (const [at, count] of events) history.record(at, count)
        const { startNs, stepNs, most: seen } = history.until(timeNs + after)
        expect(startNs).toBe(1000)
        expect(seen.length).toBeLessThanOrEqual(60)
        expect(seen.length).toBe(Math.max(1, Math.ceil((timeNs + after - startNs) / stepNs)))
        expect(seen).toEqual(seen.map((_, at) => most(events, startNs + at * stepNs, startNs + (at + 1) * stepNs)))
      }),
    )
  })

  it('is as fine as it can be', () => {
    const history = new History(0)
    history.record(59.9 * SECOND, 1)
    expect(history.until(59.95 * SECOND)).toMatchObject({ stepNs: SECOND })
    history.record(60 * SECOND, 1)
    expect(history.until(61 * SECOND)).toMatchObject({ stepNs: 2 * SECOND })
  })

  it('leaves out what comes after the end', () => {
    const history = new History(0)
    history.record(0, 3)
    history.record(10 * SECOND, 0)
    expect(history.until(4.5 * SECOND).most).toEqual([3, 3, 3, 3, 3])
  })
})
