/**
 * Several captures as one: the packets of all in order of time. Captures that follow each other, as the files of a
 * ring buffer do, are read one after the other; those of the same time, as of two taps, side by side.
 *
 * The order within a capture stays as it is. Next: capture-lane.ts.
 */
import { setImmediate } from 'node:timers/promises'
import { CaptureError } from '../capture/capture-error.ts'
import type { PacketSink, TimeBase } from '../capture/packet.ts'
import type { ReadResult } from './capture-feed.ts'
import { CaptureLane } from './capture-lane.ts'
import { unopened } from './open-capture.ts'
import { type Peek, peekCapture } from './peek-capture.ts'
import { type ReadOptions, TURN_LENGTH } from './read-capture.ts'

/** What takes the packets of several captures. */
export interface MergeTaker extends PacketSink {
  readonly timeBase: TimeBase
  /** How far apart in time two captures may have the same packet. */
  readonly copiesWithinNs: number
  /** Told before packets that may be in several captures, and when that is over. */
  expectCopies(areExpected: boolean): void
}

export interface MergeOptions {
  /** As `ReadOptions.onProgress`, of all captures together. */
  onProgress?: ReadOptions['onProgress']
  /** Called with every capture that no packets come of any more; with its place in `paths`. */
  onEnd: (result: ReadResult, fileIndex: number) => void
  /** Stops the reading. */
  signal: AbortSignal
}

/** Captures open at once. Of more that overlap, the later ones wait, and get a warning. */
export const MAX_OPEN = 256

interface Waiting {
  path: string
  fileIndex: number
  /** -Infinity when it is not known: such a capture is opened first. */
  startNs: number
  /** Whether it would have been opened earlier, had there not been too many. */
  isLate: boolean
}

/**
 * Hands the packets of all captures to `taker`; `Packet.fileIndex` is the place in `paths`. Every capture ends, those
 * not come to before an abort without packets. Rejects only with what `taker` throws.
 */
export async function mergeCaptures(paths: readonly string[], taker: MergeTaker, options: MergeOptions): Promise<void> {
  await new CaptureMerge(taker, options).run(paths)
}

class CaptureMerge {
  readonly #taker: MergeTaker
  readonly #options: MergeOptions
  /** Not opened yet, the next one last. */
  #waiting: Waiting[] = []
  /** Open ones, in the order of their first packets. */
  #lanes: CaptureLane[] = []
  #areCopiesExpected = false
  #copiesUntilNs = Number.POSITIVE_INFINITY
  /** Of captures that are read to their end. */
  #bytesDone = 0
  #packetsDone = 0
  #bytesAtLastTurn = 0
  /** Of all files; null where nobody knows. */
  #bytesTotal: number | null = 0

  constructor(taker: MergeTaker, options: MergeOptions) {
    this.#taker = taker
    this.#options = options
  }

