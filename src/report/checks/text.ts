/**
 * `--format text`: for people. A line for each capture, and below it what is not as expected.
 */
import { escapeTerminal } from '../escape.ts'
import { wrapped } from '../findings-text.ts'
import { counted, printable } from '../text.ts'
import type { CheckFormat, CheckOptions } from './format.ts'
import type { CheckedCapture, CheckReport, CheckResult, Violation } from './model.ts'
import {
  connectionText,
  expectationText,
  filterText,
  framesText,
  isUnmet,
  sourceText,
  summaryText,
  unreadableText,
  untoldText,
} from './words.ts'

export const text: CheckFormat = {
  purpose: 'for people',
  text(report, options) {
    const lines = report.captures.flatMap((capture) => captureLines(capture, options))
    const last = [summaryText(report.summary), ...hintLines(report)].flatMap((line) => wrapped(line, 0, options))
    const all = [...lines, '', ...last].join('\n').trimStart()
    return printable(`${all.replace(/\n{3,}/g, '\n\n')}\n`, options.unicode)
  },
}

function captureLines(capture: CheckedCapture, options: CheckOptions): string[] {
  const { palette } = options
  const file = palette.bold(escapeTerminal(capture.file))
  const unmet = capture.results.filter(isUnmet)
  const all = counted(capture.results.length, 'expectation')
  const connections = counted(capture.connections, 'connection')
  if (capture.error !== null) {
    const why = wrapped(escapeTerminal(unreadableText(capture)), 2, options)
    return [`${palette.red('ERROR')}  ${file}`, ...why, ...unmet.flatMap((result) => resultLines(result, options))]
  }
  if (unmet.length === 0) return [`${palette.green('ok')}     ${file}  ${palette.dim(`${all}, ${connections}`)}`]
  const head = `${palette.red('FAIL')}   ${file}  ${unmet.length} of ${all} not met, ${connections}`
  return ['', head, ...unmet.flatMap((result) => ['', ...resultLines(result, options)]), '']
}

function resultLines(result: CheckResult, options: CheckOptions): string[] {
  const { palette } = options
  const lines = wrapped(escapeTerminal(`${sourceText(result.source)}  ${expectationText(result)}`), 2, options)
  for (const violation of result.violations) lines.push(...violationLines(violation, options))
  const untold = untoldText(result)
  return untold === '' ? lines : [...lines, `    ${palette.dim(untold)}`]
}

function violationLines(violation: Violation, options: CheckOptions): string[] {
  const { palette } = options
  const [first = '', ...more] = wrapped(`seen: ${escapeTerminal(violation.seen)}`, 4, options)
  const where = [connectionText(violation), framesText(violation)].filter((part) => part !== '').join(', ')
  const below = [where, filterText(violation)].filter((part) => part !== '')
  return [
    first.replace('seen:', () => palette.yellow('seen:')),
    ...more,
    ...below.flatMap((part) => wrapped(escapeTerminal(part), 6, options).map(palette.dim)),
  ]
}

/** How to look at the first connection that is not as expected. */
function hintLines({ captures }: CheckReport): string[] {
  for (const { file, results } of captures) {
    const first = results.flatMap(({ violations }) => violations).find(({ connection }) => connection !== null)
    if (first?.connection) return [`look at: finwait show ${escapeTerminal(file)} ${first.connection.connection}`]
  }
  return []
}
