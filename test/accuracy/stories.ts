/**
 * All scenarios and all recordings of the project, and how finwait does on the latter.
 */
import { readFileSync } from 'node:fs'
import { analyzeBytes } from '../../src/index.ts'
import { readScenarios } from '../scenarios/scenario.ts'
import { recordingsIn } from '../truth/recordings.ts'
import { type Score, scoreOf } from '../truth/score.ts'
import { sumOf } from '../truth/totals.ts'
import { type Story, storyOfRecording, storyOfScenario } from './story.ts'

export interface Stories {
  scenarios: Story[]
  recordings: Story[]
  kernel: Score
}

/** @param scenarios - URL of test/scenarios/; @param fixtures - path of the folder */
export function allStories(scenarios: string, fixtures: string): Stories {
  const numbered = readScenarios(scenarios).flatMap((family) => family.scenarios)
  const recordings = recordingsIn(fixtures)
  const scores = recordings.map((one) => scoreOf(one, analyzeBytes(new Uint8Array(readFileSync(one.capturePath)))))
  return {
    scenarios: numbered.sort((a, b) => a.number.localeCompare(b.number)).map(storyOfScenario),
    recordings: recordings.map(storyOfRecording),
    kernel: sumOf(scores),
  }
}
