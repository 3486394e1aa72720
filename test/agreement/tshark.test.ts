/**
 * An installed tshark reads every fixture as finwait does, but for what finwait means to do otherwise, and keeps to the
 * rules of rules.txt. Newer ones than 4.0 begin streams by other rules: docs/agreement.md.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listCaptures } from '../../src/source/list-captures.ts'
import { requirement } from '../support/require.ts'
import { compare } from './compare.ts'
import { readWithFinwait } from './finwait.ts'
import { readRules } from './rules.ts'
import { type Compared, FIELD_NAMES, scoresOf } from './score.ts'
import { readWithTshark } from './tshark.ts'

const version = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout ?? ''
const hasRules = / 4\.0\./.test(version.split('\n')[0]!)

requirement(
  'tshark 4.0',
  hasRules,
  'tshark 4.0 is not installed',
)('tshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finwait-tshark-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  describe('fixtures', () => {
    const all: Compared[] = []

    it.each(listCaptures('fixtures').map((path) => [basename(path), path]))('agrees on %s', async (name, path) => {
      const comparison = compare(await readWithFinwait(path!), readWithTshark(path!))
      all.push({ capture: name!, comparison })
      expect(Object.values(comparison).flatMap(({ differences }) => differences)).toEqual([])
    })

    it('has compared something of every field', () => {
      const empty = scoresOf(all).filter(({ agreeing }) => agreeing === 0)
      expect(empty.map(({ field }) => field)).toEqual([])
      expect(FIELD_NAMES.length).toBeGreaterThan(0)
    })
  })

  it.each(readRules())('keeps to the rule: $name', ({ capture, completeness, tshark }) => {
    const path = join(folder, 'capture.pcap')
    writeFileSync(path, capture)
    const { streams, anomalies } = readWithTshark(path)
    expect(streams.map((stream) => stream.completeness)).toEqual(completeness)
    expect(anomalies).toEqual(tshark)
  })
})
