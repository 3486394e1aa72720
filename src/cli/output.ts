/**
 * Where the report goes: standard output or the file of `-o`. Collects small pieces; a reader that went away
 * (`finwait … | head`) is no error.
 */
import { closeSync, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import type { OutputLike, WriteError } from './process.ts'
import { UsageError } from './usage-error.ts'

export interface ReportOutput {
  write(text: string): void
  /** Hands over what is still kept; resolves when all is written, or cannot be. */
  end(): Promise<void>
}

const PIECE = 64 * 1024

/** @param onLost - called once when nothing can be written any more: why, or null when the reader went away */
export function toStdout(stdout: OutputLike, onLost: (why: string | null) => void): ReportOutput {
  let isLost = false
  const lose = (error: WriteError): void => {
    if (!isLost) onLost(error.code === 'EPIPE' ? null : notWritten(error))
    isLost = true
  }
  stdout.on('error', lose)
  const collected = collecting((text) => {
    if (!isLost) stdout.write(text)
  })
  return {
    write: collected.write,
    async end() {
      collected.flush()
      if (isLost) return
      await new Promise<void>((resolve) => {
        stdout.write('', (error) => {
          if (error) lose(error)
          resolve()
        })
      })
    },
  }
}

/**
 * Opens the file at once, so that a wrong path is told before hours of reading.
 *
 * @param captures - what is read: it is not written over
 * @throws UsageError when the file cannot be opened
 */
export function toFile(path: string, captures: readonly string[]): ReportOutput {
  if (captures.some((capture) => isSameFile(capture, path))) {
    throw new UsageError(`-o ${path}: this would overwrite the capture`)
  }
  let descriptor: number
  try {
    descriptor = openSync(path, 'w')
  } catch (cause) {
    throw new UsageError(`-o ${path}: ${notWritten(cause)}`)
  }
  const collected = collecting((text) => {
    try {
      const bytes = Buffer.from(text)
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
    } catch (cause) {
      throw new UsageError(`-o ${path}: ${notWritten(cause)}`)
    }
  })
  return {
    write: collected.write,
    async end() {
      collected.flush()
      closeSync(descriptor)
    },
  }
}

/**
 * Passes text on when there is enough of it, or when the event loop has its turn: a connection of a live stream is
 * not kept waiting, and a million of them are not a million writes.
 */
function collecting(pass: (text: string) => void): { write(text: string): void; flush(): void } {
  let kept = ''
  let isPlanned = false
  const flush = (): void => {
    isPlanned = false
    const text = kept
    kept = ''
    if (text !== '') pass(text)
  }
  return {
    write(text) {
      kept += text
      if (kept.length >= PIECE) flush()
      else if (!isPlanned && kept !== '') {
        isPlanned = true
        setImmediate(flush)
      }
    },
    flush,
  }
}

function isSameFile(a: string, b: string): boolean {
  try {
    const one = a === '-' ? fstatSync(0) : statSync(a)
    const other = statSync(b)
    return one.isFile() && one.dev === other.dev && one.ino === other.ino
  } catch {
    return false
  }
}

/** Why a file cannot be written. */
export function notWritten(cause: unknown): string {
  const known: Record<string, string> = {
    ENOENT: 'no such directory',
    EACCES: 'no permission to write it',
    EISDIR: 'it is a directory',
    ENOSPC: 'no space left on the device',
    EIO: 'the device reports a write error',
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return known[code] ?? (cause instanceof Error ? cause.message : String(cause))
}
