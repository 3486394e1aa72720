/**
 * `--format tap`: the Test Anything Protocol, version 14. A capture is a line, and each of its expectations.
 */
import { escapeJson, escapeTap } from '../escape.ts'
import type { CheckFormat } from './format.ts'
import type { CheckedCapture, CheckResult } from './model.ts'
import { expectationText, isUnmet, sourceText, unreadableText, violationLines } from './words.ts'

/** A test point, and what is said below it when it fails. */
interface Point {
  name: string
  failure: Record<string, string | string[]> | null
}

export const tap: CheckFormat = {
  purpose: 'Test Anything Protocol',
  text({ captures }) {
    const points = captures.flatMap(pointsOf)
    const lines = points.flatMap((point, i) => pointLines(point, i + 1))
    return ['TAP version 14', `1..${points.length}`, ...lines, ''].join('\n')
  },
}

function pointsOf(capture: CheckedCapture): Point[] {
  const { file, error, results } = capture
  const reading: Point = {
    name: `${file}: can be read`,
    failure: error === null ? null : { message: unreadableText(capture) },
  }
  return [reading, ...results.map((result) => pointOf(file, result))]
}

function pointOf(file: string, result: CheckResult): Point {
  const failure = { at: sourceText(result.source), expected: result.expected, seen: violationLines(result) }
  return { name: `${file}: ${expectationText(result)}`, failure: isUnmet(result) ? failure : null }
}

function pointLines({ name, failure }: Point, number: number): string[] {
  if (failure === null) return [`ok ${number} - ${escapeTap(name)}`]
  // A JSON string is one of YAML, too.
  const values = Object.entries(failure).map(([key, value]) => `  ${key}: ${escapeJson(JSON.stringify(value))}`)
  return [`not ok ${number} - ${escapeTap(name)}`, '  ---', ...values, '  ...']
}
