/**
 * Counters of what does not happen to most connections. An object a connection, made when the first of it happens.
 * Whatever a finding reads of it, `kinds` must know.
 */
import type { ChecksumState } from '../bytes/checksum.ts'
import { Heartbeat } from './heartbeat.ts'
import { Holes } from './holes.ts'
import type { Sighting } from './sighting.ts'
import { isPowerOfTen } from './zeek.ts'

/** Of end A and end B. */
type Pair = [number, number]

/** In the terms of Wireshark's TCP analysis; a packet that the tap delivered twice is none of those. */
export type Anomaly = 'retransmission' | 'out-of-order' | 'keep-alive' | 'zero-window' | 'duplicate'

/** Told of every anomaly, with its frame; of a SYN sent again, too, which `tcp/opening.ts` counts. */
export type AnomalyObserver = (kind: Anomaly | 'syn-retransmission', frame: number) => void

/** What identifies a packet that the tap delivers twice. */
interface Fingerprint {
  seq: number
  ack: number
  flags: number
  payloadLength: number
  window: number
  ipId: number
  tsVal: number
  timeNs: number
}

export type ChecksumCounts = Record<ChecksumState, number>

function noChecksums(): ChecksumCounts {
  return { good: 0, bad: 0, offloaded: 0, unknown: 0 }
}

/** Data sent again, a window of 0, a gap of end A or B: the first, the tenth, the hundredth time. */
interface Mark {
  letter: 't' | 'w' | 'g'
  end: 0 | 1
  timeNs: number
}

/** Acknowledgments in a row that say the same. */
interface Repeats {
  ack: number
  count: number
  timeNs: number
}

/** Packets of an end that are remembered to know them again: as many as come between a packet and its copy. */
const MAX_FINGERPRINTS = 64

export class RareEvents {
  readonly retransmissions: Pair = [0, 0]
  readonly outOfOrder: Pair = [0, 0]
  readonly duplicates: Pair = [0, 0]
  readonly zeroWindows: Pair = [0, 0]
  readonly keepAlives: Pair = [0, 0]
  /** Bytes of each end that the other acknowledged although the capture has not seen them. */
  readonly missingBytes: Pair = [0, 0]
  /** Where those end, the last of them: what comes yet was late, not sent again. */
  readonly unseenEnds: [number | null, number | null] = [null, null]
  /** Segments of each end by what their checksum says; nothing unless all are verified. */
  readonly checksums: readonly [ChecksumCounts, ChecksumCounts] = [noChecksums(), noChecksums()]
  readonly holes: readonly [Holes, Holes] = [new Holes(), new Holes()]
  readonly heartbeat: Heartbeat = new Heartbeat()
  /** Number of the byte that each end last sent into a closed window: what starts there is no keep-alive. */
  readonly probes: [number | null, number | null] = [null, null]
  /** Round-trip time of the handshake, once that is known. */
  roundTripNs: number | null = null
  /** Segments that the segment log did not take because it was full. */
  unlogged = 0
  /** For Zeek's history, see zeek.ts. */
  readonly marks: Mark[] = []
  private readonly marked: Map<string, number> = new Map()
  private readonly observer: AnomalyObserver | null
  private readonly maxExamples: number
  private readonly examples: Map<string, number[]> = new Map()
  private readonly repeats: [Repeats | null, Repeats | null] = [null, null]
  /** Of each end, the newest last. */
  private readonly sent: readonly [Fingerprint[], Fingerprint[]] = [[], []]

  /** `maxExamples`: frames kept of each kind. */
  constructor(observer: AnomalyObserver | null, maxExamples: number) {
    this.observer = observer
    this.maxExamples = maxExamples
  }

  /** Counts an anomaly of a segment that end `side` sent, and remembers the first frames of its kind. */
  note(kind: Anomaly, side: 0 | 1, frame: number): void {
    this.counterOf(kind)[side]++
    this.observer?.(kind, frame)
    const key = `${kind} ${side}`
    const frames = this.examples.get(key)
    if (!frames) this.examples.set(key, [frame])
    else if (frames.length < this.maxExamples) frames.push(frame)
  }

