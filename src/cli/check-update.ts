/**
 * `finwait check --update`: writes what is seen into the expectation files. What is met already stays as it is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Analyzer } from '../analysis/analyzer.ts'
import { newExpectations, type Refreshed, refreshedExpectations } from '../check/update.ts'
import { escapeTerminal } from '../report/escape.ts'
import type { ConnectionReport, Report } from '../report/model.ts'
import { expectationFileOf } from './check-files.ts'
import { analyzerOptions, type ReportCommandOptions } from './run-options.ts'
import type { Session } from './session.ts'
import { UsageError } from './usage-error.ts'

/**
 * A line for each capture says what happened to its file. A capture that cannot be read to its end changes nothing.
 *
 * @returns the exit code
 * @throws UsageError when a file cannot be written
 */
export async function updateExpectations(
  captures: readonly string[],
  session: Session,
  options: ReportCommandOptions,
): Promise<number> {
  for (const capture of captures) {
    if (session.isStopped) break
    const report = await readReport(capture, session, options)
    if (report !== null && !session.isStopped) session.write(update(capture, report))
  }
  return session.end(false)
}

async function readReport(file: string, session: Session, options: ReportCommandOptions): Promise<Report | null> {
  const connections: ConnectionReport[] = []
  const analyzer = new Analyzer(analyzerOptions(options), (connection) => connections.push(connection))
  if (session.failureOf(file) === null) await session.read(analyzer, false, [file])
  if (session.failureOf(file) !== null) return null
  const rest = analyzer.finish()
  connections.sort((a, b) => a.connection - b.connection)
  return { ...rest, connections }
}

function update(capture: string, report: Report): string {
  if (capture === '-') throw new UsageError('--update: standard input has no expectation file')
  const file = expectationFileOf(capture)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null
  const { text, left }: Refreshed =
    before === null ? { text: newExpectations(report), left: [] } : refreshedExpectations(before, report)
  if (text !== before) write(file, text)
  const done = before === null ? 'new' : text === before ? 'as before' : 'changed'
  const leftLines = left.map((key) => `  not met, and left as it is: ${key}\n`)
  return `${done.padEnd(9)}  ${escapeTerminal(file)}\n${leftLines.join('')}`
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw new UsageError(`${file}: cannot be written: ${cause instanceof Error ? cause.message : cause}`)
  }
}
