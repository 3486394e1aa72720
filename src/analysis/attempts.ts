/**
 * Connections that were tried in vain, for what only many of them show: a port scan by one client, a SYN flood towards
 * one port. What is kept is bounded: of clients and ports, those seen last.
 */
import type { FindingReport } from '../report/model.ts'
import type { OpenKind } from '../tcp/opening.ts'
import { type AddressKey, addressOfKey, type SocketKey, socketKey, socketOfKey } from './address-key.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import { RecentMap } from './recent-map.ts'

/** Thresholds of Zeek's scan detection (scan.zeek): ports of one host, and hosts on one port. */
const SCAN_PORTS = 15
const SCAN_HOSTS = 25
/**
 * Unfinished handshakes with one port in a second. Linux keeps each for 63 s, and 4,096 of one listener (somaxconn): at
 * this rate none is left for others.
 */
const FLOOD_PER_SECOND = 65

const FAILED: readonly OpenKind[] = ['refused', 'unanswered', 'reset', 'half-open']

export interface Attempt {
  kind: OpenKind
  client: AddressKey
  server: AddressKey
  port: number
  startNs: number
  /** The server was asked, and the handshake never finished. */
  isUnfinished: boolean
}

interface Client {
  opened: number
  /** What it tried in vain: nothing, the address and port of one server, or several. A set each costs 200 bytes. */
  failed: SocketKey | Set<SocketKey> | null
}

interface Port {
  opened: number
  unfinished: number
  /** Unfinished handshakes in each second of the capture. */
  seconds: Map<number, number>
}

export class Attempts {
  private readonly maximum: number
  private readonly clients: RecentMap<AddressKey, Client>
  /** By address and port of the server. */
  private readonly ports: RecentMap<SocketKey, Port>
  private untold = 0

  /** `maximum`: clients and ports remembered, and targets of one client. */
  constructor(maximum: number) {
    this.maximum = maximum
    this.clients = new RecentMap(maximum, () => ({ opened: 0, failed: null }))
    this.ports = new RecentMap(maximum, () => ({ opened: 0, unfinished: 0, seconds: new Map() }))
  }

  /** Clients, ports and targets that were too many to be remembered. */
  get forgotten(): number {
    return this.clients.forgotten + this.ports.forgotten + this.untold
  }

  add({ kind, client, server, port, startNs, isUnfinished }: Attempt): void {
    const target = socketKey(server, port)
    const from = this.clients.get(client)
    if (FAILED.includes(kind)) this.addFailed(from, target)
    else from.opened++
    const to = this.ports.get(target)
    if (!isUnfinished) {
      to.opened++
      return
    }
    const second = Math.floor(startNs / 1e9)
    to.unfinished++
    to.seconds.set(second, (to.seconds.get(second) ?? 0) + 1)
  }

  private addFailed(client: Client, target: SocketKey): void {
    if (client.failed === null) {
      client.failed = target
      return
    }
    const failed = client.failed instanceof Set ? client.failed : new Set([client.failed])
    client.failed = failed
    if (failed.size < this.maximum) failed.add(target)
    else if (!failed.has(target)) this.untold++
  }

  findings(): FindingReport[] {
    const floods = this.ports.entries().flatMap(([target, port]) => floodOf(target, port))
    const scans = this.clients.entries().flatMap(([address, client]) => scansOf(address, client))
    return [...floods, ...scans]
  }
}

/** A busy server leaves handshakes unfinished where a capture ends, too, but fewer than it finishes. */
function floodOf(target: SocketKey, { opened, unfinished: count, seconds }: Port): FindingReport[] {
  const rate = Math.max(0, ...seconds.values())
  if (rate < FLOOD_PER_SECOND || count <= opened) return []
  const { address, port } = socketOfKey(target)
  const filter = `${addressFilter(address)} and tcp.dstport eq ${port} and tcp.flags.syn eq 1 and tcp.flags.ack eq 0`
  return [captureFinding('syn-flood', { address, port, count, rate }, filter)]
}

/** Many ports of one host, or one port of many hosts; the latter only when most of what the client opens fails. */
function scansOf(client: AddressKey, { opened, failed }: Client): FindingReport[] {
  if (!(failed instanceof Set) || failed.size < SCAN_PORTS) return []
  const address = addressOfKey(client)
  const ports = new Map<string, number>()
  const hosts = new Map<string, number>()
  for (const tried of failed) {
    const { address: target, port } = socketOfKey(tried)
    ports.set(target, (ports.get(target) ?? 0) + 1)
    hosts.set(port, (hosts.get(port) ?? 0) + 1)
  }
  const filter = `${addressFilter(address)} and tcp.flags.syn eq 1`
  const vertical = [...ports]
    .filter(([, count]) => count >= SCAN_PORTS)
    .map(([target, count]) => captureFinding('port-scan', { address, target, count }, filter))
  const horizontal = [...hosts]
    .filter(([, count]) => count >= SCAN_HOSTS && failed.size > opened)
    .map(([port, count]) => captureFinding('port-scan', { address, port, count }, filter))
  return [...vertical, ...horizontal]
}
