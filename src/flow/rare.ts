/**
 * What does not happen to most connections, counted. An object a connection, made when the first of it happens, and each
 * part of it when that is needed: all at once would be 2 kB. Whatever a finding reads of it, `kinds` must know.
 */
import type { ChecksumState } from '../bytes/checksum.ts'
import { Holes } from './holes.ts'
import { isPowerOfTen } from './zeek.ts'

/** Of end A and end B. */
type Pair<T> = [T, T]

/** In the terms of Wireshark's TCP analysis; a packet that the tap delivered twice is none of those. */
const ANOMALIES = ['retransmission', 'out-of-order', 'zero-window', 'keep-alive', 'duplicate'] as const
export type Anomaly = (typeof ANOMALIES)[number]

/** Told of every anomaly, with its frame; of a SYN sent again, too, which `tcp/opening.ts` counts. */
export type AnomalyObserver = (kind: Anomaly | 'syn-retransmission', frame: number) => void

/** How often an end showed an anomaly, and the first frames. */
interface Tally {
  count: number
  frames: number[]
}

export type ChecksumCounts = Record<ChecksumState, number>

const LETTERS = ['t', 'w', 'g'] as const

/** Data sent again, a window of 0, a gap of end A or B: the first, the tenth, the hundredth time. */
export interface Mark {
  letter: (typeof LETTERS)[number]
  end: 0 | 1
  timeNs: number
}

/** Acknowledgments in a row that say the same. */
interface Repeats {
  ack: number
  count: number
  timeNs: number
}

/** The other end acknowledged bytes that are not in the capture: how many, and where they end, the last of them. */
interface Unseen {
  bytes: number
  end: number
}

const NO_MARKS: readonly Mark[] = []
/** In `kinds`, from the lowest bit on: two bits for each anomaly, but the duplicate; that no checksum is right, two bits. */
const OFFLOADS = 2 * ANOMALIES.indexOf('duplicate')

export class RareEvents {
  /** Segments that the segment log did not take because it was full. */
  unlogged = 0
  /** Segments of each end by what their checksum says; null unless all are verified. */
  checksums: Pair<ChecksumCounts> | null = null
  /** The last packet of each end in `Fingerprints`; null unless the tap delivers packets twice. */
  lastPackets: Pair<number> | null = null
  private readonly observer: AnomalyObserver | null
  private readonly maxExamples: number
  /** By anomaly and end, as are the bits of those that there are. */
  private tallies: (Tally | null)[] | null = null
  private bits = 0
  private marks: readonly Mark[] = NO_MARKS
  /** How often, by letter and end. */
  private marked: number[] | null = null
  private unseen: Pair<Unseen | null> | null = null
  private holes: Pair<Holes | null> | null = null
  /** Number of the byte that each end last sent into a closed window. */
  private probes: Pair<number | null> | null = null
  private repeats: Pair<Repeats | null> | null = null

  /** `maxExamples`: frames kept of each kind. */
  constructor(observer: AnomalyObserver | null, maxExamples: number) {
    this.observer = observer
    this.maxExamples = maxExamples
  }

  /** Counts an anomaly of a segment that end `side` sent, and remembers the first frames of its kind. */
  note(kind: Anomaly, side: 0 | 1, frame: number): void {
    const at = placeOf(kind, side)
    this.bits |= 1 << at
    this.observer?.(kind, frame)
    this.tallies ??= [null, null, null, null, null, null, null, null, null, null]
    const tally = this.tallies[at]
    if (!tally) {
      this.tallies[at] = { count: 1, frames: [frame] }
      return
    }
    tally.count++
    if (tally.frames.length < this.maxExamples) tally.frames.push(frame)
  }

  countOf(kind: Anomaly, side: 0 | 1): number {
    return this.tallies?.[placeOf(kind, side)]?.count ?? 0
  }

  framesOf(kind: Anomaly, side: 0 | 1): readonly number[] {
    return this.tallies?.[placeOf(kind, side)]?.frames ?? []
  }

  mark(letter: Mark['letter'], end: 0 | 1, timeNs: number): void {
    this.marked ??= [0, 0, 0, 0, 0, 0]
    const count = ++this.marked[2 * LETTERS.indexOf(letter) + end]!
    if (isPowerOfTen(count)) this.marks = [...this.marks, { letter, end, timeNs }]
  }

