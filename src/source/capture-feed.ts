/**
 * One capture being read: bytes as they are stored go in, unpacked when they are compressed, and reach the reader.
 *
 * Both ways of reading (read-capture.ts, read-stream.ts) feed one of these; what they share is here.
 */
import { CaptureError } from '../capture/capture-error.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import type { CaptureInfo } from '../capture/info.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import { UnpackError } from '../capture/unpack-error.ts'
import { CaptureWindow } from './capture-window.ts'
import { type Compression, createUnpacker, type Unpacker } from './compression.ts'

export interface ReadOptions {
  /** For `Packet.fileIndex`. */
  fileIndex: number
  /** Called every few megabytes with bytes of the file, compressed as it is; the total is null where nobody knows. */
  onProgress?: (bytesRead: number, bytesTotal: number | null, packets: number) => void
  /** Stops the reading; what was read is returned. */
  signal?: AbortSignal
}

export interface ReadResult {
  info: CaptureInfo
  compression: Compression
  /** Why reading stopped before the end; null when it did not. */
  error: CaptureError | null
}

/** Progress is told, and signals and timers get their turn, this often: every few milliseconds. */
const TURN_LENGTH = 4 * 1024 * 1024

export class CaptureFeed {
  readonly compression: Compression
  readonly window: CaptureWindow
  /** Bytes written, compressed as they are. */
  bytesWritten = 0
  private readonly reader: CaptureReader
  private unpacker: Unpacker | null = null
  private bytesAtLastTurn = 0
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

  /** Tells progress when it is time to; says whether the event loop should have its turn now. */
  isTurnOver(bytesRead: number, bytesTotal: number | null, options: ReadOptions): boolean {
    if (bytesRead - this.bytesAtLastTurn < TURN_LENGTH) return false
    this.bytesAtLastTurn = bytesRead
    options.onProgress?.(bytesRead, bytesTotal, this.reader.info.packets)
    return true
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
