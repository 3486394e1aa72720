/**
 * `--format sarif`: SARIF 2.1.0, for GitHub code scanning and other viewers of static analysis. A result stands at the
 * line of the expectation that is not met; captures have no lines.
 */
import type { Location, Log, Result } from 'sarif'
import { escapeFileUri, escapeJson, escapeTerminal } from '../escape.ts'
import type { CheckFormat } from './format.ts'
import { type CheckedCapture, type CheckResult, RULES, type Violation } from './model.ts'
import {
  connectionText,
  expectationText,
  identityText,
  isUnmet,
  Occurrences,
  unreadableText,
  violationText,
} from './words.ts'

const ALL_RULES = { ...RULES, readable: 'whether a capture can be read to its end' }

export const sarif: CheckFormat = {
  purpose: 'SARIF 2.1.0, for GitHub code scanning',
  text({ captures, summary }) {
    const names = new Occurrences()
    const log: Log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'finwait',
              rules: Object.entries(ALL_RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
            },
          },
          invocations: [{ executionSuccessful: summary.unreadable === 0 }],
          results: captures.flatMap((capture) => [...readingResults(capture), ...resultsOf(capture, names)]),
        },
      ],
    }
    return `${escapeJson(JSON.stringify(log, null, 2))}\n`
  },
}

function readingResults(capture: CheckedCapture): Result[] {
  if (capture.error === null) return []
  return [
    {
      ruleId: 'readable',
      level: 'error',
      message: { text: messageText(`${capture.file}: ${unreadableText(capture)}`) },
      locations: [locationOf(capture.file, 1)],
      partialFingerprints: { 'finwait/v1': `${capture.file} readable` },
    },
  ]
}

function resultsOf({ file, results }: CheckedCapture, names: Occurrences): Result[] {
  return results.filter(isUnmet).flatMap((result) =>
    result.violations.map((violation): Result => {
      const said = `${file}: ${expectationText(result)}: ${violationText(violation, result)}`
      return {
        ruleId: result.rule,
        level: 'error',
        message: { text: messageText(said) },
        locations: [placeOf(file, result, violation)],
        relatedLocations: [{ ...locationOf(file, 1), message: { text: 'the capture' } }],
        partialFingerprints: { 'finwait/v1': names.next(identityText(file, result, violation)) },
        properties: { frames: violation.frames, filter: violation.filter },
      }
    }),
  )
}

/** At the expectation; at the capture for the default policy. */
function placeOf(file: string, { source }: CheckResult, violation: Violation): Location {
  const location = source === null ? locationOf(file, 1) : locationOf(source.file, source.line, source.column)
  const name = escapeTerminal(connectionText(violation))
  return name === '' ? location : { ...location, logicalLocations: [{ name, kind: 'object' }] }
}

/** GitHub places nothing without a line. */
function locationOf(file: string, startLine: number, startColumn = 1): Location {
  return { physicalLocation: { artifactLocation: { uri: escapeFileUri(file) }, region: { startLine, startColumn } } }
}

/** Braces stand for arguments (SARIF 2.1.0 §3.11.5), `[text](target)` for a link (§3.11.6). */
function messageText(text: string): string {
  return escapeTerminal(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (')
}
