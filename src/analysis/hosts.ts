/**
 * What the connections add up to for each host: sockets in each state, TIME-WAIT over time, and findings about the
 * capture as a whole.
 */
import type { TimeBase } from '../capture/packet.ts'
import { CATALOGUE, type FindingCode } from '../findings/catalogue.ts'
import type { Story } from '../findings/finding.ts'
import { MESSAGES } from '../findings/messages.ts'
import type { ConnectionReport, FindingReport, HostReport } from '../report/model.ts'
import type { TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import { timestamp } from './timestamps.ts'

/** Sockets of one host in CLOSE-WAIT that are a leak rather than bad luck. */
const LEAK = 10
/** Unfinished handshakes towards one server in a second that are a flood. */
const FLOOD_PER_SECOND = 50
/** Ports that one host tried in vain. */
const SCAN_PORTS = 20
/** Linux's default ephemeral range 32768-60999 has 28,232 ports; warn at three quarters of it. */
const EPHEMERAL_PORTS = 28_232
const PRESSURE = 0.75

class Host {
  readonly states: Partial<Record<TcpState, number>> = {}
  /** TIME-WAIT intervals: start and end in turn, in nanoseconds. */
  readonly timeWaits: number[] = []
  readonly timeWaitsTo: Map<string, number[]> = new Map()
  /** Times of SYNs received whose handshake was never finished. */
  readonly unfinishedNs: number[] = []
  /** Ports tried in vain. */
  readonly failedPorts: Set<string> = new Set()
  leakFrames: number[] = []
}

export class Hosts {
  private readonly hosts: Map<string, Host> = new Map()

  private host(address: string): Host {
    const known = this.hosts.get(address)
    if (known) return known
    const host = new Host()
    this.hosts.set(address, host)
    return host
  }

  /** Adds one connection to both its hosts. */
  add(report: ConnectionReport, story: Story): void {
    for (const side of [CLIENT, SERVER] as const) this.addSide(report, story, side)
    const { kind } = report.open
    if (kind === 'half-open' || (kind === 'unanswered' && report.traffic.server.segments === 0)) {
      this.host(report.server.address).unfinishedNs.push(story.connection.firstTimeNs)
    }
    if (['refused', 'unanswered', 'reset', 'half-open'].includes(kind)) {
      this.host(report.client.address).failedPorts.add(`${report.server.address} ${report.server.port}`)
    }
  }

  private addSide(report: ConnectionReport, { timeline, isCaptureEnd }: Story, side: Side): void {
    const { address, state } = report[SIDE_NAMES[side]]
    const host = this.host(address)
    if (state && state !== 'CLOSED' && state !== 'LISTEN' && isCaptureEnd) {
      host.states[state] = (host.states[state] ?? 0) + 1
      if (state === 'CLOSE-WAIT' && host.leakFrames.length < 8) host.leakFrames.push(report.lastFrame)
    }
    for (const timeWait of timeline.timeWaits) {
      if (timeWait.side !== side) continue
      const endNs =
        timeWait.ended === 'expired' || timeWait.ended === 'capture-end' ? timeWait.expiresNs : timeWait.endedBy!.timeNs
      host.timeWaits.push(timeWait.startNs, endNs)
      const peer = report[SIDE_NAMES[side === CLIENT ? SERVER : CLIENT]]
      const key = `${peer.address} port ${peer.port}`
      const towards = host.timeWaitsTo.get(key)
      if (towards) towards.push(timeWait.startNs, endNs)
      else host.timeWaitsTo.set(key, [timeWait.startNs, endNs])
    }
  }

  report(timeBase: TimeBase): HostReport[] {
    return [...this.hosts].map(([address, host]) => {
      const { peak, atNs } = peakOf(host.timeWaits)
      return {
        address,
        timeWaitPeak: peak,
        timeWaitPeakAt: peak === 0 ? null : timestamp(timeBase, atNs),
        states: host.states,
      }
    })
  }

  /** Findings that no single connection shows. */
  findings(): FindingReport[] {
    return [...this.hosts].flatMap(([address, host]) => hostFindings(address, host))
  }
}

function hostFindings(address: string, host: Host): FindingReport[] {
  const found: FindingReport[] = []
  const filter = `${address.includes(':') ? 'ipv6' : 'ip'}.addr eq ${address}`
  const leaked = host.states['CLOSE-WAIT'] ?? 0
  if (leaked >= LEAK) found.push(captureFinding('close-wait-leak', { address, count: leaked }, filter, host.leakFrames))
  const rate = busiestSecond(host.unfinishedNs)
  if (rate >= FLOOD_PER_SECOND) {
    const values = { address, count: host.unfinishedNs.length, rate }
    found.push(captureFinding('syn-flood', values, `${filter} and tcp.flags.syn eq 1 and tcp.flags.ack eq 0`, []))
  }
  if (host.failedPorts.size >= SCAN_PORTS && isScan(host.failedPorts)) {
    found.push(
      captureFinding('port-scan', { address, count: host.failedPorts.size }, `${filter} and tcp.flags.syn eq 1`, []),
    )
  }
  for (const [peer, intervals] of host.timeWaitsTo) {
    const { peak } = peakOf(intervals)
    if (peak >= EPHEMERAL_PORTS * PRESSURE)
      found.push(captureFinding('time-wait-pressure', { address, count: peak, peer }, filter, []))
  }
  return found
}

/** Different ports or hosts; many attempts at one port are a client that tries again. */
function isScan(ports: ReadonlySet<string>): boolean {
  return ports.size >= SCAN_PORTS
}

export function captureFinding(
  code: FindingCode,
  values: Record<string, string | number>,
  filter: string,
  frames: number[],
): FindingReport {
  const { severity, ref } = CATALOGUE[code]
  return { code, severity, side: null, frames, message: MESSAGES[code].sentence(values), ref, filter }
}

/** Most intervals that overlap, and since when. */
function peakOf(intervals: readonly number[]): { peak: number; atNs: number } {
  const starts = new Float64Array(intervals.length / 2)
  const ends = new Float64Array(intervals.length / 2)
  for (let i = 0; i < starts.length; i++) {
    starts[i] = intervals[2 * i]!
    ends[i] = intervals[2 * i + 1]!
  }
  starts.sort()
  ends.sort()
  let peak = 0
  let atNs = 0
  let ended = 0
  for (let started = 0; started < starts.length; started++) {
    while (ends[ended]! <= starts[started]!) ended++
    if (started + 1 - ended > peak) {
      peak = started + 1 - ended
      atNs = starts[started]!
    }
  }
  return { peak, atNs }
}

/** Most moments within any one second. */
function busiestSecond(momentsNs: readonly number[]): number {
  const sorted = Float64Array.from(momentsNs).sort()
  let most = 0
  let from = 0
  for (let to = 0; to < sorted.length; to++) {
    while (sorted[to]! - sorted[from]! > 1e9) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
