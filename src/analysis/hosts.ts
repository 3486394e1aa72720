/**
 * What the connections add up to for each host: sockets in each state at the end, TIME-WAIT over time, and findings
 * about the capture as a whole. Of a connection only numbers are kept; leaks.ts, scans.ts and floods.ts have those that
 * went wrong.
 */
import type { TimeBase } from '../capture/packet.ts'
import type { Story } from '../findings/finding.ts'
import { isStuck } from '../findings/stuck.ts'
import type { Connection } from '../flow/connection.ts'
import type { Clock, Outline } from '../flow/outline.ts'
import type { ConnectionReport, FindingReport, HostReport } from '../report/model.ts'
import type { Timeline } from '../tcp/infer.ts'
import type { OpenKind } from '../tcp/opening.ts'
import { STATES, type TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, type Side } from '../tcp/timeline.ts'
import { ADDRESS_WORDS, AddressTable, CLIENT_AT, MAX_ROWS, type Parties, SERVER_AT } from './address-table.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import type { Run } from './citation.ts'
import { resized } from './columns.ts'
import { Floods } from './floods.ts'
import { Leaks } from './leaks.ts'
import type { Limits } from './limits.ts'
import { NOBODY, Overlaps } from './overlaps.ts'
import { RecentTable } from './recent-table.ts'
import { Scans } from './scans.ts'
import { timestamp } from './timestamps.ts'

/** Linux's ephemeral ports by default, 32768-60999 (RFC 6056 §3.2); with three quarters of them taken it gets tight. */
const EPHEMERAL_PORTS = 28_232
const PRESSURE = 0.75 * EPHEMERAL_PORTS

/** Hosts listed in the report, in multiples of those that are watched: a row of counts each. */
const LISTED = 16

const NO_COUNTS = new Int32Array(0)

/** Hosts whose TIME-WAITs are kept over time. */
const WITH_HISTORY = 1024

const FAILED: readonly OpenKind[] = ['refused', 'unanswered', 'reset', 'half-open']

/** What came of a connection, for its hosts. */
export interface HostOutcome {
  /** At the end. */
  states: readonly [TcpState | null, TcpState | null]
  isFailed: boolean
  /** The server was asked, and the handshake never finished. */
  isUnfinished: boolean
}

/** What comes of each connection of a kind. */
export interface AlikeOutcome extends HostOutcome {
  /** Whose, and since which of the outline's times. */
  timeWaits: readonly { side: Side; from: number }[]
}

export function outcomeOf({ open: { kind }, traffic }: ConnectionReport, { states }: Timeline): HostOutcome {
  return {
    states,
    isFailed: FAILED.includes(kind),
    isUnfinished: kind === 'half-open' || (kind === 'unanswered' && traffic.server.segments === 0),
  }
}

export class Hosts {
  /** Hosts that are listed; a row is never forgotten, and has its number in `states` and `timeWaits.hosts`. */
  private readonly listed: AddressTable
  /** Sockets at the end: `STATES.length` counts of each host. */
  private states: Uint32Array<ArrayBuffer> = new Uint32Array(64 * STATES.length)
  private readonly timeWaits: Overlaps
  /** By a client's address, a server's address and port; its one count is 1 + its number in `timeWaits.pairs`. */
  private readonly pairs: RecentTable
  private readonly leaks: Leaks
  private readonly scans: Scans
  private readonly floods: Floods
  private readonly parties: Parties = { family: 4, addresses: new Int32Array(2 * ADDRESS_WORDS), ports: [0, 0] }
  private readonly maxListed: number
  private readonly onlyTimeWaits: boolean
  /** Sockets and TIME-WAITs of hosts that are not listed. */
  private unlisted = 0

  /**
   * `seed`: as `AnalyzerOptions.seed`. `timeWaitNs`: 2MSL. A connection is reported as long after its end, and seldom
   * later. `onlyTimeWaits`: sockets at the end are not counted, which takes 80 bytes of each host of a flood.
   */
  constructor(
    seed: number,
    timeWaitNs: number,
    { maxHosts, maxExamples }: Pick<Limits, 'maxHosts' | 'maxExamples'>,
    onlyTimeWaits: boolean,
  ) {
    this.onlyTimeWaits = onlyTimeWaits
    this.leaks = new Leaks(maxExamples)
    this.maxListed = Math.min(LISTED * maxHosts, MAX_ROWS)
    this.listed = new AddressTable(seed, 1, 0)
    const timeWaits = new Overlaps(timeWaitNs, WITH_HISTORY)
    this.timeWaits = timeWaits
    // A pair that runs out of ports is used all the time.
    this.pairs = new RecentTable(seed, 2, 1, maxHosts, (words, at) => timeWaits.closePair(words[at]! - 1))
    this.scans = new Scans(seed, maxHosts)
    this.floods = new Floods(seed, maxHosts)
  }

  /** What was not counted because there were too many clients, ports, pairs or hosts. */
  get forgotten(): number {
    return this.scans.forgotten + this.floods.forgotten + this.pairs.forgotten + this.unlisted
  }

  /** Adds a connection to both its hosts, by what came of another like it. */
  addAlike(outline: Outline, outcome: AlikeOutcome, { endNs, timeWaitNs, isEnding }: Clock): void {
    const { times } = outline
    // What the client of an unfinished one sent last is its SYN.
    this.add(outline, outcome, times[0]!, isEnding)
    for (const { side, from } of outcome.timeWaits) {
      this.addTimeWait(outline, side, times[from]!, times[from]! + timeWaitNs, endNs)
    }
  }

