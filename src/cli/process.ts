/**
 * The parts of Node's `process` that the command line uses, so that a test can pass its own.
 */

/** `process.stdout` or `process.stderr`. */
export interface OutputLike {
  write(text: string): boolean
  isTTY?: boolean
  columns?: number
  on(event: 'error', listener: (error: Error & { code?: string }) => void): unknown
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
