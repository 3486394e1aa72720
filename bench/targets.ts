/**
 * What finwait wants to be, in ratios that hold on other machines, too: each is of two tools on one capture.
 */
import type { Result } from './cases.ts'
import { type Cost, median } from './measure.ts'
import { FINWAIT, GZIP, PCAPPLUSPLUS, TCPDUMP } from './peers.ts'

interface Target {
  /** Name of the case. */
  name: string
  what: string
  limit: number
  value(result: Result): number | null
}

export const TARGETS: readonly Target[] = [
  atMost('web', 1.15, TCPDUMP),
  atMost('web', 0.35, PCAPPLUSPLUS),
  atMost('web', 0.37, 'tcptrace'),
  atMost('web', 1 / 23, 'tshark conv'),
  atMost('web', 1 / 65, 'tshark fields'),
  {
    name: 'web',
    what: 'megabytes of memory at most',
    limit: 100,
    value: (result) => medianOf(result, FINWAIT.name, 'peakMegabytes'),
  },
  atMost('small', 2, TCPDUMP),
  atMost('small', 0.35, PCAPPLUSPLUS),
  atMost('small', 1 / 17, 'tcptrace'),
  atMost('flood', 6, TCPDUMP),
  {
    name: 'flood',
    what: 'bytes of memory for each connection',
    limit: 150,
    value: (result) => ((medianOf(result, FINWAIT.name, 'peakMegabytes') ?? Number.NaN) * 1e6) / result.connections,
  },
  atMost('web.gz', 1.05, GZIP),
  atMost('small.gz', 1.05, GZIP),
]

function atMost(name: string, limit: number, peer: string): Target {
  return { name, what: `CPU time of ${peer}`, limit, value: (result) => ratio(result, FINWAIT.name, peer) }
}

/** Median over the rounds that have the tool; null when none has. */
export function medianOf({ rounds }: Result, tool: string, of: keyof Cost): number | null {
  const values = rounds.flatMap((costs) => costs[tool]?.[of] ?? [])
  return values.length === 0 ? null : median(values)
}

/** CPU time of a tool in that of another of the same round, median of the rounds; null when no round has both. */
export function ratio({ rounds }: Result, tool: string, peer: string): number | null {
  const ratios = rounds.flatMap(({ [tool]: a, [peer]: b }) => (a && b ? [a.cpuSeconds / b.cpuSeconds] : []))
  return ratios.length === 0 ? null : median(ratios)
}
