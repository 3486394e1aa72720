/**
 * `npm run truth -- [FOLDER] [-v]`: scores finwait against the kernel states recorded beside the captures of a folder.
 * Ends with 1 when a side is wrong or something stated is not true then. Without a folder: the project's own fixtures,
 * whose differences of wire-limits.ts are excused.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { analyzeBytes } from '../../src/index.ts'
import { scoreText } from './print.ts'
import type { Recording } from './recording.ts'
import { recordingsIn } from './recordings.ts'
import { scoreOf } from './score.ts'
import type { Scored } from './totals.ts'
import { DIFFERENT_STATES, excusedSides } from './wire-limits.ts'

const { values, positionals } = parseArgs({
  options: { verbose: { type: 'boolean', short: 'v', default: false } },
  allowPositionals: true,
})

function scored(recording: Recording): Scored {
  const report = analyzeBytes(new Uint8Array(readFileSync(recording.capturePath)), {}, recording.name)
  return { name: recording.name, kind: recording.kind, score: scoreOf(recording, report) }
}

const [folder] = positionals
const limits = folder === undefined ? DIFFERENT_STATES : []

function isWrong({ name, score: { differences, spurious, mistimed } }: Scored): boolean {
  const excused = excusedSides(limits, name)
  return differences.some(({ side }) => !excused.includes(side)) || spurious > 0 || mistimed.length > 0
}

const all = recordingsIn(folder ?? 'fixtures').map(scored)
process.stdout.write(`${scoreText(all, values.verbose)}\n`)
for (const { fixture, sides, reason } of limits)
  process.stdout.write(`excused: ${fixture}, ${sides.join(', ')}. ${reason}\n`)
if (all.length === 0) process.stderr.write('no *.truth.json in that folder\n')
process.exitCode = all.length === 0 || all.some(isWrong) ? 1 : 0
