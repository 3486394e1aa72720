/**
 * LZ4 frames, unpacked piece by piece: lz4_Frame_format.md and lz4_Block_format.md of the reference implementation.
 *
 * Written here because the packages that exist unpack whole files in memory, or need native code. Holds one compressed
 * block and 64 KB of history beside the block it fills, 4 MB at most, whatever a frame claims. Checksums are not
 * verified: what a wrong byte does to a capture, the container's reader sees.
 */

import { UnpackError } from './unpack-error.ts'

const FRAME_MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50
const HISTORY = 64 * 1024
const UNCOMPRESSED_BLOCK = 0x8000_0000
const SHORTEST_MATCH = 4

/** What the next bytes are. */
type Stage = 'magic' | 'descriptor' | 'content-size' | 'block-size' | 'block' | 'checksum' | 'skip-size' | 'skip'

export class Lz4Unpacker {
  private readonly take: (bytes: Uint8Array) => void
  private stage: Stage = 'magic'
  /** Compressed bytes that wait for the rest of what they begin. */
  private waiting: Uint8Array[] = []
  private waitingLength = 0
  /** Offset in the compressed data of the first byte that waits. */
  private offset = 0
  /** Bytes that the stage needs together. */
  private needed = 4
  private hasBlockChecksums = false
  private hasContentChecksum = false
  private maximumBlock = 0
  private isUncompressed = false
  /** History, then the block being filled. */
  private output: Uint8Array = new Uint8Array(0)
  private history = 0

  /** `take` gets each block; what it wants to keep it copies before it returns. */
  constructor(take: (bytes: Uint8Array) => void) {
    this.take = take
  }

  /** Unpacks what is complete, and keeps a copy of the rest. Throws `UnpackError` at damage. */
  write(chunk: Uint8Array): void {
    this.waiting.push(new Uint8Array(chunk))
    this.waitingLength += chunk.length
    if (this.waitingLength < this.needed && this.stage !== 'skip') return
    const bytes = concatenate(this.waiting, this.waitingLength)
    let at = 0
    while (at < bytes.length) {
      const length = this.stage === 'skip' ? Math.min(this.needed, bytes.length - at) : this.needed
      if (bytes.length - at < length) break
      this.advance(bytes, at, length)
      at += length
      this.offset += length
    }
    this.waiting = [bytes.slice(at)]
    this.waitingLength = bytes.length - at
  }

  /** End of the compressed data: whether the last frame was whole. */
  end(): boolean {
    return this.stage === 'magic' && this.waitingLength === 0
  }

  /** Reads the `length` bytes at `at` as what the stage says they are, and sets the next stage. */
  private advance(bytes: Uint8Array, at: number, length: number): void {
    switch (this.stage) {
      case 'magic':
        this.readMagic(word(bytes, at))
        break
      case 'descriptor':
        this.readDescriptor(bytes[at]!, bytes[at + 1]!)
        break
      case 'content-size':
        this.expect('block-size', 4)
        break
      case 'block-size':
        this.readBlockSize(word(bytes, at))
        break
      case 'block':
        this.readBlock(bytes, at)
        break
      case 'checksum':
        this.expect('magic', 4)
        break
      case 'skip-size':
        this.expectSkip(word(bytes, at))
        break
      case 'skip':
        this.expectSkip(this.needed - length)
        break
    }
  }

  private expect(stage: Stage, needed: number): void {
    this.stage = stage
    this.needed = needed
  }

  private readMagic(magic: number): void {
    if (magic === FRAME_MAGIC) this.expect('descriptor', 3)
    else if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) this.expect('skip-size', 4)
    else throw this.error('expected the start of an lz4 frame')
  }

  private expectSkip(length: number): void {
    if (length === 0) this.expect('magic', 4)
    else this.expect('skip', length)
  }

  /** FLG and BD. A checksum byte follows; by FLG the content size, 8 bytes, stands before it. */
  private readDescriptor(flags: number, block: number): void {
    const maximum = (block >> 4) & 7
    if (flags >> 6 !== 1 || maximum < 4) throw this.error('expected an lz4 frame of version 1')
    if (flags & 1) throw this.error('expected an lz4 frame without a dictionary')
    this.hasBlockChecksums = (flags & 0x10) !== 0
    this.hasContentChecksum = (flags & 4) !== 0
    this.maximumBlock = 2 ** (8 + 2 * maximum)
    if (this.output.length < HISTORY + this.maximumBlock) this.output = new Uint8Array(HISTORY + this.maximumBlock)
    this.history = 0
    if (flags & 8) this.expect('content-size', 8)
    else this.expect('block-size', 4)
  }

  private readBlockSize(size: number): void {
    const length = size & 0x7fff_ffff
    if (length === 0) {
      if (this.hasContentChecksum) this.expect('checksum', 4)
      else this.expect('magic', 4)
      return
    }
    if (length > this.maximumBlock) throw this.error(`expected a block of at most ${this.maximumBlock} bytes`)
    this.isUncompressed = size >= UNCOMPRESSED_BLOCK
    this.expect('block', length + (this.hasBlockChecksums ? 4 : 0))
  }

  private readBlock(bytes: Uint8Array, at: number): void {
    const end = at + this.needed - (this.hasBlockChecksums ? 4 : 0)
    const output = this.output
    const start = this.history
    let filled = start + (end - at)
    if (this.isUncompressed) output.set(bytes.subarray(at, end), start)
    else filled = unpackBlock(bytes, at, end, output, start, start + this.maximumBlock)
    if (filled < 0) throw this.error('expected a block of lz4 sequences, found one that runs over')
    this.take(output.subarray(start, filled))
    this.history = Math.min(filled, HISTORY)
    output.copyWithin(0, filled - this.history, filled)
    this.expect('block-size', 4)
  }

  private error(message: string): UnpackError {
    return new UnpackError(this.offset, message)
  }
}

/**
 * Unpacks the sequences in `[at, end)` into `output` from `start`, with what stands before as history. Returns the
 * end of the output; -1 when the input or the output would be run over, or the history is too short.
 */
function unpackBlock(
  input: Uint8Array,
  at: number,
  end: number,
  output: Uint8Array,
  start: number,
  limit: number,
): number {
  let from = at
  let to = start
  while (from < end) {
    const token = input[from++]!
    let literals = token >> 4
    for (let more = literals === 15 ? 255 : 0; more === 255; literals += more) {
      if (from >= end) return -1
      more = input[from++]!
    }
    if (literals > end - from || literals > limit - to) return -1
    output.set(input.subarray(from, from + literals), to)
    from += literals
    to += literals
    if (from === end) return to
    if (end - from < 2) return -1
    const distance = input[from]! | (input[from + 1]! << 8)
    from += 2
    let length = token & 15
    for (let more = length === 15 ? 255 : 0; more === 255; length += more) {
      if (from >= end) return -1
      more = input[from++]!
    }
    length += SHORTEST_MATCH
    if (distance === 0 || distance > to || length > limit - to) return -1
    // A match may overlap what it writes: then it repeats the last `distance` bytes.
    if (distance >= length) output.copyWithin(to, to - distance, to - distance + length)
    else for (let index = 0; index < length; index++) output[to + index] = output[to + index - distance]!
    to += length
  }
  return -1
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
