/**
 * A run over captures: find them, read them with progress, and report. Next: reporting.ts, read-captures.ts.
 */
import type { CaptureError } from '../capture/capture-error.ts'
import { CUT_SHORT } from '../capture/info.ts'
import { nearest } from '../check/nearest.ts'
import { MAX_CAPTURES } from '../flow/frames.ts'
import { readNames } from '../source/read-names.ts'
import { failureText, warningText } from './messages.ts'
import type { ProcessLike } from './process.ts'
import { Progress } from './progress.ts'
import { type CaptureTaker, type Failure, findCaptures, type ReadOutcome, readCaptures } from './read-captures.ts'
import { Reporting } from './reporting.ts'
import type { RunOptions } from './run-options.ts'
import { UsageError } from './usage-error.ts'

export class Session extends Reporting {
  /** What the user named, and the captures that were found there, in the order to read them. */
  readonly paths: readonly string[]
  readonly files: readonly string[]
  readonly #options: RunOptions
  readonly #failures: readonly Failure[]
  readonly #commands: readonly string[]
  /** Captures that are too many for one run. */
  readonly #unread: number
  readonly #outcome: ReadOutcome = { failures: [], infos: [] }

  /**
   * @param paths - files, directories, `-`
   * @param commands - names of commands, one of which may be meant by a path that does not exist
   * @throws UsageError when there is nothing to read
   */
  constructor(process: ProcessLike, paths: readonly string[], options: RunOptions, commands: readonly string[]) {
    const all = [...(options.read ?? []), ...paths]
    const { files, failures } = inputsOf(all, commands)
    super(process, options, files)
    this.#options = options
    this.paths = all
    this.files = files.slice(0, MAX_CAPTURES)
    this.#unread = files.length - this.files.length
    this.#failures = failures
    this.#commands = commands
  }

  /**
   * Reads captures into `taker`: all of them, unless told which. After Ctrl-C, or when nobody reads the report any
   * more, it ends early.
   *
   * @param isStreaming - whether the report is printed meanwhile: a progress line would come between
   */
  async read(taker: CaptureTaker, isStreaming: boolean, files: readonly string[] = this.files): Promise<void> {
    const { stderr, stdout } = this.process
    const isInTheWay = isStreaming && this.#options.output === undefined && stdout.isTTY === true
    const hasProgress = stderr.isTTY === true && !this.#options.quiet && !isInTheWay
    const progress = hasProgress ? new Progress(stderr, () => performance.now()) : null
    const { count = null } = this.#options
    try {
      taker.leaveOut(this.#unread)
      await this.heeding(['SIGINT'], async () => {
        if (this.#options.names) {
          for (const file of files) taker.addNames(await readNames(file, this.signal))
        }
        const { failures, infos } = await readCaptures(taker, { files, count, progress, signal: this.signal })
        this.#outcome.failures.push(...failures)
        this.#outcome.infos.push(...infos)
      })
    } finally {
      progress?.clear()
    }
  }

  /** Whether there is anything to report: some capture could be read at least in part. */
  get hasRead(): boolean {
    const { infos, failures } = this.#outcome
    return infos.some(({ file, info }) => info.packets > 0 || !failures.some((failure) => failure.file === file))
  }

  /** Whether there is no use in reading on. */
  get isStopped(): boolean {
    return this.signal.aborted
  }

  /** Why a capture could not be read, or not to its end; null when it could. */
  failureOf(path: string): CaptureError | null {
    return [...this.#failures, ...this.#outcome.failures].find(({ file }) => file === path)?.error ?? null
  }

  /**
   * Ends the report, then says what was wrong.
   *
   * @param hasFound - whether `--fail-on` met a finding, or an expectation is not met
   * @returns the exit code
   */
  end(hasFound: boolean): Promise<number> {
    const { infos, failures } = this.#outcome
    const wrong = [
      ...this.#failures.map((failure) => missingText(failure, this.#commands)),
      ...failures.map(({ file, error }) => failureText(file, error)),
    ]
    const warnings: string[] = []
    for (const { file, info } of infos) {
      for (const warning of info.warnings) {
        const text = warningText(file, warning)
        if (this.#options.strict && warning.code === CUT_SHORT) wrong.push(`${text} (--strict)`)
        else warnings.push(text)
      }
    }
    return this.finish(wrong, warnings, hasFound)
  }
}

function inputsOf(paths: readonly string[], commands: readonly string[]): ReturnType<typeof findCaptures> {
  if (paths.length === 0)
    throw new UsageError('which capture? Give a file, a directory, or - for standard input; more: finwait --help')
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input can be read once only')
  const found = findCaptures(paths)
  if (found.files.length === 0) {
    throw new UsageError(found.failures.map((failure) => missingText(failure, commands)).join('\n'))
  }
  return found
}

/** A path that does not exist may be a command with a letter wrong. */
function missingText({ file, error }: Failure, commands: readonly string[]): string {
  const command = nearest(file, commands)
  return command === null
    ? failureText(file, error)
    : `${failureText(file, error)} (did you mean the command ${command}?)`
}
