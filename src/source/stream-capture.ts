/**
 * A capture that comes as a stream: standard input, a named pipe, the output of a capturing process. Its packets come
 * out as they arrive, and it can be read once only.
 */
import { addAbortSignal, type Readable } from 'node:stream'
import { CaptureError } from '../capture/capture-error.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { CaptureFeed, type ReadResult } from './capture-feed.ts'
import { COMPRESSION_MAGIC_LENGTH, compressionOf } from './compression.ts'
import type { OpenCapture, OpenOptions } from './open-capture.ts'
import { toSourceError } from './source-error.ts'

export class StreamCapture implements OpenCapture {
  bytesRead = 0
  readonly bytesTotal = null
  readonly isFile = false
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #sink: PacketSink
  readonly #timeBase: TimeBase
  readonly #options: OpenOptions
  /** The first bytes, while they are too few to tell how they are compressed. */
  #head: Uint8Array = new Uint8Array(0)
  #feed: CaptureFeed | null = null
  #error: CaptureError | null = null

  /** An abort of `options.signal` ends the stream where it waits. */
  constructor(stream: Readable, sink: PacketSink, timeBase: TimeBase, options: OpenOptions) {
    if (options.signal) addAbortSignal(options.signal, stream)
    this.#chunks = stream[Symbol.asyncIterator]()
    this.#sink = sink
    this.#timeBase = timeBase
    this.#options = options
  }

  async step(): Promise<boolean> {
    try {
      const chunk = await this.#next()
      if (chunk !== null) await this.#write(chunk)
      else if (!this.#options.signal?.aborted) await this.#finish()
      return chunk !== null
    } catch (cause) {
      if (!(cause instanceof CaptureError)) throw cause
      this.#error = cause
      return false
    }
  }

  /** Null at the end, also at that by an abort. */
  async #next(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await this.#chunks.next()
      return done ? null : value
    } catch (cause) {
      if (this.#options.signal?.aborted) return null
      throw toSourceError(cause, this.bytesRead)
    }
  }

  async #write(chunk: Uint8Array): Promise<void> {
    this.bytesRead += chunk.length
    if (this.#feed !== null) return this.#feed.write(chunk)
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    if (this.#head.length >= COMPRESSION_MAGIC_LENGTH) await this.#begin().write(this.#head)
  }

  async #finish(): Promise<void> {
    if (this.#feed === null) await this.#begin().write(this.#head)
    await this.#feed!.finish()
  }

  #begin(): CaptureFeed {
    const compression = compressionOf(this.#head)
    const isLive = compression === 'none'
    this.#feed = new CaptureFeed(compression, this.#sink, this.#timeBase, this.#options.fileIndex, isLive)
    return this.#feed
  }

  result(): ReadResult {
    return (this.#feed ?? this.#begin()).result(this.#error)
  }

  close(): void {
    void this.#chunks.return?.()
  }
}
