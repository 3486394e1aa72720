/**
 * A capture from the file system or from standard input, whatever it is compressed with, read to its end.
 *
 * Next: open-capture.ts, how it is opened and read; capture-feed.ts, how bytes become packets; merge-captures.ts,
 * several at a time; list-captures.ts, what a directory holds. What a capture is, capture/ knows.
 */
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CaptureError } from '../capture/capture-error.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import type { ReadResult } from './capture-feed.ts'
import { type OpenCapture, openCapture, unopened } from './open-capture.ts'
import { StreamCapture } from './stream-capture.ts'

export interface ReadOptions {
  /** For `Packet.fileIndex`. */
  fileIndex: number
  /** Called every few megabytes with bytes of the file, compressed as it is; the total is null where nobody knows. */
  onProgress?: ((bytesRead: number, bytesTotal: number | null, packets: number) => void) | undefined
  /** Stops the reading; what was read is returned. */
  signal?: AbortSignal | undefined
}

/** Progress is told, and signals and timers get their turn, this often: every few milliseconds. */
export const TURN_LENGTH = 4 * 1024 * 1024

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
  let opened: OpenCapture
  try {
    opened = openCapture(path, sink, timeBase, options)
  } catch (cause) {
    if (cause instanceof CaptureError) return unopened(cause)
    throw cause
  }
  return readToEnd(opened, options)
}

/** The same for a stream. */
export function readCaptureStream(
  stream: Readable,
  sink: PacketSink,
  timeBase: TimeBase,
  options: ReadOptions,
): Promise<ReadResult> {
  return readToEnd(new StreamCapture(stream, sink, timeBase, options), options)
}

async function readToEnd(opened: OpenCapture, { onProgress, signal }: ReadOptions): Promise<ReadResult> {
  let told = 0
  try {
    while (await opened.step()) {
      if (opened.bytesRead - told < TURN_LENGTH) continue
      told = opened.bytesRead
      onProgress?.(opened.bytesRead, opened.bytesTotal, opened.result().info.packets)
      await setImmediate()
      if (signal?.aborted) break
    }
    return opened.result()
  } finally {
    opened.close()
  }
}
