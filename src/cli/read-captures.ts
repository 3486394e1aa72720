/**
 * The captures of a run into one sink, in order of time.
 */
import { CaptureError } from '../capture/capture-error.ts'
import type { CaptureInfo, CaptureName } from '../capture/info.ts'
import type { Packet, TimeBase } from '../capture/packet.ts'
import { counted } from '../report/text.ts'
import type { ReadResult } from '../source/capture-feed.ts'
import type { Compression } from '../source/compression.ts'
import { listCaptures } from '../source/list-captures.ts'
import { type MergeTaker, mergeCaptures } from '../source/merge-captures.ts'
import { readCapture } from '../source/read-capture.ts'
import { SourceError } from '../source/source-error.ts'
import type { Progress } from './progress.ts'

/** A capture that could not be read, or not to its end. */
export interface Failure {
  file: string
  error: CaptureError
}

/** What takes the packets, and is told where each capture begins and ends. */
export interface CaptureTaker extends MergeTaker {
  beginCapture(file: string): number
  /** Names that a capture tells of addresses. */
  addNames(names: readonly CaptureName[]): void
  /** Says that so many captures were too many for the run. */
  leaveOut(captures: number): void
  endCapture(info: CaptureInfo, compression: Compression, fileIndex: number): void
}

export interface ReadRequest {
  files: readonly string[]
  /** Packets of the whole run at most; null: all. */
  count: number | null
  progress: Progress | null
  signal: AbortSignal
}

export interface ReadOutcome {
  failures: Failure[]
  infos: { file: string; info: CaptureInfo }[]
}

/** The captures that paths stand for; what is no file and no directory with captures is a failure. */
export function findCaptures(paths: readonly string[]): { files: string[]; failures: Failure[] } {
  const files: string[] = []
  const failures: Failure[] = []
  for (const path of paths) {
    try {
      const found = listCaptures(path)
      if (found.length === 0) throw new SourceError('ENOENT', 0, 'no capture in this directory')
      files.push(...found)
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      failures.push({ file: path, error })
    }
  }
  return { files, failures }
}

/** Reads until the end, the count, or the signal. Damage ends its own capture only. */
export async function readCaptures(taker: CaptureTaker, request: ReadRequest): Promise<ReadOutcome> {
  const { files, count, progress } = request
  const ends: ReadResult[] = []
  const onEnd = (result: ReadResult, fileIndex: number) => {
    ends[fileIndex] = result
    taker.endCapture(result.info, result.compression, fileIndex)
  }
  for (const file of files) taker.beginCapture(file)
  const [first = ''] = files
  progress?.begin(files.length === 1 ? first : counted(files.length, 'capture'))
  const onProgress = progress?.update.bind(progress)
  if (files.length === 1 && count === null) {
    const { signal } = request
    onEnd(await readCapture(first, taker, taker.timeBase, { fileIndex: 0, signal, onProgress }), 0)
  } else {
    const enough = new AbortController()
    const signal = AbortSignal.any([request.signal, enough.signal])
    const all = count === null ? taker : new CountedTaker(taker, count, () => enough.abort())
    await mergeCaptures(files, all, { onEnd, onProgress, signal })
  }
  return outcomeOf(files, ends)
}

function outcomeOf(files: readonly string[], ends: readonly ReadResult[]): ReadOutcome {
  const results = ends.map((result, i) => ({ file: files[i]!, ...result }))
  return {
    infos: results,
    failures: results.flatMap(({ file, error }) => (error === null ? [] : [{ file, error }])),
  }
}

/** Tells when as many packets as are wanted have come; the merge stops there. */
class CountedTaker implements MergeTaker {
  readonly timeBase: TimeBase
  readonly copiesWithinNs: number
  readonly #taker: MergeTaker
  readonly #onEnough: () => void
  #left: number

  constructor(taker: MergeTaker, count: number, onEnough: () => void) {
    this.timeBase = taker.timeBase
    this.copiesWithinNs = taker.copiesWithinNs
    this.#taker = taker
    this.#left = count
    this.#onEnough = onEnough
  }

  expectCopies(areExpected: boolean): void {
    this.#taker.expectCopies(areExpected)
  }

  packet(packet: Packet): void {
    this.#taker.packet(packet)
    if (--this.#left === 0) this.#onEnough()
  }
}
