/**
 * What each client tried in vain, of which much is a port scan. What is kept is bounded: of clients, those seen last.
 */
import type { FindingReport } from '../report/model.ts'
import { SERVER } from '../tcp/timeline.ts'
import { ADDRESS_WORDS, CLIENT_AT, type Parties, SERVER_AT } from './address-table.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import { RecentTable } from './recent-table.ts'
import { type SocketKey, socketKey, socketOfKey } from './socket-key.ts'

/** Thresholds of Zeek's scan detection (scan.zeek): ports of one host, and hosts on one port. */
const SCAN_PORTS = 15
const SCAN_HOSTS = 25

/**
 * Counts of a client: connections that opened; what it tried in vain: nothing (0), one port of a server (`ONE`), or
 * several, and then in which of `Scans.targets` they are.
 */
const OPENED = 0
const TRIED = 1
const ONE = 1
/** The one: its port, its address. */
const TARGET_PORT = 2
const TARGET = 3
const COUNTS = TARGET + ADDRESS_WORDS

export class Scans {
  private readonly maximum: number
  private readonly clients: RecentTable
  /** By number: ports of servers, where they are several. A set of each client costs 200 bytes. */
  private readonly targets: Map<number, Set<SocketKey>> = new Map()
  private nextTargets = ONE + 1
  private untold = 0

  /** `maximum`: clients remembered, and targets of one. */
  constructor(seed: number, maximum: number) {
    this.maximum = maximum
    this.clients = new RecentTable(seed, 1, COUNTS, maximum, (words, at) => this.targets.delete(words[at + TRIED]!))
  }

  /** Clients and targets that were too many to be remembered. */
  get forgotten(): number {
    return this.clients.forgotten + this.untold
  }

  add(parties: Parties, isFailed: boolean): void {
    const at = this.clients.use(parties, CLIENT_AT, 0)
    const { words } = this.clients
    if (!isFailed) words[at + OPENED]!++
    else if (words[at + TRIED] === 0) addFirst(words, at, parties)
    else if (words[at + TRIED] !== ONE || !isFirst(words, at, parties)) this.addFurther(words, at, parties)
  }

  private addFurther(words: Int32Array, at: number, { family, addresses, ports }: Parties): void {
    if (words[at + TRIED] === ONE) {
      words[at + TRIED] = this.nextTargets++
      const first = socketKey(family, words, at + TARGET, words[at + TARGET_PORT]!)
      this.targets.set(words[at + TRIED]!, new Set([first]))
    }
    const targets = this.targets.get(words[at + TRIED]!)!
    const target = socketKey(family, addresses, SERVER_AT, ports[SERVER])
    if (targets.size < this.maximum) targets.add(target)
    else if (!targets.has(target)) this.untold++
  }

  findings(): FindingReport[] {
    const found: FindingReport[] = []
    for (const { table, row, words, at } of this.clients.rows()) {
      const targets = this.targets.get(words[at + TRIED]!)
      if (targets && targets.size >= SCAN_PORTS)
        found.push(...scansOf(table.addressOf(row), words[at + OPENED]!, targets))
    }
    return found
  }
}

function addFirst(words: Int32Array, at: number, { addresses, ports }: Parties): void {
  words[at + TRIED] = ONE
  words[at + TARGET_PORT] = ports[SERVER]
  for (let i = 0; i < ADDRESS_WORDS; i++) words[at + TARGET + i] = addresses[SERVER_AT + i]!
}

function isFirst(words: Int32Array, at: number, { family, addresses, ports }: Parties): boolean {
  if (words[at + TARGET_PORT] !== ports[SERVER]) return false
  const length = family === 4 ? 1 : ADDRESS_WORDS
  for (let i = 0; i < length; i++) if (words[at + TARGET + i] !== addresses[SERVER_AT + i]) return false
  return true
}

/** Many ports of one host, or one port of many hosts; the latter only when most of what the client opens fails. */
function scansOf(address: string, opened: number, targets: ReadonlySet<SocketKey>): FindingReport[] {
  const ports = new Map<string, number>()
  const hosts = new Map<string, number>()
  for (const tried of targets) {
    const { address: target, port } = socketOfKey(tried)
    ports.set(target, (ports.get(target) ?? 0) + 1)
    hosts.set(port, (hosts.get(port) ?? 0) + 1)
  }
  const filter = `${addressFilter(address)} and tcp.flags.syn eq 1`
  const vertical = [...ports]
    .filter(([, count]) => count >= SCAN_PORTS)
    .map(([target, count]) => captureFinding('port-scan', { address, target, count }, filter))
  const horizontal = [...hosts]
    .filter(([, count]) => count >= SCAN_HOSTS && targets.size > opened)
    .map(([port, count]) => captureFinding('port-scan', { address, port, count }, filter))
  return [...vertical, ...horizontal]
}