  /** Counts what the checksum of a segment of end `side` says. */
  noteChecksum(side: 0 | 1, sum: ChecksumState): void {
    this.checksums ??= [noChecksums(), noChecksums()]
    this.checksums[side][sum]++
  }

  /** Whether none of the checksums of end `side` that were verified was right. */
  isOffloaded(side: 0 | 1): boolean {
    if (!this.checksums) return false
    const { good, bad, offloaded } = this.checksums[side]
    return good === 0 && bad + offloaded > 0
  }

  /**
   * Which findings there are of it, a bit each: those of the counters that are not 0. Null when there is more to tell than
   * that they are not.
   */
  get kinds(): number | null {
    const isUntold = this.unlogged > 0 || this.unseen !== null || this.bits >= 1 << OFFLOADS
    if (isUntold || this.holes?.some((holes) => holes?.isEmpty === false)) return null
    return this.bits | (this.isOffloaded(0) ? 1 << OFFLOADS : 0) | (this.isOffloaded(1) ? 2 << OFFLOADS : 0)
  }

  /** The other end acknowledged `bytes` up to `end` that end `side` was not seen to send. */
  missUnseen(side: 0 | 1, bytes: number, end: number): void {
    this.unseen ??= [null, null]
    this.unseen[side] = { bytes: (this.unseen[side]?.bytes ?? 0) + bytes, end }
  }

  /** Whether the last that end `side` was not seen to send ends at `end`: then what ends there was late, not sent again. */
  isUnseenUpTo(side: 0 | 1, end: number): boolean {
    return this.unseen?.[side]?.end === end
  }

  /** End `side` went on at `end` where `start` was due. */
  openHole(side: 0 | 1, start: number, end: number, timeNs: number): void {
    this.holes ??= [null, null]
    this.holes[side] ??= new Holes()
    this.holes[side].open(start, end, timeNs)
  }

  /** End `side` sent `[start, end)`, which it may have jumped over. */
  fillHoles(side: 0 | 1, start: number, end: number): void {
    this.holes?.[side]?.fill(start, end)
  }

  /** Bytes of end `side` that are not in the capture, of those that the other end acknowledged. */
  missingBytes(side: 0 | 1, acknowledged: number): number {
    return (this.unseen?.[side]?.bytes ?? 0) + (this.holes?.[side]?.bytesBefore(acknowledged) ?? 0)
  }

  /** Whether more bytes may be missing than are counted. */
  hasUncountedHoles(side: 0 | 1): boolean {
    return this.holes?.[side]?.isIncomplete ?? false
  }

  /** For Zeek's history, see zeek.ts: also of the gaps of each end that the other has acknowledged so far. */
  marksUntil(acknowledged: Readonly<Pair<number>>): readonly Mark[] {
    const marks = [...this.marks]
    for (const end of [0, 1] as const) {
      let count = this.marked?.[2 * LETTERS.indexOf('g') + end] ?? 0
      for (const { timeNs } of this.holes?.[end]?.before(acknowledged[end]) ?? []) {
        if (isPowerOfTen(++count)) marks.push({ letter: 'g', end, timeNs })
      }
    }
    return marks
  }

  /** End `side` sent the byte with that number into a closed window. */
  probe(side: 0 | 1, seq: number): void {
    this.probes ??= [null, null]
    this.probes[side] = seq
  }

  /** Whether that is the last such byte: what starts there is no keep-alive. */
  isProbed(side: 0 | 1, seq: number): boolean {
    return this.probes?.[side] === seq
  }

  /** End `side` repeated its acknowledgment. */
  repeatAck(side: 0 | 1, ack: number, timeNs: number): void {
    this.repeats ??= [null, null]
    const last = this.repeats[side]
    this.repeats[side] = { ack, count: last?.ack === ack ? last.count + 1 : 1, timeNs }
  }

  /** How often end `side` has repeated `ack`, when the last time was no longer than `withinNs` ago. */
  repeatsOf(side: 0 | 1, ack: number, timeNs: number, withinNs: number): number {
    const last = this.repeats?.[side]
    if (last?.ack !== ack) return 0
    const sinceNs = timeNs - last.timeNs
    return sinceNs >= 0 && sinceNs < withinNs ? last.count : 0
  }
}

/** Of an anomaly and an end, among all. */
function placeOf(kind: Anomaly, side: 0 | 1): number {
  return 2 * ANOMALIES.indexOf(kind) + side
}

function noChecksums(): ChecksumCounts {
  return { good: 0, bad: 0, offloaded: 0, unknown: 0 }
}
