/**
 * A capture that is open, and read a step at a time by whoever wants its packets: one alone (read-capture.ts), or
 * several in turn (merge-captures.ts).
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { CaptureError } from '../capture/capture-error.ts'
import { emptyCaptureInfo } from '../capture/info.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { CaptureFeed, type ReadResult } from './capture-feed.ts'
import { COMPRESSION_MAGIC_LENGTH, compressionOf } from './compression.ts'
import { SourceError, toSourceError } from './source-error.ts'
import { StreamCapture } from './stream-capture.ts'

export interface OpenCapture {
  /** Bytes of the file read so far, compressed as it is. */
  readonly bytesRead: number
  /** Bytes of the file; null where nobody knows. */
  readonly bytesTotal: number | null
  /** Whether it can be opened a second time. */
  readonly isFile: boolean
  /**
   * Reads a piece, and hands its packets to the sink. Resolves to false when nothing is left, or no more can be read:
   * `result` says which. Rejects only with what the sink throws.
   */
  step(): Promise<boolean>
  result(): ReadResult
  close(): void
}

export interface OpenOptions {
  /** For `Packet.fileIndex`. */
  fileIndex: number
  /** Bytes of a file read at once. */
  stepLength?: number
  /** Ends a stream that has nothing to say. */
  signal?: AbortSignal | undefined
}

const STANDARD_INPUT = 0
const STEP_LENGTH = 256 * 1024

/** Opens the capture at `path` (`-`: standard input). Throws `SourceError` when it cannot be opened. */
export function openCapture(path: string, sink: PacketSink, timeBase: TimeBase, options: OpenOptions): OpenCapture {
  const stats = system(() => (path === '-' ? fstatSync(STANDARD_INPUT) : statSync(path)))
  if (stats.isDirectory()) throw new SourceError('EISDIR', 0, 'it is a directory')
  if (stats.isFile()) return new FileCapture(path, stats, sink, timeBase, options)
  const stream = path === '-' ? process.stdin : createReadStream(path)
  return new StreamCapture(stream, sink, timeBase, options)
}

/** Whether `path` is a file that can be read again from its beginning. Throws `SourceError`. */
export function isRegularFile(path: string): boolean {
  return path !== '-' && system(() => statSync(path).isFile())
}

/** What is known of a capture that was not, or could not be, opened. */
export function unopened(error: CaptureError | null): ReadResult {
  return { info: emptyCaptureInfo(), compression: 'none', error }
}

/** A regular file, read synchronously, as streams cost 1.5 to 6 times the processor time. */
class FileCapture implements OpenCapture {
  bytesRead = 0
  readonly bytesTotal: number
  readonly isFile = true
  readonly #descriptor: number
  readonly #path: string
  readonly #feed: CaptureFeed
  readonly #stepLength: number
  readonly #chunk: Buffer
  #error: CaptureError | null = null

  constructor(path: string, stats: Stats, sink: PacketSink, timeBase: TimeBase, options: OpenOptions) {
    this.#path = path
    this.#descriptor = path === '-' ? STANDARD_INPUT : system(() => openSync(path, 'r'))
    this.bytesTotal = stats.size
    this.#stepLength = options.stepLength ?? STEP_LENGTH
    const head = Buffer.alloc(COMPRESSION_MAGIC_LENGTH)
    const headLength = system(() => readSync(this.#descriptor, head, 0, head.length, 0))
    const compression = compressionOf(head.subarray(0, headLength))
    this.#feed = new CaptureFeed(compression, sink, timeBase, options.fileIndex, false)
    this.#chunk = Buffer.allocUnsafeSlow(compression === 'none' ? 0 : this.#stepLength)
  }

  async step(): Promise<boolean> {
    try {
      const length = system(() => this.#fill(), this.bytesRead)
      this.bytesRead += length
      if (length === 0) await this.#feed.finish()
      else if (this.#feed.compression === 'none') this.#feed.window.consume()
      else await this.#feed.write(this.#chunk.subarray(0, length))
      return length > 0
    } catch (cause) {
      if (!(cause instanceof CaptureError)) throw cause
      this.#error = cause
      return false
    }
  }

  #fill(): number {
    const { compression, window } = this.#feed
    return compression === 'none'
      ? window.fill(this.#descriptor, this.#stepLength)
      : readSync(this.#descriptor, this.#chunk)
  }

  result(): ReadResult {
    return this.#feed.result(this.#error)
  }

  close(): void {
    if (this.#path !== '-') closeSync(this.#descriptor)
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
