import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ZstdFrames } from '../../src/capture/zstd-frames.ts'
import { hasProgram, requirement } from '../support/require.ts'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
const KILOBYTE = 1024

function walk(bytes: readonly number[] | Uint8Array, pieceLength = 1): void {
  const frames = new ZstdFrames()
  const all = Uint8Array.from(bytes)
  for (let at = 0; at < all.length; at += pieceLength) {
    frames.write(all.subarray(at, at + pieceLength))
    frames.check()
  }
}

describe('a zstd frame', () => {
  it.each([
    ['8 MB', (23 - 10) << 3],
    ['1 KB', 0],
  ])('may have a window of %s', (_name, descriptor) => {
    expect(() => walk([...MAGIC, 0, descriptor, 1, 0, 0])).not.toThrow()
  })

  it.each([
    ['9 MB', [0, ((23 - 10) << 3) | 1], 9],
    ['128 MB', [0, (27 - 10) << 3], 128],
    ['its content, of 16 MB', [0xa0, 0, 0, 0, 1], 16],
    ['its content, of 2^56 bytes', [0xe0, 0, 0, 0, 0, 0, 0, 0, 1], 2 ** 36],
  ])('may not have a window of %s', (_name, header, megabytes) => {
    expect(() => walk([...MAGIC, ...header])).toThrow(
      `expected a zstd window of at most 8 MB, found one of ${megabytes} MB`,
    )
  })

  it('is looked at behind skippable frames, run-length blocks, checksums and other frames', () => {
    const skippable = [0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]
    const runLength = [(5 << 3) | 2, 0, 0, 0x41]
    const lastRaw = [(2 << 3) | 1, 0, 0, 0x42, 0x43]
    const frame = [...MAGIC, 0x04, 0, ...runLength, ...lastRaw, 1, 2, 3, 4]
    const tooLong = [...MAGIC, 0, 0xff]
    for (const pieceLength of [1, 2, 3, 100]) {
      expect(() => walk([...skippable, ...frame, ...skippable, ...frame], pieceLength)).not.toThrow()
      expect(() => walk([...skippable, ...frame, ...tooLong], pieceLength)).toThrow('expected a zstd window of')
    }
  })

  it('is no other thing', () => {
    expect(() => walk([1, 2, 3, 4])).toThrow('expected the start of a zstd frame')
  })
})

const zstd = requirement('zstd', hasProgram('zstd'), 'the program zstd is not installed')
zstd('what the zstd program packs', () => {
  const input = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `line ${(index * index) % 9_973}\n`).join(''))
  it.each([[['-1']], [['-19']], [['--no-check']], [['-B100000', '-T2']]])(
    'is walked to its end, with %j',
    (options) => {
      const packed = spawnSync('zstd', ['-q', '-c', ...options], { input, maxBuffer: 1 << 28 }).stdout
      // Were a length wrong anywhere, the second frame would not start where it does.
      for (const pieceLength of [1, 4 * KILOBYTE]) {
        expect(() => walk(Buffer.concat([packed, packed]), pieceLength)).not.toThrow()
        expect(() => walk(Buffer.concat([packed, Buffer.from('none')]), pieceLength)).toThrow('expected the start')
      }
    },
  )
})
