/**
 * Sockets that are stuck in CLOSE-WAIT, by the program that does not close them.
 */
import type { Story } from '../findings/finding.ts'
import type { ConnectionReport, EndpointReport, FindingReport } from '../report/model.ts'
import { SERVER, SIDE_NAMES, type Side, type SideName } from '../tcp/timeline.ts'
import { addressFilter, captureFinding } from './capture-finding.ts'
import { cited, type Run } from './citation.ts'

/**
 * Sockets stuck in CLOSE-WAIT of one program that are a leak. Ordinary captures show one or two; a browser keeps six
 * connections to a server, and may leave them to it.
 */
const LEAK = { client: 10, server: 5 } as const

interface Leak {
  side: SideName
  address: string
  where: string
  count: number
  seconds: number
  frames: number[]
}

export class Leaks {
  private readonly leaks: Map<string, Leak> = new Map()
  private readonly maxExamples: number

  constructor(maxExamples: number) {
    this.maxExamples = maxExamples
  }

  /** A socket of `side` that is stuck. */
  add(report: ConnectionReport, { timeline, endNs }: Story, side: Side): void {
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

  findings(run: Run): FindingReport[] {
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
}

function textOf({ address, port }: EndpointReport): string {
  return `${address} port ${port}`
}
