import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { Lz4Unpacker } from '../../src/capture/lz4-frame.ts'
import { hasProgram, requirement } from '../support/require.ts'

/** `hello hello hello hello!` as one block: 6 literals, a match of 17 that overlaps itself, 1 literal. */
const SEQUENCES = [0x6d, ...Buffer.from('hello '), 6, 0, 0x10, 0x21]
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0]
const END = [0, 0, 0, 0]
const frame = (block: number[], size = block.length) =>
  Uint8Array.of(...HEADER, size & 255, (size >> 8) & 255, (size >> 16) & 255, size >>> 24, ...block, ...END)

function unpack(bytes: Uint8Array, pieceLength = bytes.length): { text: string; isWhole: boolean } {
  const pieces: Buffer[] = []
  const unpacker = new Lz4Unpacker((piece) => pieces.push(Buffer.from(piece)))
  for (let at = 0; at < bytes.length; at += pieceLength) unpacker.write(bytes.subarray(at, at + pieceLength))
  return { text: Buffer.concat(pieces).toString('latin1'), isWhole: unpacker.end() }
}

it('unpacks sequences, matches that overlap what they write, and blocks that are not compressed', () => {
  expect(unpack(frame(SEQUENCES))).toEqual({ text: 'hello hello hello hello!', isWhole: true })
  const raw = frame([...Buffer.from('raw')], 0x8000_0003)
  expect(unpack(raw)).toEqual({ text: 'raw', isWhole: true })
})

it('unpacks frame after frame, and passes over skippable ones', () => {
  const skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]
  const bytes = Uint8Array.of(...skippable, ...frame(SEQUENCES), ...skippable, ...frame(SEQUENCES))
  for (const pieceLength of [1, 2, 5, 100]) {
    expect(unpack(bytes, pieceLength)).toEqual({ text: 'hello hello hello hello!'.repeat(2), isWhole: true })
  }
})

it('is whole at the end of a frame only', () => {
  const bytes = frame(SEQUENCES)
  for (let length = 1; length < bytes.length; length++) expect(unpack(bytes.slice(0, length)).isWhole).toBe(false)
})

it.each([
  ['a match before the start', frame([0x10, 0x41, 9, 0, 0])],
  ['a match at no distance', frame([0x10, 0x41, 0, 0, 0])],
  ['literals that run over the block', frame([0x50, 0x41])],
  ['a length that runs over the block', frame([0xf0, 255, 255])],
  ['a block that ends in a match', frame([0x10, 0x41, 1, 0])],
  ['a block longer than the frame allows', frame([0], 0x0001_0001)],
  ['more output than the frame allows', frame([0x1f, 0x41, 1, 0, ...new Array(400).fill(255), 0, 0x10, 0x41])],
  ['a version that never was', Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x80, 0x40, 0)],
  ['no frame', Uint8Array.of(1, 2, 3, 4)],
])('finds damage: %s', (_name, bytes) => {
  expect(() => unpack(bytes)).toThrow(/^expected /)
})

const lz4 = requirement('lz4', hasProgram('lz4'), 'the program lz4 is not installed')
lz4('what the lz4 program packs', () => {
  const text = Array.from({ length: 60_000 }, (_, index) => `line ${(index * index) % 9_973} of many\n`).join('')
  it.each([
    ['fast, blocks of 64 KB that lean on each other', ['-1', '-B4', '-BD']],
    ['best, blocks of 4 MB', ['-9', '-B7']],
    ['with checksums and its size', ['-BX', '--content-size']],
  ])('is unpacked: %s', (_name, options) => {
    const packed = spawnSync('lz4', [...options, '-c'], { input: text, maxBuffer: 1 << 28 }).stdout
    expect(packed.length).toBeLessThan(text.length)
    for (const pieceLength of [1_000, 262_144]) expect(unpack(packed, pieceLength)).toEqual({ text, isWhole: true })
  })
})
