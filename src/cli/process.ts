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

/** The signals that ask a program to end. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

export interface ProcessLike {
  /** The first two are the interpreter and the script. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  platform: string
  stdout: OutputLike
  stderr: OutputLike
  on(signal: StopSignal, listener: () => void): unknown
  off(signal: StopSignal, listener: () => void): unknown
}
