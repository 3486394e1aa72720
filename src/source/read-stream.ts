/**
 * A capture from a stream: standard input, a named pipe, the output of a capturing process. Packets come out as they
 * arrive.
 */
import { addAbortSignal, type Readable } from 'node:stream'
import { CaptureError } from '../capture/capture-error.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { CaptureFeed, type ReadOptions, type ReadResult } from './capture-feed.ts'
import { COMPRESSION_MAGIC_LENGTH, compressionOf } from './compression.ts'
import { toSourceError } from './source-error.ts'

/**
 * Hands every packet of `stream` to `sink`; compressed or not, known by its first bytes. Rejects only with what `sink`
 * throws, as `readCapture` does.
 */
export async function readCaptureStream(
  stream: Readable,
  sink: PacketSink,
  timeBase: TimeBase,
  options: ReadOptions,
): Promise<ReadResult> {
  if (options.signal !== undefined) addAbortSignal(options.signal, stream)
  let head: Uint8Array = new Uint8Array(0)
  let feed: CaptureFeed | null = null
  const begin = () => {
    const compression = compressionOf(head)
    return new CaptureFeed(compression, sink, timeBase, options.fileIndex, compression === 'none')
  }
  try {
    for await (const chunk of chunksOf(stream, options.signal)) {
      if (feed !== null) await feed.write(chunk)
      else {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        if (head.length < COMPRESSION_MAGIC_LENGTH) continue
        feed = begin()
        await feed.write(head)
      }
      feed.isTurnOver(feed.bytesWritten, null, options)
    }
    if (feed === null) {
      feed = begin()
      await feed.write(head)
    }
    if (!options.signal?.aborted) await feed.finish()
    return feed.result(null)
  } catch (cause) {
    if (cause instanceof CaptureError) return (feed ?? begin()).result(cause)
    throw cause
  }
}

/** The chunks of `stream`; an abort ends them, and what the system reports becomes a `SourceError`. */
async function* chunksOf(stream: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  let offset = 0
  try {
    for await (const chunk of stream) {
      offset += chunk.length
      yield chunk
    }
  } catch (cause) {
    if (!signal?.aborted) throw toSourceError(cause, offset)
  }
}
