/**
 * Everything that is said beside the report: one line each, on standard error, `finwait: ` in front.
 */
import type { CaptureError } from '../capture/capture-error.ts'
import type { CaptureWarning } from '../capture/info.ts'
import { escapeTerminal } from '../report/escape.ts'
import { SourceError } from '../source/source-error.ts'
import type { OutputLike } from './process.ts'

export class Messages {
  readonly #stderr: OutputLike
  readonly #isQuiet: boolean

  /** @param isQuiet - errors only */
  constructor(stderr: OutputLike, isQuiet: boolean) {
    this.#stderr = stderr
    this.#isQuiet = isQuiet
  }

  error(text: string): void {
    this.#stderr.write(`finwait: ${escapeTerminal(text)}\n`)
  }

  warning(text: string): void {
    if (!this.#isQuiet) this.#stderr.write(`finwait: warning: ${escapeTerminal(text)}\n`)
  }

  /** Something that helps, and that is no fault of anything. */
  hint(text: string): void {
    if (!this.#isQuiet) this.#stderr.write(`finwait: ${escapeTerminal(text)}\n`)
  }
}

/** `FILE: byte OFFSET: what was expected`; without the byte where the file could not even be opened. */
export function failureText(file: string, error: CaptureError): string {
  const isUnopened = error instanceof SourceError && error.offset === 0
  return isUnopened
    ? `${fileName(file)}: ${error.message}`
    : `${fileName(file)}: byte ${error.offset}: ${error.message}`
}

export function warningText(file: string, warning: CaptureWarning): string {
  return `${fileName(file)}: byte ${warning.offset}: ${warning.message}`
}

/** On one line, whatever is in it. */
function fileName(file: string): string {
  return file === '-' ? 'standard input' : escapeTerminal(file)
}
