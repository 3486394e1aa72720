/**
 * A map that forgets what was used longest ago.
 */
import { expect, it } from 'vitest'
import { RecentMap } from '../../src/analysis/recent-map.ts'

it('makes what is missing, keeps what is used, forgets the rest', () => {
  let made = 0
  const map = new RecentMap(2, () => ++made)
  expect([map.get('a'), map.get('b'), map.get('a'), map.get('c')]).toEqual([1, 2, 1, 3])
  expect(map.entries()).toEqual([
    ['a', 1],
    ['c', 3],
  ])
  expect(map.get('b')).toBe(4)
})
