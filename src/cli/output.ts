/**
 * Where the report goes: standard output or the file of `-o`. Collects small pieces; a reader that went away
 * (`finwait … | head`) is no error.
 */
import { closeSync, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import type { Printed } from '../report/format.ts'
import type { OutputLike, WriteError } from './process.ts'
import { UsageError } from './usage-error.ts'

export interface ReportOutput {
  /** Bytes may be written over when this returns. */
  write(piece: Printed): void
  /** Hands over what is still kept; resolves when all is written, or cannot be. */
  end(): Promise<void>
}

const PIECE = 64 * 1024
/** How long a full pipe is left to its reader before the next attempt: twice as long each time, up to the most. */
const PAUSE_MS = 1
const MAX_PAUSE_MS = 32

/**
 * Into a file or a pipe at once, waiting for whoever reads: to a stream that a slow reader holds up, Node.js would keep
 * the whole report in memory (250 MB of it took 900). A terminal, and what has no descriptor, is written to as a stream.
 *
 * @param onLost - called once when nothing can be written any more: why, or null when the reader went away
 */
export function toStdout(stdout: OutputLike, onLost: (why: string | null) => void): ReportOutput {
  const { fd } = stdout
  let isLost = false
  const lose = (error: WriteError): void => {
    if (!isLost) onLost(error.code === 'EPIPE' ? null : notWritten(error))
    isLost = true
  }
  stdout.on('error', lose)
  const collected = collecting((bytes) => {
    if (isLost) return
    if (fd === undefined || stdout.isTTY) stdout.write(Buffer.from(bytes).toString())
    else attempt(() => writeAll(fd, bytes), lose)
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

function attempt(work: () => void, onError: (error: WriteError) => void): void {
  try {
    work()
  } catch (error) {
    onError(error as WriteError)
  }
}

/** Waits where a pipe is full. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  let pauseMs = PAUSE_MS
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done)
      pauseMs = PAUSE_MS
    } catch (error) {
      if ((error as WriteError).code !== 'EAGAIN') throw error
      Atomics.wait(NEVER_WOKEN, 0, 0, pauseMs)
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
    }
  }
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4))

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
  const collected = collecting((bytes) => {
    try {
      writeAll(descriptor, bytes)
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
 * Passes bytes on when there are enough of them, or when the event loop has its turn: a connection of a live stream is
 * not kept waiting, and a million of them are not a million writes.
 *
 * @param pass - must not keep the bytes
 */
function collecting(pass: (bytes: Uint8Array) => void): { write(piece: Printed): void; flush(): void } {
  const kept = Buffer.allocUnsafeSlow(PIECE)
  let length = 0
  let isPlanned = false
  const flush = (): void => {
    const bytes = kept.subarray(0, length)
    length = 0
    if (bytes.length > 0) pass(bytes)
  }
  return {
    write(piece) {
      const most = typeof piece === 'string' ? 3 * piece.length : piece.length
      if (length + most > PIECE) flush()
      if (most > PIECE) pass(typeof piece === 'string' ? Buffer.from(piece) : piece)
      else if (typeof piece === 'string') length += kept.write(piece, length)
      else {
        kept.set(piece, length)
        length += piece.length
      }
      if (!isPlanned && length > 0) {
        isPlanned = true
        setImmediate(() => {
          isPlanned = false
          flush()
        })
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
