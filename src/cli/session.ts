/**
 * What every command does around the reading of captures: find them, show progress, heed Ctrl-C and a reader that
 * went away, and say in the end what was wrong. The report comes first, then the reasons.
 */
import type { CaptureError } from '../capture/capture-error.ts'
import { CUT_SHORT } from '../capture/info.ts'
import { nearest } from '../check/nearest.ts'
import { MAX_CAPTURES } from '../flow/frames.ts'
import { readNames } from '../source/read-names.ts'
import { EXIT_COULD_NOT_RUN, EXIT_DONE, EXIT_FOUND, EXIT_INTERRUPTED } from './exit-code.ts'
import { failureText, Messages, warningText } from './messages.ts'
import { type ReportOutput, toFile, toStdout } from './output.ts'
import type { ProcessLike } from './process.ts'
import { Progress } from './progress.ts'
import { type CaptureTaker, type Failure, findCaptures, type ReadOutcome, readCaptures } from './read-captures.ts'
import type { RunOptions } from './run-options.ts'
import { type Terminal, terminalOf } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export class Session {
  readonly messages: Messages
  readonly terminal: Terminal
  /** What the user named, and the captures that were found there, in the order to read them. */
  readonly paths: readonly string[]
  readonly files: readonly string[]
  readonly #process: ProcessLike
  readonly #options: RunOptions
  readonly #output: ReportOutput
  readonly #stop = new AbortController()
  readonly #failures: Failure[]
  /** Captures that are too many for one run. */
  readonly #unread: number
  readonly #outcome: ReadOutcome = { failures: [], infos: [] }
  #isInterrupted = false
  #isReaderGone = false
  #outputFailure: string | null = null

  /**
   * @param paths - files, directories, `-`
   * @param commands - names of commands, one of which may be meant by a path that does not exist
   * @throws UsageError when there is nothing to read
   */
  constructor(process: ProcessLike, paths: readonly string[], options: RunOptions, commands: readonly string[]) {
    this.#process = process
    this.#options = options
    this.messages = new Messages(process.stderr, options.quiet === true)
    this.terminal = terminalOf(process, options.output === undefined, options.color)
    const all = [...(options.read ?? []), ...paths]
    if (all.length === 0)
      throw new UsageError('which capture? Give a file, a directory, or - for standard input; more: finwait --help')
    if (all.filter((path) => path === '-').length > 1) throw new UsageError('standard input can be read once only')
    const { files, failures } = findCaptures(all)
    if (files.length === 0) throw new UsageError(failures.map((failure) => missingText(failure, commands)).join('\n'))
    this.paths = all
    this.files = files.slice(0, MAX_CAPTURES)
    this.#unread = files.length - this.files.length
    this.#failures = failures
    this.#output =
      options.output === undefined ? toStdout(process.stdout, (why) => this.#lose(why)) : toFile(options.output, files)
  }

  /**
   * Reads captures into `taker`: all of them, unless told which. After Ctrl-C, or when nobody reads the report any
   * more, it ends early.
   *
   * @param isStreaming - whether the report is printed meanwhile: a progress line would come between
   */
  async read(taker: CaptureTaker, isStreaming: boolean, files: readonly string[] = this.files): Promise<void> {
    const { stderr, stdout } = this.#process
    const isInTheWay = isStreaming && this.#options.output === undefined && stdout.isTTY === true
    const hasProgress = stderr.isTTY === true && !this.#options.quiet && !isInTheWay
    const progress = hasProgress ? new Progress(stderr, () => performance.now()) : null
    const onInterrupt = () => {
      this.#isInterrupted = true
      this.#stop.abort()
      this.#process.off('SIGINT', onInterrupt)
    }
    this.#process.on('SIGINT', onInterrupt)
    try {
      const { count = null } = this.#options
      taker.leaveOut(this.#unread)
      if (this.#options.names) {
        for (const file of files) taker.addNames(await readNames(file, this.#stop.signal))
      }
      const { failures, infos } = await readCaptures(taker, { files, count, progress, signal: this.#stop.signal })
      this.#outcome.failures.push(...failures)
      this.#outcome.infos.push(...infos)
    } finally {
      this.#process.off('SIGINT', onInterrupt)
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
    return this.#stop.signal.aborted
  }

  /** Why a capture could not be read, or not to its end; null when it could. */
  failureOf(path: string): CaptureError | null {
    return [...this.#failures, ...this.#outcome.failures].find(({ file }) => file === path)?.error ?? null
  }

  write(text: string): void {
    if (text !== '') this.#output.write(text)
  }

  /**
   * Ends the report, then says what was wrong.
   *
   * @param hasFound - whether `--fail-on` met a finding, or an expectation is not met
   * @returns the exit code
   */
  async end(hasFound: boolean): Promise<number> {
    await this.#output.end()
    if (this.#isReaderGone) return EXIT_DONE
    const { infos, failures } = this.#outcome
    const wrong = [...this.#failures, ...failures].map(({ file, error }) => failureText(file, error))
    for (const { file, info } of infos) {
      for (const warning of info.warnings) {
        const text = warningText(file, warning)
        if (this.#options.strict && warning.code === CUT_SHORT) wrong.push(`${text} (--strict)`)
        else this.messages.warning(text)
      }
    }
    if (this.#outputFailure !== null) wrong.push(`standard output: ${this.#outputFailure}`)
    for (const text of wrong) this.messages.error(text)
    if (this.#isInterrupted) return EXIT_INTERRUPTED
    if (wrong.length > 0) return EXIT_COULD_NOT_RUN
    return hasFound ? EXIT_FOUND : EXIT_DONE
  }

  #lose(why: string | null): void {
    if (why === null) this.#isReaderGone = true
    this.#outputFailure = why
    this.#stop.abort()
  }
}

/** A path that does not exist may be a command with a letter wrong. */
function missingText({ file, error }: Failure, commands: readonly string[]): string {
  const command = nearest(file, commands)
  return command === null
    ? failureText(file, error)
    : `${failureText(file, error)} (did you mean the command ${command}?)`
}
