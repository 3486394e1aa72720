/**
 * A map that forgets what was not used for long.
 */
import { expect, it } from 'vitest'
import { RecentMap } from '../../src/analysis/recent-map.ts'

const keysOf = (map: RecentMap<string, number>) => map.entries().map(([key]) => key)

it('makes what is missing and keeps what is used', () => {
  let made = 0
  const map = new RecentMap<string, number>(2, () => ++made)
  expect([map.get('a'), map.get('b'), map.get('a'), map.get('c')]).toEqual([1, 2, 1, 3])
  expect([map.get('c'), map.get('a')]).toEqual([3, 1])
})

it('remembers as many as it was told, and never more than twice as many', () => {
  const map = new RecentMap<string, number>(3, () => 0)
  for (let key = 0; key < 100; key++) {
    map.get(String(key))
    expect(keysOf(map).slice(-3)).toEqual([key - 2, key - 1, key].filter((each) => each >= 0).map(String))
    expect(keysOf(map).length).toBeLessThanOrEqual(6)
  }
})

it('counts what it forgot: all that it made and does not remember', () => {
  let made = 0
  const map = new RecentMap<string, number>(4, () => ++made)
  for (let i = 0; i < 500; i++) {
    map.get(String((i * i) % 23))
    expect(map.forgotten + map.entries().length).toBe(made)
  }
})