  /** Adds a connection that was reported to both its hosts. */
  addReported(report: ConnectionReport, story: Story): void {
    const { connection, timeline, endNs } = story
    const parties = this.partiesOf(connection)
    this.add(parties, outcomeOf(report, timeline), connection.firstTimeNs, story.isCaptureEnd)
    for (const side of [CLIENT, SERVER] as const) {
      if (timeline.states[side] === 'CLOSE-WAIT' && isStuck(story, side)) this.leaks.add(report, story, side)
    }
    for (const { side, startNs, expiresNs, endedBy } of timeline.timeWaits) {
      this.addTimeWait(parties, side, startNs, endedBy?.timeNs ?? expiresNs, endNs)
    }
  }

  /** One object, filled again and again. */
  private partiesOf({ family, addresses, ports }: Connection): Parties {
    const { parties } = this
    parties.family = family
    parties.ports = ports
    for (const [i, word] of addresses[CLIENT].entries()) parties.addresses[CLIENT_AT + i] = word
    for (const [i, word] of addresses[SERVER].entries()) parties.addresses[SERVER_AT + i] = word
    return parties
  }

  /** `startNs`: of its SYN. `isCaptureEnd`: its states are those at the end. */
  private add(
    parties: Parties,
    { states, isFailed, isUnfinished }: HostOutcome,
    startNs: number,
    isCaptureEnd: boolean,
  ): void {
    if (isCaptureEnd && !this.onlyTimeWaits) {
      this.addState(parties, CLIENT_AT, states[CLIENT])
      this.addState(parties, SERVER_AT, states[SERVER])
    }
    this.scans.add(parties, isFailed)
    this.floods.add(parties, isUnfinished, startNs)
  }

  /** `NOBODY` for one host too many. */
  private numberOf(parties: Parties, at: number): number {
    const known = this.listed.find(parties, at, 0)
    if (known >= 0) return known
    if (this.listed.size >= this.maxListed) {
      this.unlisted++
      return NOBODY
    }
    return this.listed.insert(parties, at, 0, NO_COUNTS)
  }

  private addState(parties: Parties, at: number, state: TcpState | null): void {
    if (!state || state === 'CLOSED' || state === 'LISTEN') return
    const number = this.numberOf(parties, at)
    if (number === NOBODY) return
    // There may be many hosts that only had a TIME-WAIT.
    while ((number + 1) * STATES.length > this.states.length) this.states = resized(this.states, this.states.length * 2)
    this.states[number * STATES.length + STATES.indexOf(state)]!++
  }

  /** A TIME-WAIT of `side`, and what time it is. */
  private addTimeWait(parties: Parties, side: Side, startNs: number, endNs: number, nowNs: number): void {
    const number = this.numberOf(parties, side === CLIENT ? CLIENT_AT : SERVER_AT)
    // The port that a client cannot use again towards the same server; a server's TIME-WAIT takes none.
    const pair = side === CLIENT ? this.pairOf(parties) : NOBODY
    this.timeWaits.add(number, pair, startNs, endNs, nowNs)
  }

  private pairOf(parties: Parties): number {
    const { pairs } = this
    const at = pairs.use(parties, CLIENT_AT, parties.ports[SERVER])
    if (pairs.words[at] === 0) pairs.words[at] = 1 + this.timeWaits.openPair()
    return pairs.words[at]! - 1
  }

  /** Each host that had a TIME-WAIT, and unless `onlyTimeWaits` each that has an open socket at the end, `endNs`. */
  report({ timeBase, names }: Run, endNs: number): HostReport[] {
    this.timeWaits.fold(Number.POSITIVE_INFINITY)
    const hosts: HostReport[] = []
    for (let number = 0; number < this.listed.size; number++) {
      const { peak, timeNs } = this.timeWaits.hosts.peakOf(number)
      if (this.onlyTimeWaits && peak === 0) continue
      const address = this.listed.addressOf(number)
      const timeWaitPeakAt = peak === 0 ? null : timestamp(timeBase, timeNs)
      const named = names ? { name: names.of(address) } : {}
      const states = this.statesOf(number)
      hosts.push({
        address,
        ...named,
        timeWaitPeak: peak,
        timeWaitPeakAt,
        ...this.historyOf(number, timeBase, endNs),
        states,
      })
    }
    return hosts
  }

  private historyOf(number: number, timeBase: TimeBase, endNs: number): Pick<HostReport, 'timeWaitHistory'> {
    const history = this.timeWaits.hosts.historyOf(number)?.until(endNs)
    if (!history) return {}
    const { startNs, stepNs, most } = history
    return { timeWaitHistory: { start: timestamp(timeBase, startNs), stepSeconds: stepNs / 1e9, most } }
  }

  private statesOf(number: number): HostReport['states'] {
    const counts: Partial<Record<TcpState, number>> = {}
    for (const [at, state] of STATES.entries()) {
      const count = this.states[number * STATES.length + at] ?? 0
      if (count > 0) counts[state] = count
    }
    return counts
  }

  /** Findings that no single connection shows. */
  findings(run: Run): FindingReport[] {
    return [...this.leaks.findings(run), ...this.floods.findings(), ...this.scans.findings(), ...this.pressure()]
  }

  private pressure(): FindingReport[] {
    this.timeWaits.fold(Number.POSITIVE_INFINITY)
    return [...this.pairs.rows()].flatMap(({ table, row, words, at }) => {
      const { peak: count } = this.timeWaits.pairs.peakOf(words[at]! - 1)
      if (count < PRESSURE) return []
      const address = table.addressOf(row, CLIENT_AT)
      const peer = `${table.addressOf(row, SERVER_AT)} port ${table.portOf(row)}`
      return [captureFinding('time-wait-pressure', { address, count, peer }, addressFilter(address))]
    })
  }
}
