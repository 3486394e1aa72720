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
  rows?: number
  /** Its file descriptor; none where it has no file behind it. */
  fd?: number
  on(event: 'error', listener: (error: WriteError) => void): unknown
}

/** `process.stdin`. */
export interface InputLike {
  isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
  on(event: 'data', listener: (text: string) => void): unknown
  off(event: 'data', listener: (text: string) => void): unknown
  resume(): unknown
  pause(): unknown
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
  /** Not there where nobody types. */
  stdin?: InputLike
  on(event: StopSignal | 'exit', listener: () => void): unknown
  off(event: StopSignal | 'exit', listener: () => void): unknown
}
