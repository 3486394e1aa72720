/**
 * What is measured: each case is a capture, and the tools that read it.
 */
import type { ContainerName } from './capture-writer.ts'
import type { Kind } from './captures.ts'
import type { Cost } from './measure.ts'

export interface Case {
  /** As `--only` names it. */
  name: string
  kind: Kind
  connections: number
  container: ContainerName
  isGzip: boolean
  /** `peers`: all tools, side by side. Otherwise which chart it is for, with finwait and tcpdump only. */
  shows: 'peers' | 'size' | 'connections' | 'start'
}

const PLAIN = { container: 'pcap', isGzip: false, shows: 'peers' } as const
/** About 2.2 GB, so that a hundredth of a share of it is 20 MB. */
const WEB = 35_000
const SIZES = [1, 10, 100, 1000]
const MEGABYTES_OF_WEB = 2_200
const OPEN_AT_ONCE = [1_000, 10_000, 100_000, 1_000_000, 5_000_000]

export const CASES: readonly Case[] = [
  { ...PLAIN, name: 'web', kind: 'web', connections: WEB },
  { ...PLAIN, name: 'small', kind: 'small', connections: 1_000_000 },
  { ...PLAIN, name: 'flood', kind: 'flood', connections: 5_000_000 },
  { ...PLAIN, name: 'few', kind: 'few', connections: 100 },
  { ...PLAIN, name: 'web.pcapng', kind: 'web', connections: WEB, container: 'pcapng' },
  { ...PLAIN, name: 'small.pcapng', kind: 'small', connections: 300_000, container: 'pcapng' },
  { ...PLAIN, name: 'web.gz', kind: 'web', connections: WEB / 10, isGzip: true },
  { ...PLAIN, name: 'small.gz', kind: 'small', connections: 300_000, isGzip: true },
  { ...PLAIN, name: 'start', kind: 'small', connections: 1, shows: 'start' },
  ...SIZES.map((megabytes) => ({
    ...PLAIN,
    name: `web-${megabytes}-MB`,
    kind: 'web' as const,
    connections: Math.round((WEB * megabytes) / MEGABYTES_OF_WEB),
    shows: 'size' as const,
  })),
  ...OPEN_AT_ONCE.map((connections) => ({
    ...PLAIN,
    name: `open-${connections}`,
    kind: 'open' as const,
    connections,
    shows: 'connections' as const,
  })),
]

/** What came out of a case. */
export interface Result {
  name: string
  connections: number
  packets: number
  bytes: number
  date: string
  machine: string
  /** By name of the tool. */
  versions: Record<string, string>
  /** Each round has what each tool took; tools that are slow, or failed, are in the first only, or in none. */
  rounds: Record<string, Cost>[]
}
