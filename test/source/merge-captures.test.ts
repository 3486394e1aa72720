import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Packet, TimeBase } from '../../src/capture/packet.ts'
import type { ReadResult } from '../../src/source/capture-feed.ts'
import { type MergeTaker, mergeCaptures } from '../../src/source/merge-captures.ts'
import { type CapturedPacket, pcap } from '../support/build-capture.ts'
import { temporaryDirectory, writeCapture } from '../support/capture-files.ts'
import { hasProgram, requirement } from '../support/require.ts'

const directory = temporaryDirectory()

/** Notes what it is told: `0:1 at 12` is frame 1 of capture 0, 12 ns after the first second. */
class Notes implements MergeTaker {
  readonly timeBase = new TimeBase()
  readonly copiesWithinNs = 2e9
  readonly lines: string[] = []
  readonly ends: ReadResult[] = []
  onPacket: () => void = () => {}

  packet({ fileIndex, frame, timeNs }: Packet): void {
    this.lines.push(`${fileIndex}:${frame} at ${timeNs}`)
    this.onPacket()
  }

  expectCopies(areExpected: boolean): void {
    this.lines.push(areExpected ? 'copies' : 'no copies')
  }

  get packets(): string[] {
    return this.lines.filter((line) => line.includes(':'))
  }
}

async function merged(paths: string[], notes = new Notes(), stop = new AbortController()): Promise<Notes> {
  const onEnd = (result: ReadResult, fileIndex: number) => {
    notes.ends[fileIndex] = result
  }
  await mergeCaptures(paths, notes, { onEnd, signal: stop.signal })
  return notes
}

/** What was told besides packets, and after how many of them. */
function marks(lines: readonly string[]): string[] {
  let packets = 0
  return lines.flatMap((line) => {
    if (!line.includes(':')) return `${line} after ${packets}`
    packets++
    return []
  })
}

function seconds(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => (from + i) * 1e9)
}

let count = 0
/** A capture with packets at these nanoseconds after second 1,000. */
function captureAt(times: readonly number[], length = 60): string {
  return writeCapture(directory, `${count++}.pcap`, bytesAt(times, length))
}

function bytesAt(times: readonly number[], length = 60): Uint8Array {
  const packets = times.map(
    (time): CapturedPacket => ({
      seconds: 1000 + Math.floor(time / 1e9),
      nanoseconds: time % 1e9,
      data: new Uint8Array(length),
    }),
  )
  return pcap(packets, { nanoseconds: true })
}

describe('captures that follow each other', () => {
  it('come in order of time, whatever the order they are named in', async () => {
    const [late, early, middle] = [captureAt([60e9, 61e9]), captureAt([0, 1e9]), captureAt([30e9, 31e9])]
    const { lines } = await merged([late, early, middle])
    expect(lines).toEqual([
      '1:1 at 0',
      '1:2 at 1000000000',
      '2:1 at 30000000000',
      '2:2 at 31000000000',
      '0:1 at 60000000000',
      '0:2 at 61000000000',
    ])
  })

  it('repeat no packets, which is known when the first one is over', async () => {
    const { lines } = await merged([captureAt(seconds(0, 10)), captureAt(seconds(10, 20))])
    expect(marks(lines)).toEqual(['copies after 8', 'no copies after 10'])
  })
})

