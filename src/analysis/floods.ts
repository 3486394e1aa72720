/**
 * Handshakes of each port that never finished, of which many in a second are a SYN flood. What is kept is bounded: of
 * ports, those used last.
 */
import type { FindingReport } from '../report/model.ts'
import { SERVER } from '../tcp/timeline.ts'
import { type Parties, SERVER_AT } from './address-table.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import { RecentTable, type Remembered } from './recent-table.ts'

/**
 * Unfinished handshakes with one port in a second. Linux keeps each for 63 s, and 4,096 of one listener (somaxconn): at
 * this rate none is left for others.
 */
const FLOOD_PER_SECOND = 65

/**
 * Counts of a port: handshakes, by their end; of those that did not finish, how many in one second, the last that came;
 * and in which of `Floods.others` other seconds are.
 */
const FINISHED = 0
const UNFINISHED = 1
const SECOND = 2
const IN_SECOND = 3
const OTHERS = 4
const COUNTS = 5
/** Seconds of a port that are told apart; of older ones only what most of them had stays. */
const MOST_SECONDS = 4096
const OLDER = Number.NaN

export class Floods {
  /** By address and port of the server. */
  private readonly ports: RecentTable
  /** By number: how many did not finish in each second, where they were several. A map of each port costs 200 bytes. */
  private readonly others: Map<number, Map<number, number>> = new Map()
  private nextOthers = 1

  /** `maximum`: ports remembered. */
  constructor(seed: number, maximum: number) {
    this.ports = new RecentTable(seed, 1, COUNTS, maximum, (words, at) => this.others.delete(words[at + OTHERS]!))
  }

  /** Ports that were too many to be remembered. */
  get forgotten(): number {
    return this.ports.forgotten
  }

  /** `isUnfinished`: the server was asked, and the handshake never finished. */
  add(parties: Parties, isUnfinished: boolean, startNs: number): void {
    const at = this.ports.use(parties, SERVER_AT, parties.ports[SERVER])
    const { words } = this.ports
    if (!isUnfinished) {
      words[at + FINISHED]!++
      return
    }
    const second = Math.floor(startNs / 1e9) | 0
    if (words[at + SECOND] !== second) this.turnTo(second, words, at)
    words[at + IN_SECOND]!++
    words[at + UNFINISHED]!++
  }

  private turnTo(second: number, words: Int32Array, at: number): void {
    if (words[at + IN_SECOND]! > 0) {
      if (words[at + OTHERS] === 0) {
        words[at + OTHERS] = this.nextOthers++
        this.others.set(words[at + OTHERS]!, new Map())
      }
      const others = this.others.get(words[at + OTHERS]!)!
      if (others.size >= MOST_SECONDS) keepMost(others)
      others.set(words[at + SECOND]!, words[at + IN_SECOND]!)
      words[at + IN_SECOND] = others.get(second) ?? 0
    }
    words[at + SECOND] = second
  }

  findings(): FindingReport[] {
    const found: FindingReport[] = []
    for (const port of this.ports.rows()) {
      const count = port.words[port.at + UNFINISHED]!
      // A busy server leaves handshakes unfinished where a capture ends, too, but fewer than it finishes.
      if (count <= port.words[port.at + FINISHED]!) continue
      const rate = this.mostInSecond(port)
      if (rate >= FLOOD_PER_SECOND) found.push(floodOf(port, count, rate))
    }
    return found
  }

  private mostInSecond({ words, at }: Remembered): number {
    let most = words[at + IN_SECOND]!
    for (const count of this.others.get(words[at + OTHERS]!)?.values() ?? []) most = Math.max(most, count)
    return most
  }
}

function keepMost(seconds: Map<number, number>): void {
  let most = 0
  for (const count of seconds.values()) most = Math.max(most, count)
  seconds.clear()
  seconds.set(OLDER, most)
}

function floodOf({ table, row }: Remembered, count: number, rate: number): FindingReport {
  const address = table.addressOf(row)
  const port = String(table.portOf(row))
  const filter = `${addressFilter(address)} and tcp.dstport eq ${port} and tcp.flags.syn eq 1 and tcp.flags.ack eq 0`
  return captureFinding('syn-flood', { address, port, count, rate }, filter)
}
