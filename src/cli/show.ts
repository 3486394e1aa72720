/**
 * `finwait show <capture>... <connection>`: one connection, its ladder diagram and its two timelines.
 */
import { Analyzer } from '../analysis/analyzer.ts'
import { showJson } from '../report/json.ts'
import type { ConnectionReport, ShowReport } from '../report/model.ts'
import type { PassOver } from '../report/pass-over.ts'
import { showText } from '../report/show.ts'
import { grouped } from '../report/text.ts'
import { EXIT_INTERRUPTED } from './exit-code.ts'
import type { ProcessLike } from './process.ts'
import { analyzerOptions } from './run-options.ts'
import { Session } from './session.ts'
import type { ShowOptions } from './show-options.ts'
import { UsageError } from './usage-error.ts'

/** Of all connections but that whose segments are kept, no report is needed. */
const ALL_OTHERS: PassOver = { from: () => 0, count: () => {} }

/**
 * @param words - captures, then the number of a connection
 * @returns the exit code
 * @throws UsageError
 */
export async function show(
  process: ProcessLike,
  words: readonly string[],
  options: ShowOptions,
  commands: readonly string[],
): Promise<number> {
  const number = connectionNumber(words.at(-1))
  const session = new Session(process, words.slice(0, -1), options, commands)
  let found: ConnectionReport | null = null
  const asked = { ...analyzerOptions(options), keepSegmentsOf: number, passOver: ALL_OTHERS }
  const analyzer = new Analyzer(asked, (connection) => {
    if (connection.connection === number) found = connection
  })
  await session.read(analyzer, false)
  const { summary } = analyzer.finish()
  if (found !== null && analyzer.ladder !== null) {
    const report: ShowReport = { schema: 'finwait/show/1', connection: found, ...analyzer.ladder }
    const view = { ...session.terminal, files: session.files, paths: session.paths, limit: 0, filter: null }
    session.write(options.format === 'json' ? showJson(report) : showText(report, view))
    return session.end(false)
  }
  const exitCode = await session.end(false)
  if (exitCode === EXIT_INTERRUPTED || !session.hasRead) return exitCode
  throw new UsageError(`no connection ${number}: ${thereIs(summary.connections)}`)
}

function thereIs(connections: number): string {
  if (connections < 2) return connections === 0 ? 'there is none' : 'there is only connection 0'
  return `there are ${grouped(connections)}, numbered from 0 to ${connections - 1}`
}

function connectionNumber(word: string | undefined): number {
  if (word === undefined) throw new UsageError('which connection? As in finwait show web.pcapng 3')
  if (!/^\d+$/.test(word)) {
    throw new UsageError(`${word}: expected the number of a connection at the end, as in finwait show web.pcapng 3`)
  }
  return Number(word)
}
