/**
 * What the connections add up to for each host: sockets in each state at the end, TIME-WAIT over time, and findings
 * about the capture as a whole. Of a connection only numbers are kept; attempts.ts has those that failed.
 */
import type { TimeBase } from '../capture/packet.ts'
import type { Story } from '../findings/finding.ts'
import type { ConnectionReport, EndpointReport, FindingReport, HostReport } from '../report/model.ts'
import { STATES, type TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side, type SideName } from '../tcp/timeline.ts'
import { type AddressKey, addressOfKey, pairKey } from './address-key.ts'
import { type Attempt, Attempts } from './attempts.ts'
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

/** Hosts whose TIME-WAITs are kept over time. */
const WITH_HISTORY = 1024

/** A client, and the address and port of a server. */
interface Pair {
  number: number
  client: AddressKey
  server: AddressKey
  port: number
}

/** What hosts take of a connection. */
export interface HostsOf extends Attempt {
  states: readonly [TcpState | null, TcpState | null]
}

export class Hosts {
  /** Number of each address, by which the columns below are indexed. */
  private readonly numbers: Map<AddressKey, number> = new Map()
  /** Sockets at the end: `STATES.length` counts of each host. */
  private states: Uint32Array = new Uint32Array(64 * STATES.length)
  private readonly timeWaits: Overlaps
  /** Number of each pair of a client and the address and port of a server, by which `towards` counts. */
  private readonly pairs: RecentMap<string, Pair>
  private nextPair = 0
  private readonly towards: Overlaps
  private readonly leaks: Map<string, Leak> = new Map()
  private readonly attempts: Attempts
  private readonly maxExamples: number
  private readonly maxListed: number
  private readonly onlyTimeWaits: boolean
  /** Sockets and TIME-WAITs of hosts that are not listed. */
  private unlisted = 0

  /**
   * `timeWaitNs`: 2MSL. A connection is reported as long after its end, and seldom later. `onlyTimeWaits`: sockets at
   * the end are not counted, which takes 80 bytes of each host of a flood.
   */
  constructor(
    timeWaitNs: number,
    { maxHosts, maxExamples }: Pick<Limits, 'maxHosts' | 'maxExamples'>,
    onlyTimeWaits: boolean,
  ) {
    this.onlyTimeWaits = onlyTimeWaits
    this.maxExamples = maxExamples
    this.maxListed = LISTED * maxHosts
    // A pair that runs out of ports is used all the time.
    this.pairs = new RecentMap(maxHosts, () => ({ number: this.nextPair++, client: 0, server: 0, port: 0 }))
    this.attempts = new Attempts(maxHosts)
    this.timeWaits = new Overlaps(3 * timeWaitNs, WITH_HISTORY)
    this.towards = new Overlaps(3 * timeWaitNs)
  }

  /** What was not counted because there were too many clients, ports, pairs or hosts. */
  get forgotten(): number {
    return this.attempts.forgotten + this.pairs.forgotten + this.unlisted
  }

  /** Adds one connection to both its hosts; `isCaptureEnd`: its states are those at the end. */
  add(connection: HostsOf, isCaptureEnd: boolean): void {
    if (isCaptureEnd && !this.onlyTimeWaits) {
      this.addState(connection.client, connection.states[CLIENT])
      this.addState(connection.server, connection.states[SERVER])
    }
    this.attempts.add(connection)
  }

  /** Null for one host too many. */
  private numberOf(address: AddressKey): number | null {
    const known = this.numbers.get(address)
    if (known !== undefined) return known
    const number = this.numbers.size
    if (number >= this.maxListed) {
      this.unlisted++
      return null
    }
    this.numbers.set(address, number)
    if (this.numbers.size * STATES.length > this.states.length) this.grow()
    return number
  }

  private grow(): void {
    const wider = new Uint32Array(this.states.length * 2)
    wider.set(this.states)
    this.states = wider
  }

  private addState(address: AddressKey, state: TcpState | null): void {
    if (!state || state === 'CLOSED' || state === 'LISTEN') return
    const number = this.numberOf(address)
    if (number !== null) this.states[number * STATES.length + STATES.indexOf(state)]!++
  }

  /** A TIME-WAIT of `side`, and what time it is. */
  addTimeWait({ client, server, port }: HostsOf, side: Side, startNs: number, endNs: number, nowNs: number): void {
    const number = this.numberOf(side === CLIENT ? client : server)
    if (number !== null) this.timeWaits.add(number, startNs, endNs, nowNs)
    if (side !== CLIENT) return
    // The port that a client cannot use again towards the same server; a server's TIME-WAIT takes none.
    const pair = this.pairs.get(pairKey(client, server, port))
    pair.client = client
    pair.server = server
    pair.port = port
    this.towards.add(pair.number, startNs, endNs, nowNs)
  }

  /** A socket of `side` that is stuck in CLOSE-WAIT. */
  addLeak(report: ConnectionReport, { timeline, endNs }: Story, side: Side): void {
    // The program is told by its port when it listens, else by whom it is connected to.
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

  /** Each host that had a TIME-WAIT, and unless `onlyTimeWaits` each that has an open socket at the end, `endNs`. */
  report({ timeBase, names }: Run, endNs: number): HostReport[] {
    this.timeWaits.fold(Number.POSITIVE_INFINITY)
    const hosts: HostReport[] = []
    for (const [key, number] of this.numbers) {
      const { peak, timeNs } = this.timeWaits.peakOf(number)
      if (this.onlyTimeWaits && peak === 0) continue
      const address = addressOfKey(key)
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
    const history = this.timeWaits.historyOf(number)?.until(endNs)
    if (!history) return {}
    const { startNs, stepNs, most } = history
    return { timeWaitHistory: { start: timestamp(timeBase, startNs), stepSeconds: stepNs / 1e9, most } }
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
    return this.pairs.entries().flatMap(([, { number, client, server, port }]) => {
      const { peak } = this.towards.peakOf(number)
      if (peak < PRESSURE) return []
      const address = addressOfKey(client)
      const values = { address, count: peak, peer: `${addressOfKey(server)} port ${port}` }
      return [captureFinding('time-wait-pressure', values, addressFilter(address))]
    })
  }
}

function textOf({ address, port }: EndpointReport): string {
  return `${address} port ${port}`
}
