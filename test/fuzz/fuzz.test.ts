import { describe, expect, it } from 'vitest'
import { makeInput } from './input.ts'
import { judge } from './judge.ts'
import { judgeProgram } from './judge-program.ts'

/** One to two seconds each. `npm run fuzz` goes on from there. */
const INPUTS = 60
/** Thousands of times what an input takes. */
const LONGEST_MS = 5_000

describe.each([1, 2, 3, 4, 5, 6])('captures damaged with seed %i', (seed) => {
  it('are read to the end or to the damage, and reported as the schema says', async () => {
    let connections = 0
    for (let index = 0; index < INPUTS; index++) {
      const { story, bytes, others, chance } = makeInput(seed, index)
      const began = performance.now()
      try {
        connections += judge(bytes, chance)
        await judgeProgram([bytes, ...others], chance)
      } catch (error) {
        throw new Error(`input ${index}, ${story}`, { cause: error })
      }
      expect(performance.now() - began, `time of input ${index}, ${story}`).toBeLessThan(LONGEST_MS)
    }
    expect(connections).toBeGreaterThan(INPUTS / 2)
  })
})
