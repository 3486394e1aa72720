/**
 * Runs specs together through one capture and one analysis, and says what is wrong with the report.
 */
import { analyzeBytes } from '../../src/index.ts'
import { brokenCount, brokenPromises } from './check.ts'
import { claimsOf, connectionsOf } from './claims.ts'
import { ladderOf } from './ladder-of-world.ts'
import { HOSTS } from './segment.ts'
import type { ConnectionSpec } from './spec.ts'
import { captureOf, type Recording } from './tap.ts'
import { runWorld, type World } from './world.ts'

/** A world whose report is wrong. */
export interface Mismatch {
  world: World
  wrong: string[]
  claims: string[]
}

/** Connections follow each other at this distance, so that one capture holds many at different ages. */
const APART_US = 137_000

export function mismatchesOf(specs: readonly ConnectionSpec[]): Mismatch[] {
  const worlds = specs.map(runWorld)
  const recordings = worlds.map(
    ({ crossings }, at): Recording => ({ crossings, ports: [10_000 + at, 80], startUs: at * APART_US }),
  )
  const report = analyzeBytes(captureOf(recordings))
  return worlds.flatMap((world, at) => {
    const connections = connectionsOf(report, recordings[at]!)
    const claims = HOSTS.map((host) => claimsOf(connections, recordings[at]!, host))
    const wrong = HOSTS.flatMap((host) =>
      brokenPromises(world, host, claims[host]!).map((text) => `host ${host} ${text}`),
    )
    wrong.push(...brokenCount(world, connections.length))
    if (wrong.length === 0) return []
    return [{ world, wrong, claims: HOSTS.flatMap((host) => claims[host]!.map(({ text }) => `host ${host} ${text}`)) }]
  })
}

/** The text of a file of `counterexamples/`: what was wrong, the spec, the ladder. */
export function counterexampleOf({ world, wrong, claims }: Mismatch): string {
  const remarks = [...wrong, 'the report:', ...claims].map((text) => `# ${text}`)
  return [...remarks, `spec: ${JSON.stringify(world.spec)}`, '', ladderOf(world)].join('\n')
}
