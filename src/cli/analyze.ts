/**
 * `finwait <capture>...`: analyze captures, print a report.
 */
import { Analyzer } from '../analysis/analyzer.ts'
import { FINDING_CODES } from '../findings/catalogue.ts'
import type { Severity } from '../findings/finding.ts'
import { FORMATS, type FormatName } from '../report/formats.ts'
import { parseFilter } from './filter.ts'
import type { ProcessLike } from './process.ts'
import { analyzerOptions, type RunOptions } from './run-options.ts'
import { SelectedReport } from './selected.ts'
import { Session } from './session.ts'

export interface AnalyzeOptions extends RunOptions {
  format: FormatName
  filter?: string[]
  limit: number
  failOn?: Severity
}

/** Formats that print while the capture is read. */
const STREAMING: readonly FormatName[] = ['ndjson', 'csv']

/**
 * @param commands - names of the other commands, for "did you mean"
 * @returns the exit code
 * @throws UsageError
 */
export async function analyze(
  process: ProcessLike,
  paths: readonly string[],
  options: AnalyzeOptions,
  commands: readonly string[],
): Promise<number> {
  const filters = options.filter ?? []
  const isWanted = parseFilter(filters, FINDING_CODES)
  const session = new Session(process, paths, options, commands)
  const filter = filters.length === 0 ? null : filters.join(' ')
  const { limit } = options
  const writer = FORMATS[options.format].begin({
    ...session.terminal,
    files: session.files,
    paths: session.paths,
    limit,
    filter,
  })
  const selected = new SelectedReport(writer, isWanted, (piece) => session.write(piece))
  const passOver = filter === null ? selected.passOver : null
  const asked = passOver ? { passOver } : {}
  const analyzer = new Analyzer({ ...analyzerOptions(options), ...asked }, (connection) =>
    selected.connection(connection),
  )
  await session.read(analyzer, STREAMING.includes(options.format))
  selected.end(analyzer.finish(), session.hasRead)
  if (selected.isEmpty && filters.some((text) => /\bstate\b/.test(text))) {
    session.messages.hint('state is the state at the end; visited=CLOSING selects connections that passed through it')
  }
  return session.end(options.failOn !== undefined && selected.reaches(options.failOn))
}
