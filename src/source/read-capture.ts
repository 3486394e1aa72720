/**
 * A capture from the file system or from standard input, whatever it is compressed with.
 *
 * Next: capture-feed.ts, what every reading shares; read-stream.ts, what is no regular file; list-captures.ts, what a
 * directory holds. What a capture is, capture/ knows.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { CaptureError } from '../capture/capture-error.ts'
import { emptyCaptureInfo } from '../capture/info.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { CaptureFeed, type ReadOptions, type ReadResult } from './capture-feed.ts'
import { COMPRESSION_MAGIC_LENGTH, compressionOf } from './compression.ts'
import { readCaptureStream } from './read-stream.ts'
import { SourceError, toSourceError } from './source-error.ts'

export type { ReadOptions, ReadResult } from './capture-feed.ts'

const STANDARD_INPUT = 0
/** Compressed bytes read at once. */
const CHUNK_LENGTH = 256 * 1024

/**
 * Hands every packet of the capture at `path` (`-`: standard input) to `sink`. Never rejects for what the file is or
 * is not: that is `error`, a `SourceError` when it could not be opened. Whatever `sink` throws passes through.
 */
export async function readCapture(
  path: string,
  sink: PacketSink,
  timeBase: TimeBase,
  options: ReadOptions,
): Promise<ReadResult> {
  try {
    const stats = system(() => (path === '-' ? fstatSync(STANDARD_INPUT) : statSync(path)))
    if (stats.isDirectory()) throw new SourceError('EISDIR', 0, 'it is a directory')
    if (!stats.isFile()) {
      const stream = path === '-' ? process.stdin : createReadStream(path)
      return await readCaptureStream(stream, sink, timeBase, options)
    }
    const descriptor = path === '-' ? STANDARD_INPUT : system(() => openSync(path, 'r'))
    try {
      return await readFile(descriptor, stats, sink, timeBase, options)
    } finally {
      if (descriptor !== STANDARD_INPUT) closeSync(descriptor)
    }
  } catch (cause) {
    if (cause instanceof CaptureError) return { info: emptyCaptureInfo(), compression: 'none', error: cause }
    throw cause
  }
}

/** Reads a regular file: synchronously, as streams cost 1.5 to 6 times the processor time. */
async function readFile(
  descriptor: number,
  stats: Stats,
  sink: PacketSink,
  timeBase: TimeBase,
  options: ReadOptions,
): Promise<ReadResult> {
  const head = Buffer.alloc(COMPRESSION_MAGIC_LENGTH)
  const headLength = system(() => readSync(descriptor, head, 0, head.length, 0))
  const compression = compressionOf(head.subarray(0, headLength))
  const feed = new CaptureFeed(compression, sink, timeBase, options.fileIndex, false)
  const chunk = Buffer.allocUnsafeSlow(compression === 'none' ? 0 : CHUNK_LENGTH)
  let bytesRead = 0
  try {
    for (;;) {
      const length = system(
        () => (compression === 'none' ? feed.window.fill(descriptor) : readSync(descriptor, chunk)),
        bytesRead,
      )
      if (length === 0) break
      bytesRead += length
      if (compression === 'none') feed.window.consume()
      else await feed.write(chunk.subarray(0, length))
      if (!feed.isTurnOver(bytesRead, stats.size, options)) continue
      await setImmediate()
      if (options.signal?.aborted) return feed.result(null)
    }
    await feed.finish()
    return feed.result(null)
  } catch (cause) {
    if (cause instanceof CaptureError) return feed.result(cause)
    throw cause
  }
}

/** Calls the system; what it reports becomes a `SourceError` at byte `offset`. */
function system<Value>(call: () => Value, offset = 0): Value {
  try {
    return call()
  } catch (cause) {
    throw toSourceError(cause, offset)
  }
}
