/**
 * `--format gitlab`: GitLab's code quality report, which it shows in a merge request.
 */
import { escapeJson, escapeTerminal } from '../escape.ts'
import type { CheckFormat } from './format.ts'
import type { CheckedCapture, CheckResult } from './model.ts'
import { expectationText, identityText, isUnmet, Occurrences, unreadableText, violationText } from './words.ts'

interface Issue {
  description: string
  check_name: string
  /** GitLab shows one of those that are the same, and takes the same of two runs for one. */
  fingerprint: string
  severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  location: { path: string; lines: { begin: number } }
}

export const gitlab: CheckFormat = {
  purpose: 'code quality report of a merge request',
  text({ captures }) {
    const names = new Occurrences()
    const issues = captures.flatMap((capture) => [...readingIssues(capture), ...issuesOf(capture, names)])
    return `${escapeJson(JSON.stringify(issues, null, 2))}\n`
  },
}

function readingIssues(capture: CheckedCapture): Issue[] {
  if (capture.error === null) return []
  const { file } = capture
  return [
    {
      description: escapeTerminal(unreadableText(capture)),
      check_name: 'finwait/readable',
      fingerprint: `${file} readable`,
      severity: 'critical',
      location: { path: pathOf(file), lines: { begin: 1 } },
    },
  ]
}

function issuesOf({ file, results }: CheckedCapture, names: Occurrences): Issue[] {
  return results.filter(isUnmet).flatMap((result) =>
    result.violations.map((violation) => ({
      description: escapeTerminal(`${file}: ${expectationText(result)}: ${violationText(violation, result)}`),
      check_name: `finwait/${result.rule}`,
      fingerprint: names.next(identityText(file, result, violation)),
      severity: 'major',
      location: locationOf(file, result),
    })),
  )
}

function locationOf(file: string, { source }: CheckResult): Issue['location'] {
  return { path: pathOf(source?.file ?? file), lines: { begin: source?.line ?? 1 } }
}

/** Relative to the root of the repository, without `./`. */
function pathOf(file: string): string {
  return file.replace(/^(\.\/)+/, '')
}
