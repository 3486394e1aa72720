/**
 * A capture that could not be opened or read at all, in one line. Treat it as any `CaptureError`.
 */
import { CaptureError } from '../capture/capture-error.ts'

/** `code` is the system's (`ENOENT`, `EACCES`, `EISDIR`, …). */
export class SourceError extends CaptureError {
  override readonly name: string = 'SourceError'
}

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'no permission to read it'],
  ['EPERM', 'no permission to read it'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of its path is no directory'],
  ['ELOOP', 'too many symbolic links'],
  ['EMFILE', 'too many files are open'],
  ['ENXIO', 'nothing is there to read from'],
  ['EIO', 'the device reports a read error'],
])

/** Says what the system said at byte `offset`; passes on what is no system error. */
export function toSourceError(cause: unknown, offset: number): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return cause
  return new SourceError(cause.code, offset, MESSAGES.get(cause.code) ?? cause.message)
}
