/**
 * The captures that a path stands for: itself, or what a directory holds.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isCaptureMagic } from '../capture/capture-reader.ts'
import { compressionOf } from './compression.ts'
import { toSourceError } from './source-error.ts'

const MAGIC_LENGTH = 8
/** Compressed captures are known by their names: what a name does not promise is not unpacked to find out. */
const NAMED_LIKE_A_CAPTURE = /\.(pcap|pcapng|cap|ntar|dmp|snoop|trace|trc)\d*\.(gz|zst|lz4)$/i

/**
 * `[path]` for a file, and for `-`; the captures directly in it for a directory, sorted by name, known by their first
 * bytes. Throws `SourceError` when the system will not say.
 */
export function listCaptures(path: string): string[] {
  try {
    if (path === '-' || !statSync(path).isDirectory()) return [path]
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(path, entry.name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true && holdsCapture(file))
      .sort()
  } catch (cause) {
    throw toSourceError(cause, 0)
  }
}

/** Whether a file begins as a capture does, or is compressed and named like one. */
export function holdsCapture(file: string): boolean {
  const head = Buffer.alloc(MAGIC_LENGTH)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, head)
  } finally {
    closeSync(descriptor)
  }
  return compressionOf(head) === 'none' ? isCaptureMagic(head) : NAMED_LIKE_A_CAPTURE.test(file)
}
