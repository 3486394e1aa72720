/**
 * What is kept beside the records of some connections: 12 words (48 bytes) of one that paused, and an object of one that
 * something rare happened to. Of 300,000 connections that are open at once nearly all pause; an object each took 2 kB
 * and half of the time.
 */
import { Fingerprints, NO_PACKET } from './fingerprints.ts'
import { beat, HEARTBEAT_WORDS, periodSeconds } from './heartbeat.ts'
import { type AnomalyObserver, RareEvents } from './rare.ts'
import { RARE } from './record.ts'
import type { Row } from './row.ts'
import type { Sighting } from './sighting.ts'

/** Words of an entry: the heartbeat's, index + 1 of the object, where the entry is free the next that is, and one to make doubles of. */
const EVENTS = HEARTBEAT_WORDS
const ENTRY_WORDS = HEARTBEAT_WORDS + 2
const PAGE_BITS = 12
const PAGE_MASK = (1 << PAGE_BITS) - 1

export class Asides {
  private readonly pages: Int32Array[] = []
  private readonly doubles: Float64Array[] = []
  private used = 1
  private firstFree = 0
  private readonly events: (RareEvents | null)[] = []
  private readonly freeEvents: number[] = []
  /** Made when a tap delivers a packet twice. */
  private fingerprints: Fingerprints | null = null
  private readonly observer: AnomalyObserver | null
  private readonly maxExamples: number

  /** `maxExamples`: frames kept of each kind of anomaly. */
  constructor(observer: AnomalyObserver | null, maxExamples: number) {
    this.observer = observer
    this.maxExamples = maxExamples
  }

  /** What rarely happens and has happened to the row's connection; null when nothing has. */
  eventsOf({ page, base }: Row): RareEvents | null {
    const entry = page[base + RARE]!
    if (entry === 0) return null
    const place = this.pageOf(entry)[atOf(entry) + EVENTS]!
    return place === 0 ? null : this.events[place - 1]!
  }

  /** The same, made when first needed. */
  needEvents(row: Row): RareEvents {
    const entry = this.entryOf(row)
    const words = this.pageOf(entry)
    const at = atOf(entry) + EVENTS
    if (words[at] === 0) {
      const index = this.freeEvents.pop() ?? this.events.length
      this.events[index] = new RareEvents(this.observer, this.maxExamples)
      words[at] = index + 1
    }
    return this.events[words[at]! - 1]!
  }

  /** Tells of a SYN sent again. */
  noteSynAgain(frame: number): void {
    this.observer?.('syn-retransmission', frame)
  }

  /** A pause of the connection ended; called before the record moves on. */
  beat(row: Row, timeNs: number): void {
    const entry = this.entryOf(row)
    beat(this.pageOf(entry), this.doubles[entry >>> PAGE_BITS]!, atOf(entry), timeNs, row.bytes)
  }

  /** In seconds; null for a connection that does not speak at regular times. */
  heartbeatOf({ page, base }: Row): number | null {
    const entry = page[base + RARE]!
    return entry === 0 ? null : periodSeconds(this.pageOf(entry), this.doubles[entry >>> PAGE_BITS]!, atOf(entry))
  }

  /** Remembers a packet of the connection, to know it when the tap delivers it once more. */
  fingerprint(row: Row, seen: Sighting): void {
    this.fingerprints ??= new Fingerprints()
    const events = this.needEvents(row)
    events.lastPackets ??= [NO_PACKET, NO_PACKET]
    events.lastPackets[row.direction] = this.fingerprints.add(events.lastPackets[row.direction], seen)
  }

  /** Whether the segment is a packet remembered no longer than `withinNs` ago. */
  isCopy(row: Row, seen: Sighting, withinNs: number): boolean {
    const last = this.eventsOf(row)?.lastPackets?.[row.direction] ?? NO_PACKET
    return this.fingerprints?.has(last, seen, withinNs) ?? false
  }

  /** The connection is over. */
  release({ page, base }: Row): void {
    const entry = page[base + RARE]!
    if (entry === 0) return
    const words = this.pageOf(entry)
    const at = atOf(entry)
    const index = words[at + EVENTS]! - 1
    if (index >= 0) {
      this.events[index] = null
      this.freeEvents.push(index)
    }
    words.fill(0, at, at + ENTRY_WORDS)
    words[at + EVENTS] = this.firstFree
    this.firstFree = entry
    page[base + RARE] = 0
  }

  private entryOf({ page, base }: Row): number {
    const at = base + RARE
    if (page[at] === 0) page[at] = this.allocate()
    return page[at]!
  }

  private allocate(): number {
    const entry = this.firstFree || this.used++
    if (entry >>> PAGE_BITS === this.pages.length) {
      const buffer = new ArrayBuffer((PAGE_MASK + 1) * ENTRY_WORDS * 4)
      this.pages.push(new Int32Array(buffer))
      this.doubles.push(new Float64Array(buffer))
    }
    if (entry === this.firstFree) {
      const words = this.pageOf(entry)
      this.firstFree = words[atOf(entry) + EVENTS]!
      words[atOf(entry) + EVENTS] = 0
    }
    return entry
  }

  private pageOf(entry: number): Int32Array {
    return this.pages[entry >>> PAGE_BITS]!
  }
}

function atOf(entry: number): number {
  return (entry & PAGE_MASK) * ENTRY_WORDS
}
