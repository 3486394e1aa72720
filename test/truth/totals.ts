/**
 * Sums and averages of scores.
 */
import { emptyScore, type Score } from './score.ts'

export interface Scored {
  name: string
  kind: string
  score: Score
}

export function sumOf(scores: readonly Score[]): Score {
  return scores.reduce(plus, emptyScore())
}

function plus(one: Score, other: Score): Score {
  const sum = { ...one }
  for (const [key, value] of Object.entries(other) as [keyof Score, unknown][]) {
    Object.assign(sum, { [key]: added(one[key], value) })
  }
  return sum
}

/** Numbers are added, lists joined, records of both likewise. */
function added(one: unknown, other: unknown): unknown {
  if (typeof one === 'number') return one + (other as number)
  if (Array.isArray(one)) return [...one, ...(other as unknown[])]
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>]
  return Object.fromEntries(Object.keys(first).map((key) => [key, added(first[key], second[key])]))
}

/** By kind, in order of the alphabet. */
export function byKind(all: readonly Scored[]): Scored[] {
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort()
  return kinds.map((kind) => {
    const scores = all.filter((one) => one.kind === kind).map(({ score }) => score)
    return { name: kind, kind, score: sumOf(scores) }
  })
}

/** The mean of a share over all that have one: each counts the same, however many connections it holds. */
export function meanShare(all: readonly Scored[], part: 'right' | 'found' | 'correct'): number {
  const whole = { right: 'sides', found: 'required', correct: 'stated' } as const
  const shares = all.filter(({ score }) => score[whole[part]] > 0).map(({ score }) => score[part] / score[whole[part]])
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length)
}
