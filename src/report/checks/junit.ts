/**
 * `--format junit`: the XML that Jenkins, GitLab and others read. A capture is a test suite, an expectation a test case.
 */
import { escapeXml } from '../escape.ts'
import type { CheckFormat } from './format.ts'
import type { CheckedCapture, CheckResult } from './model.ts'
import { expectationText, isUnmet, sourceText, unreadableText, violationLines } from './words.ts'

export const junit: CheckFormat = {
  purpose: 'XML for Jenkins, GitLab and others',
  text({ captures }) {
    const tests = sum(captures, ({ results }) => results.length + 1)
    const failures = sum(captures, ({ results }) => results.filter(isUnmet).length)
    const errors = captures.filter(({ error }) => error !== null).length
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="finwait check" tests="${tests}" failures="${failures}" errors="${errors}">`,
      ...captures.flatMap(suiteLines),
      '</testsuites>',
      '',
    ].join('\n')
  },
}

function suiteLines(capture: CheckedCapture): string[] {
  const { file, error, results } = capture
  const failures = results.filter(isUnmet).length
  const errors = error === null ? 0 : 1
  const counts = `tests="${results.length + 1}" failures="${failures}" errors="${errors}" skipped="0"`
  return [
    `  <testsuite name="${escapeXml(file)}" ${counts}>`,
    ...readingLines(capture),
    ...results.flatMap((result) => caseLines(file, result)),
    '  </testsuite>',
  ]
}

/** Whether the capture could be read is a test case of its own, so that every suite has one. */
function readingLines({ file, error, ...rest }: CheckedCapture): string[] {
  const open = `    <testcase classname="${escapeXml(file)}" name="can be read"`
  if (error === null) return [`${open}/>`]
  const message = escapeXml(unreadableText({ file, error, ...rest }))
  return [`${open}>`, `      <error message="${message}" type="unreadable">${message}</error>`, '    </testcase>']
}

function caseLines(file: string, result: CheckResult): string[] {
  const open = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(expectationText(result))}"`
  if (!isUnmet(result)) return [`${open}/>`]
  const [first = '', ...more] = violationLines(result)
  const text = [sourceText(result.source), first, ...more].map(escapeXml).join('\n')
  return [
    `${open}>`,
    `      <failure message="${escapeXml(first)}" type="${result.rule}">${text}</failure>`,
    '    </testcase>',
  ]
}

function sum<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0)
}
