import { expect, test } from 'vitest'
import { DECODE_LIMITS } from '../../src/decode/limits.ts'
import { PathKind, PathTable } from '../../src/decode/path.ts'

const { maxPaths } = DECODE_LIMITS

test('the same steps give the same id, others another', () => {
  const paths = new PathTable()
  const vlan10 = paths.extend(0, PathKind.VLAN, 10)
  const inner = paths.extend(vlan10, PathKind.VXLAN, 5)
  expect(paths.extend(0, PathKind.VLAN, 10)).toBe(vlan10)
  expect(paths.extend(vlan10, PathKind.VXLAN, 5)).toBe(inner)
  const others = [
    paths.extend(0, PathKind.VLAN, 11),
    paths.extend(0, PathKind.VXLAN, 10),
    paths.extend(inner, PathKind.VLAN, 10),
  ]
  expect(new Set([0, vlan10, inner, ...others]).size).toBe(6)
})

test('steps are described outermost first, values as unsigned numbers', () => {
  const paths = new PathTable()
  const tagged = paths.extend(paths.extend(0, PathKind.VLAN, 10), PathKind.GRE_KEY, -1)
  expect(paths.describe(paths.extend(tagged, PathKind.IPIP, 0))).toEqual(['vlan 10', 'gre key 4294967295', 'ipip'])
  expect(paths.describe(0)).toEqual([])
})

test('a number that is no path describes nothing', () => {
  expect(new PathTable().describe(17)).toEqual([])
})

test('every kind has a name', () => {
  const paths = new PathTable()
  for (const kind of Object.values(PathKind)) expect(paths.describe(paths.extend(0, kind, 1))[0]).toMatch(/^[a-z]/)
})

test('thousands of paths stay apart; random tags without end share one', () => {
  const paths = new PathTable()
  const ids = new Set<number>()
  for (let value = 0; value < maxPaths + 1000; value++) ids.add(paths.extend(0, PathKind.GRE_KEY, value * 7919))
  expect(ids.size).toBe(maxPaths - 1)
  expect(paths.overflowed).toBe(1002)
  expect(paths.describe(paths.extend(0, PathKind.GRE_KEY, -5))).toEqual(['other'])
  expect(paths.describe(paths.extend(0, PathKind.GRE_KEY, 7919))).toEqual(['gre key 7919'])
})
