/**
 * A capture that is in memory: for browsers, tests, and whoever has the bytes. Uncompressed only.
 */
import { CaptureError } from './capture-error.ts'
import { CaptureReader } from './capture-reader.ts'
import type { CaptureInfo } from './info.ts'
import type { PacketSink, TimeBase } from './packet.ts'

/**
 * Hands every packet of `bytes` to `sink`. `error` says why reading stopped before the end; null when it did not.
 * Whatever `sink` throws passes through.
 */
export function readCaptureBytes(
  bytes: Uint8Array,
  sink: PacketSink,
  timeBase: TimeBase,
  fileIndex = 0,
): { info: CaptureInfo; error: CaptureError | null } {
  const reader = new CaptureReader(sink, timeBase, { fileIndex })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const used = reader.feed(view, 0, bytes.length)
    reader.finish(view, used, bytes.length)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { info: reader.info, error }
  }
  return { info: reader.info, error: null }
}
