/**
 * What every run that reports does: writes where it was told to, heeds signals and a reader that went away, and says in
 * the end what was wrong. The report comes first, then the reasons.
 */
import type { Printed } from '../report/format.ts'
import { EXIT_COULD_NOT_RUN, EXIT_DONE, EXIT_FOUND, EXIT_INTERRUPTED } from './exit-code.ts'
import { Messages } from './messages.ts'
import { type ReportOutput, toFile, toStdout } from './output.ts'
import type { ProcessLike, StopSignal } from './process.ts'
import { type Terminal, terminalOf } from './terminal.ts'

export interface ReportingOptions {
  output?: string
  color: boolean
  quiet?: boolean
}

export class Reporting {
  readonly messages: Messages
  readonly terminal: Terminal
  protected readonly process: ProcessLike
  readonly #output: ReportOutput
  readonly #stop = new AbortController()
  #isInterrupted = false
  #isReaderGone = false
  #outputFailure: string | null = null

  /**
   * @param inputs - files that are read: the report must not be written over them
   * @throws UsageError when the file of `-o` cannot be written
   */
  constructor(process: ProcessLike, options: ReportingOptions, inputs: readonly string[]) {
    const { output } = options
    this.process = process
    this.messages = new Messages(process.stderr, options.quiet === true)
    this.terminal = terminalOf(process, output === undefined, options.color)
    this.#output = output === undefined ? toStdout(process.stdout, (why) => this.#lose(why)) : toFile(output, inputs)
  }

  /** Ends the work early: nobody reads the report any more, or a signal came. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Runs `work`, which is to end when the first of `signals` aborts `this.signal`; the next one ends the program. */
  protected async heeding(signals: readonly StopSignal[], work: () => Promise<void>): Promise<void> {
    const onSignal = () => {
      this.interrupt()
      for (const signal of signals) this.process.off(signal, onSignal)
    }
    for (const signal of signals) this.process.on(signal, onSignal)
    try {
      await work()
    } finally {
      for (const signal of signals) this.process.off(signal, onSignal)
    }
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#isInterrupted = true
    this.#stop.abort()
  }

  write(piece: Printed): void {
    this.#output.write(piece)
  }

  /**
   * Ends the report, then says what was wrong.
   *
   * @param wrong - why not all could be done
   * @param hasFound - whether `--fail-on` met a finding
   * @returns the exit code
   */
  protected async finish(wrong: readonly string[], warnings: readonly string[], hasFound: boolean): Promise<number> {
    await this.#output.end()
    if (this.#isReaderGone) return EXIT_DONE
    for (const text of warnings) this.messages.warning(text)
    const all = this.#outputFailure === null ? wrong : [...wrong, `standard output: ${this.#outputFailure}`]
    for (const text of all) this.messages.error(text)
    if (this.#isInterrupted) return EXIT_INTERRUPTED
    if (all.length > 0) return EXIT_COULD_NOT_RUN
    return hasFound ? EXIT_FOUND : EXIT_DONE
  }

  #lose(why: string | null): void {
    if (why === null) this.#isReaderGone = true
    this.#outputFailure = why
    this.#stop.abort()
  }
}
