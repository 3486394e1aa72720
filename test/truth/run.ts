/**
 * `npm run truth -- [FOLDER] [-v]`: scores finwait against the kernel states recorded beside the captures of a folder,
 * the project's own fixtures unless given. Ends with 1 when a side is wrong, or something stated is false.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { analyzeBytes } from '../../src/index.ts'
import { scoreText } from './print.ts'
import type { Recording } from './recording.ts'
import { recordingsIn } from './recordings.ts'
import { scoreOf } from './score.ts'
import type { Scored } from './totals.ts'

const { values, positionals } = parseArgs({
  options: { verbose: { type: 'boolean', short: 'v', default: false } },
  allowPositionals: true,
})

function scored(recording: Recording): Scored {
  const report = analyzeBytes(new Uint8Array(readFileSync(recording.capturePath)), {}, recording.name)
  return { name: recording.name, kind: recording.kind, score: scoreOf(recording, report) }
}

const all = recordingsIn(positionals[0] ?? 'fixtures').map(scored)
process.stdout.write(`${scoreText(all, values.verbose)}\n`)
const isWrong = all.some(({ score }) => score.right < score.sides || score.spurious > 0 || score.mistimed.length > 0)
if (all.length === 0) process.stderr.write('no *.truth.json in that folder\n')
process.exitCode = isWrong || all.length === 0 ? 1 : 0
