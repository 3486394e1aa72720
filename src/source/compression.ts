/**
 * Compressed captures: known by their first bytes, never by their names, and unpacked as they are read.
 *
 * Each method is loaded when a capture needs it.
 */
import { createGunzip, type Gunzip } from 'node:zlib'

export type Compression = 'none' | 'gzip' | 'zstd' | 'lz4'

/** Takes compressed bytes; gives to the `take` it was made with what they unpack to. */
export interface Unpacker {
  /**
   * Resolves when the bytes are unpacked or kept, so that `chunk` may be filled anew; rejects at damage, and with
   * whatever `take` threw.
   */
  write(chunk: Uint8Array): Promise<void>
  /** Resolves to whether the compressed data was whole: false when it is cut short. */
  end(): Promise<boolean>
}

/** Bytes that `compressionOf` needs. */
export const COMPRESSION_MAGIC_LENGTH = 4

/** What the first bytes of a file say it is compressed with. */
export function compressionOf(head: Uint8Array): Compression {
  const starts = (...magic: number[]) => magic.every((byte, index) => head[index] === byte)
  if (starts(0x1f, 0x8b)) return 'gzip'
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  if (starts(0x04, 0x22, 0x4d, 0x18)) return 'lz4'
  return 'none'
}

/**
 * Measured: pieces of 256 KB take 0.69 of the processor time of zlib's default of 16 KB, and of 1 MB 0.67.
 * At damage zlib throws the piece away that it was filling, so that the smaller one loses less of what came before.
 */
const OUTPUT_LENGTH = 256 * 1024

/** Makes what unpacks `compression` into `take`, which is called synchronously with pieces to copy or use at once. */
export async function createUnpacker(
  compression: Exclude<Compression, 'none'>,
  take: (bytes: Uint8Array) => void,
): Promise<Unpacker> {
  if (compression === 'gzip') return new GzipUnpacker(take)
  if (compression === 'lz4') {
    const { Lz4Unpacker } = await import('../capture/lz4-frame.ts')
    const lz4 = new Lz4Unpacker(take)
    return { write: async (chunk) => lz4.write(chunk), end: async () => lz4.end() }
  }
  return createZstdUnpacker(take)
}

/** By fzstd: Node has no zstd before 22.15, and in 24.21 it loses what follows the end of a frame. */
async function createZstdUnpacker(take: (bytes: Uint8Array) => void): Promise<Unpacker> {
  const { ZstdFrames } = await import('../capture/zstd-frames.ts')
  const { Decompress, ZstdErrorCode } = await import('fzstd')
  const frames = new ZstdFrames()
  const zstd = new Decompress(take)
  return {
    write: async (chunk) => {
      const sound = frames.write(chunk)
      // A copy, as fzstd keeps what it cannot use yet; a slice of a Buffer would be none.
      zstd.push(new Uint8Array(chunk.subarray(0, sound)))
      frames.check()
    },
    end: async () => {
      try {
        zstd.push(new Uint8Array(0), true)
        return true
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === ZstdErrorCode.UnexpectedEOF) return false
        throw error
      }
    },
  }
}

/**
 * Its end is announced only when its last bytes are unpacked: then a cut file keeps its tail, and that it is cut is
 * still told.
 */
class GzipUnpacker implements Unpacker {
  private readonly engine: Gunzip = createGunzip({ chunkSize: OUTPUT_LENGTH })
  private failure: unknown = null
  private reject: (cause: unknown) => void = () => {}

  constructor(take: (bytes: Uint8Array) => void) {
    const engine = this.engine
    engine.on('data', (bytes: Uint8Array) => {
      if (this.failure !== null) return
      try {
        take(bytes)
      } catch (cause) {
        this.failure = cause
      }
    })
    engine.on('error', (cause) => {
      this.failure ??= cause
      this.reject(this.failure)
    })
  }

  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.reject = reject
      this.engine.write(chunk, () => this.settle(resolve, reject))
    })
  }

  async end(): Promise<boolean> {
    // What follows the last member and is none ends the output early: padding, as tapes and some tools leave it.
    if (this.engine.readableEnded) return true
    try {
      await new Promise<void>((resolve, reject) => {
        this.reject = reject
        this.engine.once('end', () => this.settle(resolve, reject))
        this.engine.end()
      })
      return true
    } catch (cause) {
      if (isCutShort(cause)) return false
      throw cause
    }
  }

  private settle(resolve: () => void, reject: (cause: unknown) => void): void {
    if (this.failure === null) resolve()
    else reject(this.failure)
  }
}

/** zlib's word for input that ends too early. */
function isCutShort(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR'
}
