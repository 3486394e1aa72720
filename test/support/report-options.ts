/**
 * Options for a format, and what it writes of a whole report at once.
 */
import type { Format, Printed, ReportOptions } from '../../src/report/format.ts'
import type { Report } from '../../src/report/model.ts'
import { PLAIN } from '../../src/report/palette.ts'

export function reportOptions(others: Partial<ReportOptions> = {}): ReportOptions {
  return {
    files: ['web.pcapng'],
    paths: ['web.pcapng'],
    width: null,
    limit: 50,
    palette: PLAIN,
    unicode: true,
    filter: null,
    ...others,
  }
}

export function printedText(piece: Printed): string {
  return typeof piece === 'string' ? piece : new TextDecoder().decode(piece)
}

/** Everything a format prints of a report, the connections given to it in the order of the report. */
export function written(format: Format, report: Report, options: Partial<ReportOptions> = {}, notSelected = 0): string {
  const writer = format.begin(reportOptions(options))
  const { connections, ...rest } = report
  let text = ''
  for (const connection of connections) text += printedText(writer.connection(connection))
  for (const piece of writer.end(rest, notSelected)) text += printedText(piece)
  return text
}
