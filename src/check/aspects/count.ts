/**
 * Numbers of things: exactly so many, or within limits.
 */
import type { Count } from '../language.ts'

export function isWithin(count: Count, number: number): boolean {
  if (typeof count === 'number') return number === count
  return number >= (count.min ?? 0) && number <= (count.max ?? Number.POSITIVE_INFINITY)
}

/** `3`, `at least 1`, `at most 5`, `2 to 4`. */
export function countText(count: Count): string {
  if (typeof count === 'number') return String(count)
  const { min, max } = count
  if (min !== undefined && max !== undefined) return `${min} to ${max}`
  return min === undefined ? (max === undefined ? 'any number' : `at most ${max}`) : `at least ${min}`
}
