/**
 * `npm run agreement -- [FOLDER] [--show FIELD]`: how far finwait agrees with tshark. Of the captures in FOLDER that have
 * a record of tshark beside them; without FOLDER of the project's own fixtures, with the tshark installed. Ends with 1
 * when a field agrees less than it must.
 */
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { listCaptures } from '../../src/source/list-captures.ts'
import { compare } from './compare.ts'
import { readWithFinwait } from './finwait.ts'
import type { Reading } from './reading.ts'
import { listRecorded, readRecord } from './record.ts'
import { belowFloor, type Compared, differencesText, FIELD_NAMES, scoresOf, scoreText, worstText } from './score.ts'
import { readWithTshark } from './tshark.ts'

const WORST = 20

const { values, positionals } = parseArgs({
  options: { show: { type: 'string' } },
  allowPositionals: true,
})

async function comparedOf(paths: readonly string[], read: (path: string) => Reading): Promise<Compared[]> {
  const all: Compared[] = []
  for (const path of paths) {
    all.push({
      capture: relative(positionals[0] ?? 'fixtures', path),
      comparison: compare(await readWithFinwait(path), read(path)),
    })
  }
  return all
}

const [folder] = positionals
const all = folder
  ? await comparedOf(listRecorded(folder), readRecord)
  : await comparedOf(listCaptures('fixtures'), readWithTshark)
const scores = scoresOf(all)
const shown = FIELD_NAMES.find((field) => field === values.show)
process.stdout.write(`${scoreText(scores, all.length)}\n${worstText(all, WORST)}`)
if (shown) process.stdout.write(`\n${differencesText(all, shown)}`)
const failed = belowFloor(scores)
for (const { field, floor } of failed) process.stderr.write(`${field}: less than ${floor} % agree, or none compared\n`)
process.exitCode = failed.length > 0 ? 1 : 0
