/**
 * Numbers of things: exactly so many, or within limits.
 */
import { counted } from '../../report/text.ts'
import type { Count } from '../language.ts'

export function isWithin(count: Count, number: number): boolean {
  if (typeof count === 'number') return number === count
  return number >= (count.min ?? 0) && number <= (count.max ?? Number.POSITIVE_INFINITY)
}

/** `3 connections`, `at least 1 connection`, `at most 5 connections`, `2 to 4 connections`. */
export function countText(count: Count, singular: string): string {
  if (typeof count === 'number') return counted(count, singular)
  const { min, max } = count
  if (min !== undefined && max !== undefined) return `${min} to ${counted(max, singular)}`
  if (min !== undefined) return `at least ${counted(min, singular)}`
  return max === undefined ? `any number of ${singular}s` : `at most ${counted(max, singular)}`
}
