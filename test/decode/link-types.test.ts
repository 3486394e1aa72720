import { expect, test } from 'vitest'
import { linkTypeName } from '../../src/decode/link-types.ts'

test.each([
  [0, 'NULL'],
  [1, 'ETHERNET'],
  [12, 'RAW'],
  [101, 'RAW'],
  [113, 'LINUX_SLL'],
  [127, 'IEEE802_11_RADIOTAP'],
  [276, 'LINUX_SLL2'],
])('link type %i is called %s, as tcpdump.org does', (linkType, name) => {
  expect(linkTypeName(linkType)).toBe(name)
})

test.each([-1, 11, 65_535, 4_294_967_295])('link type %i has no name but its number', (linkType) => {
  expect(linkTypeName(linkType)).toBe(`LINKTYPE ${linkType}`)
})
