/**
 * Each finding with its side and its frames: of the ladders of this folder, and of all fixtures. A finding that is not
 * expected is as wrong as one that is missing.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import { listFixtures } from '../support/fixtures.ts'
import { readCases } from './cases.ts'
import { foundIn, linesOf } from './found.ts'

/** Lines of `fixtures.txt` by fixture; `nothing` is no line. */
function expectedOfFixtures(): Map<string, string[]> {
  const text = readFileSync(new URL('fixtures.txt', import.meta.url), 'utf8')
  const expected = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, finding] = line.match(/^([a-z0-9-]+): (.*)$/) ?? []
    if (name === undefined || finding === undefined) continue
    expected.set(name, [...(expected.get(name) ?? []), ...(finding === 'nothing' ? [] : [finding])])
  }
  return expected
}

describe.each(readCases())('$family', ({ cases }) => {
  it.each(cases)('$name', ({ bytes, expected }) => {
    expect(linesOf(foundIn(analyzeBytes(bytes), '10.0.0.1'))).toEqual(linesOf(expected))
  })
})

describe('fixtures', () => {
  const expected = expectedOfFixtures()

  it.each(listFixtures())('$name', ({ name, capturePath }) => {
    const report = analyzeBytes(new Uint8Array(readFileSync(capturePath)))
    expect(linesOf(foundIn(report))).toEqual(expected.get(name)?.sort())
  })

  it.each([
    'four-way-client',
    'four-way-server',
    'three-segment',
    'ipv6',
    'many-short',
    'vlan',
    'both-ways',
    'heartbeats',
    'time-wait-expires',
  ])('says nothing about %s, where nothing is unusual', (name) => {
    expect(expected.get(name)).toEqual([])
  })
})
