/**
 * `finwait check <path>...`: each capture by itself against its expectations.
 */
import { Analyzer } from '../analysis/analyzer.ts'
import { Evaluation } from '../check/evaluate.ts'
import type { Expectations } from '../check/parse.ts'
import { CHECK_FORMATS, type CheckFormatName } from '../report/checks/formats.ts'
import type { CheckedCapture, CheckReport } from '../report/checks/model.ts'
import { isUnmet } from '../report/checks/words.ts'
import { capturesToCheck, ExpectationFiles } from './check-files.ts'
import { updateExpectations } from './check-update.ts'
import type { ProcessLike } from './process.ts'
import { analyzerOptions, type ReportCommandOptions } from './run-options.ts'
import { Session } from './session.ts'
import { UsageError } from './usage-error.ts'

export interface CheckCommandOptions extends ReportCommandOptions {
  format: CheckFormatName
  config?: string
  update?: boolean
}

/**
 * @param commands - names of the other commands, for "did you mean"
 * @returns the exit code
 * @throws UsageError
 */
export async function check(
  process: ProcessLike,
  paths: readonly string[],
  options: CheckCommandOptions,
  commands: readonly string[],
): Promise<number> {
  if (paths.length === 0)
    throw new UsageError('which captures? Give files, directories or patterns; more: finwait check --help')
  const captures = capturesToCheck(paths)
  const files = new ExpectationFiles(options.config)
  const sources = captures.map((capture) => files.of(capture))
  files.assertValid()
  const session = new Session(process, captures, options, commands)
  if (options.update) return updateExpectations(captures, session, options)
  const checked: CheckedCapture[] = []
  for (const [i, capture] of captures.entries()) {
    if (session.isStopped) break
    checked.push(await checkCapture(capture, sources[i]!, session, options))
  }
  const report = reportOf(checked)
  session.write(CHECK_FORMATS[options.format].text(report, session.terminal))
  return session.end(report.summary.unmet > 0)
}

async function checkCapture(
  file: string,
  sources: readonly Expectations[],
  session: Session,
  options: CheckCommandOptions,
): Promise<CheckedCapture> {
  const evaluation = new Evaluation(sources)
  const analyzer = new Analyzer(analyzerOptions(options), (connection) => evaluation.connection(connection))
  if (session.failureOf(file) === null) await session.read(analyzer, false, [file])
  const rest = analyzer.finish()
  const failure = session.failureOf(file)
  const hasRead = rest.captures.some(({ packets }) => packets > 0)
  return {
    file,
    error: failure === null ? null : { offset: failure.offset, message: failure.message },
    connections: rest.summary.connections,
    results: failure !== null && !hasRead ? [] : evaluation.end(rest),
  }
}

function reportOf(captures: CheckedCapture[]): CheckReport {
  const isReadable = ({ error }: CheckedCapture) => error === null
  const results = captures.flatMap(({ results }) => results)
  return {
    schema: 'finwait/check/1',
    captures,
    summary: {
      captures: captures.length,
      failed: captures.filter((capture) => isReadable(capture) && capture.results.some(isUnmet)).length,
      unreadable: captures.filter((capture) => !isReadable(capture)).length,
      expectations: results.length,
      unmet: results.filter(isUnmet).length,
    },
  }
}
