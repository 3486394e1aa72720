/**
 * What the connections add up to for each host: sockets in each state at the end, TIME-WAIT over time, and findings
 * about the capture as a whole. Of a connection only numbers are kept; attempts.ts has those that failed.
 */
import type { Story } from '../findings/finding.ts'
import { isStuck } from '../findings/stuck.ts'
import type { ConnectionReport, EndpointReport, FindingReport, HostReport } from '../report/model.ts'
import { STATES, type TcpState } from '../tcp/states.ts'
import type { TimeWait } from '../tcp/time-wait.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side, type SideName } from '../tcp/timeline.ts'
import { Attempts } from './attempts.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import { cited, type Run } from './citation.ts'
import type { Limits } from './limits.ts'
import { Overlaps } from './overlaps.ts'
import { RecentMap } from './recent-map.ts'
import { timestamp } from './timestamps.ts'

/**
 * Sockets stuck in CLOSE-WAIT of one program that are a leak. Ordinary captures show one or two; a browser keeps six
 * connections to a server, and may leave them to it.
 */
const LEAK = { client: 10, server: 5 } as const
/** Linux's ephemeral ports by default, 32768-60999 (RFC 6056 §3.2); with three quarters of them taken it gets tight. */
const EPHEMERAL_PORTS = 28_232
const PRESSURE = 0.75 * EPHEMERAL_PORTS

/** Sockets of one program that are stuck in CLOSE-WAIT. */
interface Leak {
  side: SideName
  address: string
  where: string
  count: number
  seconds: number
  frames: number[]
}

/** Hosts listed in the report, in multiples of those that are watched: a row of counts each. */
const LISTED = 16

export class Hosts {
  /** Number of each address, by which the columns below are indexed. */
  private readonly numbers: Map<string, number> = new Map()
  /** Sockets at the end: `STATES.length` counts of each host. */
  private readonly states: number[] = []
  private readonly timeWaits: Overlaps
  /** Number of each pair of a client and the address and port of a server, by which `towards` counts. */
  private readonly pairs: RecentMap<number>
  private nextPair = 0
  private readonly towards: Overlaps
  private readonly leaks: Map<string, Leak> = new Map()
  private readonly attempts: Attempts
  private readonly maxExamples: number
  private readonly maxListed: number
  /** Sockets and TIME-WAITs of hosts that are not listed. */
  private unlisted = 0

  /** `timeWaitNs`: 2MSL. A connection is reported as long after its end, and seldom later. */
  constructor(timeWaitNs: number, { maxHosts, maxExamples }: Pick<Limits, 'maxHosts' | 'maxExamples'>) {
    this.maxExamples = maxExamples
    this.maxListed = LISTED * maxHosts
    // A pair that runs out of ports is used all the time.
    this.pairs = new RecentMap(maxHosts, () => this.nextPair++)
    this.attempts = new Attempts(maxHosts)
    this.timeWaits = new Overlaps(3 * timeWaitNs)
    this.towards = new Overlaps(3 * timeWaitNs)
  }

  /** What was not counted because there were too many clients, ports, pairs or hosts. */
  get forgotten(): number {
    return this.attempts.forgotten + this.pairs.forgotten + this.unlisted
  }

  /** Adds one connection to both its hosts. */
  add(report: ConnectionReport, story: Story): void {
    for (const side of [CLIENT, SERVER] as const) this.addState(report, story, side)
    for (const timeWait of story.timeline.timeWaits) this.addTimeWait(report, timeWait, story.endNs)
    const { kind } = report.open
    const isUnfinished = kind === 'half-open' || (kind === 'unanswered' && report.traffic.server.segments === 0)
    this.attempts.add({
      kind,
      client: report.client.address,
      server: report.server.address,
      port: report.server.port,
      startNs: story.connection.firstTimeNs,
      isUnfinished,
    })
  }

  /** Null for one host too many. */
  private numberOf(address: string): number | null {
    const known = this.numbers.get(address)
    if (known !== undefined) return known
    const number = this.numbers.size
    if (number >= this.maxListed) {
      this.unlisted++
      return null
    }
    this.numbers.set(address, number)
    for (let i = 0; i < STATES.length; i++) this.states.push(0)
    return number
  }