describe('captures of the same time', () => {
  it('are read side by side', async () => {
    const { packets } = await merged([captureAt([5, 10, 30]), captureAt([1, 20, 21, 40])])
    expect(packets).toEqual(['1:1 at 1', '0:1 at 5', '0:2 at 10', '1:2 at 20', '1:3 at 21', '0:3 at 30', '1:4 at 40'])
  })

  it('may repeat packets from 2 s before the second one to 2 s after the first one', async () => {
    const { lines } = await merged([captureAt(seconds(0, 10)), captureAt(seconds(8, 20))])
    expect(marks(lines)).toEqual(['copies after 6', 'no copies after 13'])
  })

  it('keep the order that they have within', async () => {
    const { packets } = await merged([captureAt([5, 30, 10]), captureAt([20, 40])])
    expect(packets).toEqual(['0:1 at 5', '1:1 at 20', '0:2 at 30', '0:3 at 10', '1:2 at 40'])
  })

  it('lose no packet and no order, however many they are and however long', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 5e9 }), { maxLength: 40 }).map((all) => all.sort((a, b) => a - b))
    const property = fc.asyncProperty(
      fc.array(fc.tuple(times, fc.constantFrom(20, 3000, 9000), fc.boolean()), { minLength: 1, maxLength: 5 }),
      async (captures) => {
        const paths = captures.map(([at, length, isPacked], i) => {
          const bytes = bytesAt(at, length)
          return writeCapture(directory, `any-${i}.pcap`, isPacked ? gzipSync(bytes) : bytes)
        })
        const { packets, timeBase } = await merged(paths)
        const first = Math.min(...captures.map(([at]) => Math.floor((at[0] ?? Number.POSITIVE_INFINITY) / 1e9)))
        expect(timeBase.seconds ?? 1000 + first).toBe(1000 + first)
        const expected = captures.flatMap(([at], file) =>
          at.map((time, i) => ({ file, frame: i + 1, time: time - first * 1e9 })),
        )
        expect(packets.toSorted()).toEqual(
          expected.map(({ file, frame, time }) => `${file}:${frame} at ${time}`).toSorted(),
        )
        const order = packets.map((line) => Number(line.split(' at ')[1]))
        expect(order).toEqual(order.toSorted((a, b) => a - b))
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })
})

describe('one of several captures', () => {
  it('that cannot be opened, or is none, fails alone', async () => {
    const text = writeCapture(directory, 'text', 'no capture, just text')
    const { packets, ends } = await merged([join(directory, 'nowhere'), captureAt([1]), text, directory])
    expect(packets).toEqual(['1:1 at 1'])
    expect(ends.map(({ error }) => error?.code ?? null)).toEqual(['ENOENT', null, 'not-a-capture', 'EISDIR'])
  })

  it('that is damaged gives what came before the damage', async () => {
    const damaged = writeCapture(directory, 'damaged.pcap', Buffer.concat([bytesAt([1, 9]), Buffer.alloc(99, 0xff)]))
    const { packets, ends } = await merged([damaged, captureAt([5, 20])])
    expect(packets).toEqual(['0:1 at 1', '1:1 at 5', '0:2 at 9', '1:2 at 20'])
    expect(ends.map(({ error }) => error?.code ?? null)).toEqual(['record-length', null])
  })

  it('may be empty, or without times', async () => {
    const { packets, ends } = await merged([captureAt([]), captureAt([7])])
    expect(packets).toEqual(['1:1 at 7'])
    expect(ends.map(({ info }) => info.packets)).toEqual([0, 1])
  })
})

describe('an abort', () => {
  it('lets nothing more through, and the captures say how much that was', async () => {
    const notes = new Notes()
    const stop = new AbortController()
    notes.onPacket = () => {
      if (notes.packets.length === 3) stop.abort()
    }
    const damaged = writeCapture(directory, 'later.pcap', Buffer.concat([bytesAt([1, 9, 12]), Buffer.alloc(99, 0xff)]))
    const { packets, ends } = await merged([damaged, captureAt([5, 20]), captureAt([90e9])], notes, stop)
    expect(packets).toEqual(['0:1 at 1', '1:1 at 5', '0:2 at 9'])
    expect(ends.map(({ error }) => error)).toEqual([null, null, null])
    expect(ends.map(({ info }) => [info.packets, info.bytes, info.firstTimeNs, info.lastTimeNs])).toEqual([
      [2, 120, 1, 9],
      [1, 60, 5, 5],
      [0, 0, null, null],
    ])
  })
})

const mkfifo = requirement('mkfifo', hasProgram('mkfifo'), 'the program mkfifo is not installed')
mkfifo('a named pipe among files', () => {
  it('is merged with them as its packets come', async () => {
    const pipe = join(directory, 'pipe')
    spawnSync('mkfifo', [pipe])
    const source = captureAt([3, 30])
    const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', source, pipe])
    const { packets } = await merged([captureAt([1, 20]), pipe])
    writer.kill()
    expect(packets).toEqual(['0:1 at 1', '1:1 at 3', '0:2 at 20', '1:2 at 30'])
  })
})
