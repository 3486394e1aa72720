/**
 * Captures one after the other into one sink, as one run.
 */
import { CaptureError } from '../capture/capture-error.ts'
import type { CaptureInfo } from '../capture/info.ts'
import type { Packet, PacketSink, TimeBase } from '../capture/packet.ts'
import type { Compression } from '../source/compression.ts'
import { listCaptures } from '../source/list-captures.ts'
import { readCapture } from '../source/read-capture.ts'
import { SourceError } from '../source/source-error.ts'
import type { Progress } from './progress.ts'

/** A capture that could not be read, or not to its end. */
export interface Failure {
  file: string
  error: CaptureError
}

/** What takes the packets, and is told where each capture begins and ends. */
export interface CaptureTaker extends PacketSink {
  readonly timeBase: TimeBase
  beginCapture(file: string): number
  endCapture(info: CaptureInfo, compression: Compression): void
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
  const { count, progress } = request
  const outcome: ReadOutcome = { failures: [], infos: [] }
  const enough = new AbortController()
  const signal = AbortSignal.any([request.signal, enough.signal])
  const counted = count === null ? null : new CountedSink(taker, count, () => enough.abort())
  for (const file of request.files) {
    if (signal.aborted) break
    progress?.begin(file)
    const fileIndex = taker.beginCapture(file)
    counted?.begin()
    const options = { fileIndex, signal, ...(progress === null ? {} : { onProgress: progress.update.bind(progress) }) }
    const { info, compression, error } = await readCapture(file, counted ?? taker, taker.timeBase, options)
    counted?.correct(info)
    taker.endCapture(info, compression)
    outcome.infos.push({ file, info })
    if (error !== null && !counted?.hasRefused) outcome.failures.push({ file, error })
  }
  return outcome
}

/** Passes on as many packets as are wanted; the reader is some megabytes further when it hears that it is enough. */
class CountedSink implements PacketSink {
  /** Whether the capture that is read has packets beyond the count. */
  hasRefused = false
  readonly #sink: PacketSink
  readonly #onEnough: () => void
  #left: number
  #packets = 0
  #bytes = 0
  #lastTimeNs: number | null = null

  constructor(sink: PacketSink, count: number, onEnough: () => void) {
    this.#sink = sink
    this.#left = count
    this.#onEnough = onEnough
  }

  begin(): void {
    this.#packets = 0
    this.#bytes = 0
    this.#lastTimeNs = null
    this.hasRefused = false
  }

  packet(packet: Packet): void {
    if (this.#left === 0) {
      this.hasRefused = true
      return
    }
    this.#packets++
    this.#bytes += packet.capturedLength
    this.#lastTimeNs = packet.timeNs
    this.#sink.packet(packet)
    if (--this.#left === 0) this.#onEnough()
  }

  /** Makes the info say what was passed on, where that is less than what was read. */
  correct(info: CaptureInfo): void {
    if (!this.hasRefused) return
    info.packets = this.#packets
    info.bytes = this.#bytes
    info.lastTimeNs = this.#lastTimeNs
    if (this.#packets === 0) info.firstTimeNs = null
  }
}
