/**
 * Random connections between two simulated RFC 9293 endpoints, analyzed through a capture, compared with the truth
 * that the endpoints recorded. What is promised with which sight of the tap stands in `check.ts`.
 *
 * FINWAIT_MODEL_CONNECTIONS says how many connections, FINWAIT_MODEL_SEED which. A counterexample is printed as the
 * text of a file for `counterexamples/`: save it there, and it is a test from then on.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ladderOf } from './ladder-of-world.ts'
import { counterexampleOf, mismatchesOf } from './run.ts'
import { SIGHTS } from './sight.ts'
import type { ConnectionSpec } from './spec.ts'
import { connections } from './specs.ts'
import { captureOf } from './tap.ts'
import { runWorld } from './world.ts'

const COUNT = Number(process.env.FINWAIT_MODEL_CONNECTIONS ?? 6000)
const SEED = Number(process.env.FINWAIT_MODEL_SEED ?? 9293)
/** Connections that share a capture; about half as many on average. */
const TOGETHER = 24

describe.each(SIGHTS)('random connections, %s', (sight) => {
  it('are reported as they were', { timeout: 60_000 + COUNT * 5 }, () => {
    let count = 0
    const specs = fc.array(connections(sight), { minLength: 1, maxLength: TOGETHER, size: 'max' })
    const property = fc.property(specs, (drawn) => {
      count += drawn.length
      const [mismatch] = mismatchesOf(drawn)
      if (mismatch) throw new Error(`\n${counterexampleOf(mismatch)}`)
    })
    fc.assert(property, { numRuns: Math.ceil(COUNT / SIGHTS.length / (TOGETHER / 2)), seed: SEED })
    expect(count).toBeGreaterThanOrEqual((COUNT / SIGHTS.length) * 0.8)
  })
})

describe('counterexamples, found once', () => {
  const folder = new URL('counterexamples/', import.meta.url)
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))

  it('are kept with their spec', () => {
    for (const name of names) expect(readFileSync(new URL(name, folder), 'utf8')).toMatch(/^spec: \{/m)
  })

  it.each(names)('%s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    const spec: ConnectionSpec = JSON.parse(text.match(/^spec: (.*)$/m)![1]!)
    const world = runWorld(spec)
    captureOf([{ crossings: world.crossings, ports: [10_000, 80], startUs: 0 }])
    // Where the model has changed, look whether the spec still shows what it is kept for, and save the new ladder.
    expect(text.slice(text.indexOf(' '.repeat(32))).trimEnd()).toBe(ladderOf(world).trimEnd())
    expect(mismatchesOf([spec]).map(({ wrong }) => wrong)).toEqual([])
  })
})
