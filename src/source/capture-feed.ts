/**
 * One capture being read: bytes as they are stored go in, unpacked when they are compressed, and reach the reader.
 *
 * Files and streams (open-capture.ts, stream-capture.ts) feed one of these; what they share is here.
 */
import { CaptureError } from '../capture/capture-error.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import type { CaptureInfo } from '../capture/info.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { UnpackError } from '../capture/unpack-error.ts'
import { CaptureWindow } from './capture-window.ts'
import { type Compression, createUnpacker, type Unpacker } from './compression.ts'

export interface ReadResult {
  info: CaptureInfo
  compression: Compression
  /** Why reading stopped before the end; null when it did not. */
  error: CaptureError | null
}

export class CaptureFeed {
  readonly compression: Compression
  readonly window: CaptureWindow
  /** Bytes written, compressed as they are. */
  private bytesWritten = 0
  private readonly reader: CaptureReader
  private unpacker: Unpacker | null = null
  private takeFailure: unknown = null

  /** `isLive`: as `CaptureReaderOptions.isLive`. */
  constructor(compression: Compression, sink: PacketSink, timeBase: TimeBase, fileIndex: number, isLive: boolean) {
    this.compression = compression
    this.reader = new CaptureReader(sink, timeBase, {
      fileIndex,
      isLive,
      ...(compression === 'none' ? {} : { unpackedFrom: compression === 'lz4' ? 'an lz4' : `a ${compression}` }),
    })
    this.window = new CaptureWindow(this.reader)
  }

  /** Takes the next bytes. Throws `CaptureError` at damage, of the capture or of its compression. */
  async write(chunk: Uint8Array): Promise<void> {
    this.bytesWritten += chunk.length
    if (this.compression === 'none') {
      this.window.append(chunk)
      return
    }
    try {
      this.unpacker ??= await createUnpacker(this.compression, (bytes) => this.take(bytes))
      await this.unpacker.write(chunk)
    } catch (cause) {
      throw this.compressionError(cause)
    }
  }

  /** End of input. Throws as `write` does. */
  async finish(): Promise<void> {
    let isWhole = true
    if (this.unpacker !== null) {
      try {
        isWhole = await this.unpacker.end()
      } catch (cause) {
        throw this.compressionError(cause)
      }
    }
    if (!isWhole && this.window.isUntouched) {
      const message = `expected ${this.compression} data, found it cut short before anything could be unpacked`
      throw new CaptureError('compression', 0, message)
    }
    this.window.finish()
    if (!isWhole) this.reader.endsEarly()
  }

  result(error: CaptureError | null): ReadResult {
    return { info: this.reader.info, compression: this.compression, error }
  }

  private take(bytes: Uint8Array): void {
    try {
      this.window.append(bytes)
    } catch (cause) {
      this.takeFailure = cause
      throw cause
    }
  }

  /** What the reader or the sink threw passes as it is; everything else is damage in the compressed data. */
  private compressionError(cause: unknown): unknown {
    if (cause === this.takeFailure || cause instanceof CaptureError) return cause
    const message =
      cause instanceof UnpackError
        ? `at byte ${cause.offset} of the compressed file: ${cause.message}`
        : `expected ${this.compression} data, found damage within the first ${this.bytesWritten} bytes of the file: ${reasonOf(cause)}`
    return new CaptureError('compression', this.window.bytesTaken, message)
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
