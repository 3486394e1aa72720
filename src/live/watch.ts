/**
 * The connections while they live. An `Analyzer` infers nothing while packets come; here a connection is judged when a
 * segment that may change a state has come, or when a timer may have run out, and what is new is told.
 *
 * No I/O and no clock: whoever reads the packets says what time it is. Next: telling.ts, then screen/.
 */
import { Analyzer, type AnalyzerOptions, type ConnectionWatcher } from '../analysis/analyzer.ts'
import type { Judged } from '../analysis/judged.ts'
import type { Packet, PacketSink } from '../capture/packet.ts'
import { CATALOGUE } from '../findings/catalogue.ts'
import type {
  ConnectionReport,
  FindingLine,
  FindingReport,
  ShowReport,
  TellingStatus,
  TransitionLine,
} from '../report/model.ts'
import { CLIENT, SERVER, type Transition } from '../tcp/timeline.ts'
import { Agenda } from './agenda.ts'
import { StateCounts } from './state-counts.ts'
import { asOfNow, tellingsOf, toRemember } from './telling.ts'
import { dueNs, enteredNs, keyOf, SETTLED_NS, type Watched } from './watched.ts'

/** Seconds of the past of which the states are kept. */
const HISTORY_SECONDS = 600
/** Connections judged between two looks at the clock. */
const STEP = 16

export interface Listener {
  transition(line: TransitionLine): void
  finding(line: FindingLine): void
}

export class Watch implements PacketSink, ConnectionWatcher {
  readonly analyzer: Analyzer
  readonly counts: StateCounts = new StateCounts(HISTORY_SECONDS)
  readonly connections: Map<number, Watched> = new Map()
  /** Packets so far. */
  packets = 0
  nowNs = 0
  private readonly listener: Listener | null
  /** Number → record of those that a segment may have changed. */
  private readonly pending: Map<number, number> = new Map()
  private readonly agenda: Agenda = new Agenda()

  /**
   * @param onConnection - as that of `Analyzer`
   * @param listener - who is told what happens; null when nobody is
   */
  constructor(
    options: AnalyzerOptions,
    onConnection: (connection: ConnectionReport) => void,
    listener: Listener | null = null,
  ) {
    this.analyzer = new Analyzer(options, onConnection, this)
    this.listener = listener
  }

  packet(packet: Packet): void {
    this.packets++
    if (packet.timeNs > this.nowNs) this.nowNs = packet.timeNs
    this.analyzer.packet(packet)
  }

  changed(record: number, connection: number): void {
    this.pending.set(connection, record)
  }

  ended(judged: Judged): void {
    const { number } = judged.story.connection
    this.pending.delete(number)
    const watched = this.connections.get(number) ?? this.enter(judged, -1)
    this.update(watched, judged, true)
    for (const side of [CLIENT, SERVER] as const) this.counts.move(watched.states[side]!, null)
    this.connections.delete(number)
  }

  /**
   * It is `nowNs` now, in nanoseconds of the analyzer's `timeBase`: judges what may have changed.
   *
   * @param hasTime - asked now and then; once it says no, the rest waits for the next turn
   */
  advance(nowNs: number, hasTime: () => boolean): void {
    if (nowNs > this.nowNs) this.nowNs = nowNs
    this.analyzer.advance(this.nowNs)
    let judged = 0
    const isEnough = () => ++judged % STEP === 0 && !hasTime()
    for (const [number, record] of this.pending) {
      if (isEnough()) break
      this.pending.delete(number)
      this.judge(number, record, true)
    }
    while (this.agenda.nextNs <= this.nowNs && !isEnough()) this.judgeDue()
    this.counts.advance(this.nowNs)
  }

  private judgeDue(): void {
    const { dueNs: wasDueNs, number } = this.agenda.shift()
    const watched = this.connections.get(number)
    if (watched?.dueNs === wasDueNs && !this.pending.has(number)) this.judge(number, watched.record, false)
  }

  private judge(number: number, record: number, isChanged: boolean): void {
    const judged = this.analyzer.judge(record, number)
    if (judged === null) return
    const watched = this.connections.get(number) ?? this.enter(judged, record)
    if (isChanged) watched.changedNs = this.nowNs
    this.update(watched, judged, false)
    watched.dueNs = dueNs(judged, watched, this.nowNs)
    if (watched.dueNs < Number.POSITIVE_INFINITY) this.agenda.add(watched.dueNs, number)
  }

  private enter(judged: Judged, record: number): Watched {
    const { number } = judged.story.connection
    const watched: Watched = {
      ...judged.citation,
      record,
      states: [null, null],
      sinceNs: [0, 0],
      changedNs: this.nowNs,
      roundTripNs: null,
      told: [],
      findings: new Map(),
      dueNs: Number.POSITIVE_INFINITY,
    }
    this.connections.set(number, watched)
    return watched
  }

  private update(watched: Watched, judged: Judged, isFinal: boolean): void {
    const { citation } = judged
    const isTurned = citation.client.port !== watched.client.port || citation.client.address !== watched.client.address
    // Who is the client was not known, and is now: nothing that was told of its sides holds.
    if (isTurned) this.tellTransitions(watched, judged, [])
    Object.assign(watched, citation)
    this.tellTransitions(watched, judged, judged.story.timeline.transitions)
    this.tellFindings(watched, judged, isFinal)
    for (const side of [CLIENT, SERVER] as const) {
      const state = judged.story.timeline.states[side]!
      this.counts.move(watched.states[side]!, state)
      watched.states[side] = state
      watched.sinceNs[side] = enteredNs(judged, side)
    }
    watched.roundTripNs = judged.story.opening.rttNs
  }

  private tellTransitions(watched: Watched, judged: Judged, transitions: readonly Transition[]): void {
    const { listener } = this
    if (listener === null) return
    const now = transitions.map((transition) => ({ ...transition, call: judged.callOf(transition) }))
    const { connection, client, server } = watched
    for (const { status, transition } of tellingsOf(watched.told, now)) {
      const report = judged.transitionReport(transition)
      listener.transition({ status, connection, client, server, ...report })
    }
    watched.told = toRemember(now)
  }

  private tellFindings(watched: Watched, judged: Judged, isFinal: boolean): void {
    const found = new Map(judged.findings.map((finding) => [keyOf(finding), finding]))
    for (const [key, finding] of found) {
      const known = watched.findings.get(key)
      const { severity } = CATALOGUE[finding.code]
      const entry = known ?? { code: finding.code, severity, sinceNs: this.nowNs, told: null }
      watched.findings.set(key, entry)
      if (entry.told || (!isFinal && this.nowNs - entry.sinceNs < SETTLED_NS)) continue
      const report = judged.findingReport(finding)
      entry.told = isFinal ? report : asOfNow(report)
      this.tellFinding('new', watched, entry.told)
    }
    for (const [key, entry] of watched.findings) {
      if (found.has(key)) continue
      watched.findings.delete(key)
      if (entry.told) this.tellFinding('withdrawn', watched, entry.told)
    }
  }

  private tellFinding(status: TellingStatus, { connection, client, server }: Watched, report: FindingReport): void {
    this.listener?.finding({ status, connection, client, server, ...report })
  }

  /** A live connection in full, as `finwait show` has it; null when it is over. */
  show(number: number): ShowReport | null {
    const watched = this.connections.get(number)
    const judged = watched ? this.analyzer.judge(watched.record, number) : null
    if (judged === null) return null
    const report = judged.report()
    const connection = { ...report, findings: report.findings.map(asOfNow) }
    return { schema: 'finwait/show/1', connection, ...judged.ladder() }
  }
}