  mark(letter: Mark['letter'], end: 0 | 1, timeNs: number): void {
    const key = `${letter} ${end}`
    const count = (this.marked.get(key) ?? 0) + 1
    this.marked.set(key, count)
    if (isPowerOfTen(count)) this.marks.push({ letter, end, timeNs })
  }

  /** Tells of a SYN sent again. */
  noteSynAgain(frame: number): void {
    this.observer?.('syn-retransmission', frame)
  }

  /**
   * Which findings there are of it, a bit each: those of the counters that are not 0. Null when there is more to tell than
   * that they are not.
   */
  get kinds(): number | null {
    const { duplicates, missingBytes, unseenEnds, checksums, holes } = this
    const isUnread = this.unlogged > 0 || unseenEnds.some((end) => end !== null) || missingBytes.some(isPositive)
    const hasSums = checksums.some((side) => Object.values(side).some(isPositive))
    if (isUnread || hasSums || duplicates.some(isPositive) || !holes.every(({ isEmpty }) => isEmpty)) return null
    const { retransmissions, outOfOrder, zeroWindows, keepAlives } = this
    const counts = [retransmissions, outOfOrder, zeroWindows, keepAlives].flat()
    return counts.reduce((bits, count, at) => bits | (count > 0 ? 1 << at : 0), 0)
  }

  private counterOf(kind: Anomaly): Pair {
    if (kind === 'retransmission') return this.retransmissions
    if (kind === 'out-of-order') return this.outOfOrder
    if (kind === 'keep-alive') return this.keepAlives
    return kind === 'zero-window' ? this.zeroWindows : this.duplicates
  }

  framesOf(kind: string, side: 0 | 1): readonly number[] {
    return this.examples.get(`${kind} ${side}`) ?? []
  }

  /** The other end acknowledged `bytes` up to `end` that end `side` was not seen to send. */
  missUnseen(side: 0 | 1, bytes: number, end: number): void {
    this.missingBytes[side] += bytes
    this.unseenEnds[side] = end
  }

  /** End `side` repeated its acknowledgment. */
  repeatAck(side: 0 | 1, ack: number, timeNs: number): void {
    const last = this.repeats[side]
    this.repeats[side] = { ack, count: last?.ack === ack ? last.count + 1 : 1, timeNs }
  }

  /** How often end `side` has repeated `ack`, when the last time was no longer than `withinNs` ago. */
  repeatsOf(side: 0 | 1, ack: number, timeNs: number, withinNs: number): number {
    const last = this.repeats[side]
    if (last?.ack !== ack) return 0
    const sinceNs = timeNs - last.timeNs
    return sinceNs >= 0 && sinceNs < withinNs ? last.count : 0
  }

  /** Remembers what end `direction` sent. */
  fingerprint(direction: number, seen: Sighting): void {
    const sent = this.sent[direction === 0 ? 0 : 1]
    if (sent.push(fingerprintOf(seen)) > MAX_FINGERPRINTS) sent.shift()
  }

  /** Whether the segment is one that end `direction` sent no longer than `withinNs` ago, seen once more. */
  isCopy(direction: number, seen: Sighting, withinNs: number): boolean {
    const sent = this.sent[direction === 0 ? 0 : 1]
    const now = fingerprintOf(seen)
    // From the newest on: a burst passes one interface before the first of it is seen on the other.
    for (let i = sent.length - 1; i >= 0; i--) {
      if (seen.timeNs - sent[i]!.timeNs > withinNs) return false
      if (isAlike(sent[i]!, now)) return true
    }
    return false
  }
}

function isAlike(a: Fingerprint, b: Fingerprint): boolean {
  return (
    a.seq === b.seq &&
    a.ack === b.ack &&
    a.flags === b.flags &&
    a.payloadLength === b.payloadLength &&
    a.window === b.window &&
    a.ipId === b.ipId &&
    a.tsVal === b.tsVal
  )
}

function fingerprintOf({ segment, options, timeNs }: Sighting): Fingerprint {
  const { seq, ack, flags, payloadLength, window, ipId } = segment
  return { seq, ack, flags, payloadLength, window, ipId, tsVal: options.tsVal, timeNs }
}

function isPositive(count: number): boolean {
  return count > 0
}
