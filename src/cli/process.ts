/**
 * The parts of Node's `process` that the command line uses, so that a test can pass its own.
 */

export type WriteError = Error & { code?: string }

/** `process.stdout` or `process.stderr`. */
export interface OutputLike {
  /** `done` is called when the text is handed over, or cannot be. */
  write(text: string, done?: (error?: WriteError | null) => void): boolean
  isTTY?: boolean
  columns?: number
  on(event: 'error', listener: (error: WriteError) => void): unknown
}

export interface ProcessLike {
  /** The first two are the interpreter and the script. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  platform: string
  stdout: OutputLike
  stderr: OutputLike
  on(signal: 'SIGINT', listener: () => void): unknown
  off(signal: 'SIGINT', listener: () => void): unknown
}
