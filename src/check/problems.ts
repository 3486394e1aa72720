/**
 * What is wrong with an expectation file: issues of zod → one sentence and one place each. The words are those of
 * language.ts.
 */
import type { z } from 'zod'

export type Path = readonly (string | number)[]

export interface Problem {
  path: Path
  message: string
}

type Issue = z.core.$ZodIssue

/** @param value - what was checked */
export function problemsOf(issues: readonly Issue[], value: unknown, at: Path = []): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...(issue.path as (string | number)[])]
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n')
      return issue.keys.map((key, i) => ({ path: [...path, key], message: messages[i] ?? issue.message }))
    }
    const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors, valueAt(value, path)) : undefined
    return branch ? problemsOf(branch, value, path) : [{ path, message: issue.message }]
  })
}

/**
 * Of the ways to write something, the one that was tried: its kind of value is right, and something in it is wrong.
 * undefined when the value is of another kind altogether.
 */
function meantBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const isInside = ({ path, code }: Issue) => path.length > 0 || code === 'unrecognized_keys' || code === 'too_small'
  return (
    branches.find((issues) => issues.some(isInside)) ??
    (typeof value === 'string' ? branches.find((issues) => issues[0]?.code === 'invalid_value') : undefined)
  )
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value)
}