  async run(paths: readonly string[]): Promise<void> {
    this.#waiting = await this.#order(paths)
    try {
      while (!this.#options.signal.aborted) {
        const first = this.#first()
        if (this.#isNextDue(first)) this.#openNext()
        else if (first === undefined) break
        else if (first.headNs === Number.NEGATIVE_INFINITY) await this.#read(first)
        else first.pass(this.#limitOf(first))
      }
    } finally {
      for (const lane of [...this.#lanes]) this.#close(lane)
    }
    for (const { fileIndex } of this.#waiting) this.#options.onEnd(unopened(null), fileIndex)
  }

  /** Sets the origin of time, and sorts by the first packet. */
  async #order(paths: readonly string[]): Promise<Waiting[]> {
    const { timeBase } = this.#taker
    const peeks: (Peek | null)[] = []
    for (const path of paths) peeks.push(this.#options.signal.aborted ? null : await peekCapture(path))
    for (const peek of peeks) {
      const seconds = peek?.start?.seconds
      if (seconds !== undefined) timeBase.seconds = Math.min(timeBase.seconds ?? seconds, seconds)
      this.#bytesTotal = peek && this.#bytesTotal !== null ? this.#bytesTotal + peek.bytes : null
    }
    const startOf = ({ seconds, nanoseconds }: NonNullable<Peek['start']>) =>
      (seconds - timeBase.seconds!) * 1e9 + nanoseconds
    return paths
      .map((path, fileIndex) => {
        const start = peeks[fileIndex]?.start
        return { path, fileIndex, startNs: start ? startOf(start) : Number.NEGATIVE_INFINITY, isLate: false }
      })
      .sort((a, b) => (a.startNs === b.startNs ? b.fileIndex - a.fileIndex : b.startNs - a.startNs))
  }

  /** The lane whose front is the oldest; before all others one of which no packet is known. */
  #first(): CaptureLane | undefined {
    let first = this.#lanes[0]
    for (const lane of this.#lanes) if (lane.headNs < first!.headNs) first = lane
    return first
  }

  /** A capture is opened that much earlier than it begins that copies of packets before it are known. */
  #dueNs(): number {
    const next = this.#waiting.at(-1)
    return next === undefined ? Number.POSITIVE_INFINITY : next.startNs - this.#taker.copiesWithinNs
  }

  #isNextDue(first: CaptureLane | undefined): boolean {
    const next = this.#waiting.at(-1)
    if (next === undefined || (first !== undefined && first.headNs < this.#dueNs())) return false
    next.isLate ||= this.#lanes.length >= MAX_OPEN
    return this.#lanes.length < MAX_OPEN
  }

  #openNext(): void {
    const { path, fileIndex, isLate } = this.#waiting.pop()!
    try {
      const lane = new CaptureLane(path, this.#taker, this.#taker.timeBase, fileIndex, this.#options.signal)
      if (isLate)
        lane.warn('opened-late', `more than ${MAX_OPEN} captures of the same time: read later than its times say`)
      this.#lanes.push(lane)
    } catch (cause) {
      if (!(cause instanceof CaptureError)) throw cause
      this.#options.onEnd(unopened(cause), fileIndex)
    }
    if (this.#lanes.length > 1) this.#expectCopies(true)
  }

  /** Packets of `lane` before this go through, whatever comes. */
  #limitOf(lane: CaptureLane): number {
    let limitNs = this.#lanes.length < MAX_OPEN ? this.#dueNs() : Number.POSITIVE_INFINITY
    for (const other of this.#lanes) if (other !== lane) limitNs = Math.min(limitNs, other.headNs)
    if (!this.#areCopiesExpected || this.#lanes.length > 1) return limitNs
    if (lane.headNs < this.#copiesUntilNs) return Math.min(limitNs, this.#copiesUntilNs)
    this.#expectCopies(false)
    return limitNs
  }

  #expectCopies(areExpected: boolean): void {
    if (this.#areCopiesExpected !== areExpected) this.#taker.expectCopies(areExpected)
    this.#areCopiesExpected = areExpected
  }

  async #read(lane: CaptureLane): Promise<void> {
    const isMore = await lane.step(this.#limitOf(lane))
    if (!isMore && lane.headNs === Number.NEGATIVE_INFINITY) this.#close(lane)
    await this.#turn()
  }

  #close(lane: CaptureLane): void {
    lane.close()
    this.#lanes = this.#lanes.filter((other) => other !== lane)
    this.#options.onEnd(lane.result(), lane.fileIndex)
    this.#bytesDone += lane.bytesRead
    this.#packetsDone += lane.packets
    this.#copiesUntilNs = (lane.lastNs ?? 0) + this.#taker.copiesWithinNs
    if (this.#lanes.every(({ packets }) => packets === 0)) this.#forgetCopies()
  }

  /** What follows a capture, and was not there at the same time, repeats none of its packets. */
  #forgetCopies(): void {
    this.#expectCopies(false)
    this.#expectCopies(this.#lanes.length > 1)
  }

  async #turn(): Promise<void> {
    const bytes = this.#lanes.reduce((sum, lane) => sum + lane.bytesRead, this.#bytesDone)
    if (bytes - this.#bytesAtLastTurn < TURN_LENGTH) return
    this.#bytesAtLastTurn = bytes
    const packets = this.#lanes.reduce((sum, lane) => sum + lane.packets, this.#packetsDone)
    this.#options.onProgress?.(bytes, this.#bytesTotal, packets)
    await setImmediate()
  }
}
