/**
 * A folder of other captures with the kernel's states beside them, named by FINWAIT_TRUTH_DIR: captures of more kernels
 * and stories than belong into this project. Only who has such a folder can provide it, so it may be absent under
 * FINWAIT_TEST_REQUIRE=all too.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import { recordingsIn } from './recordings.ts'
import { scoreOf } from './score.ts'

const folder = process.env.FINWAIT_TRUTH_DIR

describe('captures of elsewhere with kernel states', () => {
  const recordings = folder ? recordingsIn(folder) : []

  it.skipIf(!folder)('are in the folder that FINWAIT_TRUTH_DIR names; without that they are left out', () => {
    expect(recordings).not.toEqual([])
  })

  it.each(recordings)('$name', (recording) => {
    const score = scoreOf(recording, analyzeBytes(new Uint8Array(readFileSync(recording.capturePath))))
    expect(score).toMatchObject({ missing: 0, spurious: 0, differences: [], false: [], mistimed: [] })
  })
})
