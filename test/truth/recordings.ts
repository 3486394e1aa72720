/**
 * A folder of captures with `NAME.truth.json` beside each → recordings. Reads `finwait/truth/1` and `tcp-truth/1`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Truth } from '../../fixtures/record/format.ts'
import { segmentsOf } from './capture-segments.ts'
import { withEvidence } from './evidence.ts'
import { readFixture } from './read-fixture.ts'
import { readTcpTruth, type TcpTruth } from './read-tcp-truth.ts'
import type { Recording } from './recording.ts'

const SUFFIX = '.truth.json'

/** By name. Throws when a file is in neither format. */
export function recordingsIn(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => recordingOf(join(folder, file), folder))
}

function recordingOf(path: string, folder: string): Recording {
  const truth = JSON.parse(readFileSync(path, 'utf8')) as Truth | TcpTruth
  const capturePath = join(folder, truth.capture.file)
  if (truth.format === 'finwait/truth/1') return withEvidence(readFixture(truth, capturePath), segmentsOf(capturePath))
  if (truth.format === 'tcp-truth/1') return readTcpTruth(truth, capturePath)
  throw new Error(`${path}: the format is neither finwait/truth/1 nor tcp-truth/1`)
}