  private addState(report: ConnectionReport, story: Story, side: Side): void {
    const { address, state } = report[SIDE_NAMES[side]]
    if (!story.isCaptureEnd || !state || state === 'CLOSED' || state === 'LISTEN') return
    const number = this.numberOf(address)
    if (number !== null) this.states[number * STATES.length + STATES.indexOf(state)]!++
    if (state === 'CLOSE-WAIT' && isStuck(story, side)) this.addLeak(report, story, side)
  }

  private addTimeWait(report: ConnectionReport, timeWait: TimeWait, nowNs: number): void {
    const { side, startNs, expiresNs, ended, endedBy } = timeWait
    const endNs = ended === 'expired' || ended === 'capture-end' ? expiresNs : endedBy!.timeNs
    const { address } = report[SIDE_NAMES[side]]
    const number = this.numberOf(address)
    if (number !== null) this.timeWaits.add(number, startNs, endNs, nowNs)
    if (side !== CLIENT) return
    // The port that a client cannot use again towards the same server; a server's TIME-WAIT takes none.
    const pair = this.pairs.get(`${address} ${textOf(report.server)}`)
    this.towards.add(pair, startNs, endNs, nowNs)
  }

  /** The program is told by its port when it listens, else by whom it is connected to. */
  private addLeak(report: ConnectionReport, { timeline, endNs }: Story, side: Side): void {
    const own = report[SIDE_NAMES[side]]
    const where = side === SERVER ? `of its port ${own.port}` : `to ${textOf(report.server)}`
    const key = `${own.address} ${where}`
    const leak = this.leaks.get(key) ?? {
      side: SIDE_NAMES[side],
      address: own.address,
      where,
      count: 0,
      seconds: 0,
      frames: [],
    }
    const entered = timeline.transitions.findLast((transition) => transition.side === side)
    const moment = entered?.cause ?? entered?.proof
    leak.count++
    leak.seconds = Math.max(leak.seconds, moment ? (endNs - moment.timeNs) / 1e9 : 0)
    if (moment && leak.frames.length < this.maxExamples) leak.frames.push(moment.frame)
    this.leaks.set(key, leak)
  }

  /** Each host that had a TIME-WAIT or has an open socket at the end. */
  report({ timeBase, names }: Run): HostReport[] {
    this.timeWaits.fold(Number.POSITIVE_INFINITY)
    return [...this.numbers].map(([address, number]) => {
      const { peak, timeNs } = this.timeWaits.peakOf(number)
      const timeWaitPeakAt = peak === 0 ? null : timestamp(timeBase, timeNs)
      const named = names ? { name: names.of(address) } : {}
      return { address, ...named, timeWaitPeak: peak, timeWaitPeakAt, states: this.statesOf(number) }
    })
  }

  private statesOf(number: number): HostReport['states'] {
    const counts: Partial<Record<TcpState, number>> = {}
    for (const [at, state] of STATES.entries()) {
      const count = this.states[number * STATES.length + at]!
      if (count > 0) counts[state] = count
    }
    return counts
  }

  /** Findings that no single connection shows. */
  findings(run: Run): FindingReport[] {
    return [...this.leaking(run), ...this.attempts.findings(), ...this.pressure()]
  }

  private leaking(run: Run): FindingReport[] {
    return [...this.leaks.values()].flatMap(({ side, address, where, count, seconds, frames }) => {
      if (count < LEAK[side]) return []
      const values = { address, where, count, seconds }
      const examples = cited(
        frames.toSorted((a, b) => a - b),
        run,
      )
      return [captureFinding('close-wait-leak', values, addressFilter(address), examples)]
    })
  }

  private pressure(): FindingReport[] {
    this.towards.fold(Number.POSITIVE_INFINITY)
    return this.pairs.entries().flatMap(([pair, number]) => {
      const { peak } = this.towards.peakOf(number)
      if (peak < PRESSURE) return []
      const [address = '', ...peer] = pair.split(' ')
      const values = { address, count: peak, peer: peer.join(' ') }
      return [captureFinding('time-wait-pressure', values, addressFilter(address))]
    })
  }
}

function textOf({ address, port }: EndpointReport): string {
  return `${address} port ${port}`
}
