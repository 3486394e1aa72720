/**
 * Two sequences of states beside each other: whether one is the other with optional states left out, and which states
 * belong together.
 */
import type { Claim } from './claimed.ts'
import type { ExpectedState } from './expected.ts'

/** Whether the claims are the expected states, of which optional ones may be missing. */
export function isAsExpected(expected: readonly ExpectedState[], claims: readonly Claim[]): boolean {
  // Which number of expected states may have been used up by the claims so far.
  let reached = afterLeavingOut(expected, [0])
  for (const { state } of claims) {
    reached = afterLeavingOut(
      expected,
      reached.filter((at) => expected[at]?.state === state).map((at) => at + 1),
    )
  }
  return reached.includes(expected.length)
}

function afterLeavingOut(expected: readonly ExpectedState[], reached: readonly number[]): number[] {
  const all = new Set(reached)
  for (const at of all) if (expected[at]?.isOptional) all.add(at + 1)
  return [...all]
}

export interface Pairing {
  expected: ExpectedState
  claim: Claim
}

/** The longest common subsequence; among those, the one whose times are nearest. */
export function paired(expected: readonly ExpectedState[], claims: readonly Claim[]): Pairing[] {
  const best = Array.from({ length: expected.length + 1 }, () =>
    Array.from({ length: claims.length + 1 }, (): Alignment => ({ pairs: 0, distanceUs: 0, take: null })),
  )
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = claims.length - 1; j >= 0; j--) best[i]![j] = bestAt(expected, claims, best, i, j)
  }
  const pairings: Pairing[] = []
  let [i, j] = [0, 0]
  while (i < expected.length && j < claims.length) {
    const { take } = best[i]![j]!
    if (take === 'both') pairings.push({ expected: expected[i]!, claim: claims[j]! })
    if (take !== 'claim') i++
    if (take !== 'expected') j++
  }
  return pairings
}

/** Of the rest of both sequences; `take` is what to step over first. */
interface Alignment {
  pairs: number
  distanceUs: number
  take: 'both' | 'expected' | 'claim' | null
}

function bestAt(
  expected: readonly ExpectedState[],
  claims: readonly Claim[],
  best: readonly (readonly Alignment[])[],
  i: number,
  j: number,
): Alignment {
  const choices: Alignment[] = [
    { ...best[i + 1]![j]!, take: 'expected' },
    { ...best[i]![j + 1]!, take: 'claim' },
  ]
  if (expected[i]!.state === claims[j]!.state) {
    const { pairs, distanceUs } = best[i + 1]![j + 1]!
    const distance = distanceOf(expected[i]!, claims[j]!)
    choices.unshift({ pairs: pairs + 1, distanceUs: distanceUs + distance, take: 'both' })
  }
  return choices.reduce((first, second) => (isBetter(second, first) ? second : first))
}

function isBetter(one: Alignment, other: Alignment): boolean {
  return one.pairs > other.pairs || (one.pairs === other.pairs && one.distanceUs < other.distanceUs)
}

/** A claim without a time is as far away as can be. */
function distanceOf({ kernel }: ExpectedState, { timeUs }: Claim): number {
  return timeUs === null ? 1e12 : Math.abs(timeUs - kernel.timeUs)
}
