/**
 * `--format github`: workflow commands, which GitHub shows beside the lines of expectation files in a pull request; and
 * the text for the log.
 */
import { escapeWorkflowMessage, escapeWorkflowProperty } from '../escape.ts'
import type { CheckFormat } from './format.ts'
import type { CheckReport, Place } from './model.ts'
import { text } from './text.ts'
import { expectationText, filterText, isUnmet, unreadableText, violationText } from './words.ts'

/** GitHub shows no more errors of one step. */
const SHOWN = 10

interface Annotation {
  place: Pick<Place, 'file'> & Partial<Place>
  title: string
  lines: string[]
}

export const github: CheckFormat = {
  purpose: 'annotations on a pull request, and the text',
  text(report, options) {
    const annotations = annotationsOf(report)
    // The last that is shown says how many are not.
    const shown = annotations.slice(0, annotations.length > SHOWN ? SHOWN - 1 : SHOWN)
    const more = annotations.length - shown.length
    const commands = shown.map(commandOf)
    if (more > 0) commands.push(`::error title=finwait::${more} more, see the log`)
    const log = text.text(report, { ...options, width: null }).replaceAll('##[', '## [')
    return `${[...commands, ''].join('\n')}${log}`
  },
}

/** The first violation of each expectation, and what could not be read. */
function annotationsOf({ captures }: CheckReport): Annotation[] {
  return captures.flatMap((capture) => {
    const { file, error, results } = capture
    const unread = error === null ? [] : [{ place: { file }, title: file, lines: [unreadableText(capture)] }]
    const unmet = results.filter(isUnmet).map((result): Annotation => {
      const first = result.violations[0]
      const more = result.unmet > 1 ? [`and ${result.unmet - 1} more`] : []
      return {
        place: result.source ?? { file },
        title: `${file}: ${expectationText(result)}`,
        lines: first === undefined ? more : [violationText(first, result), filterText(first), ...more],
      }
    })
    return [...unread, ...unmet]
  })
}

function commandOf({ place, title, lines }: Annotation): string {
  const { file, line, column } = place
  const at = line === undefined ? '' : `,line=${line},col=${column}`
  const message = lines
    .filter((text) => text !== '')
    .map(escapeWorkflowMessage)
    .join('%0A')
  return `::error file=${escapeWorkflowProperty(file)}${at},title=${escapeWorkflowProperty(title)}::${message}`
}
