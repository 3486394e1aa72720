/**
 * The columns of the live table: what they show of a connection and how they sort.
 */
import { SEVERITY_RANK } from '../../report/palette.ts'
import { duration } from '../../report/time.ts'
import { STATES } from '../../tcp/states.ts'
import { CLIENT, SERVER } from '../../tcp/timeline.ts'
import type { Watched } from '../watched.ts'

/** A connection as it is shown: with what is not known to whoever judged it. */
export interface Row extends Watched {
  bytes: number
  /** Since either side changed its state. */
  ageSeconds: number
}

export interface ScreenColumn {
  title: string
  /** A narrower screen does without it. */
  from?: number
  align: 'left' | 'right'
  text(row: Row): string
  /** Orders rows as the key of the column does at first: what one looks for is on top. */
  compare(a: Row, b: Row): number
}

const NOTHING = '-'
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

const descending =
  (value: (row: Row) => number) =>
  (a: Row, b: Row): number =>
    value(b) - value(a)

export const COLUMNS: readonly ScreenColumn[] = [
  {
    title: '#',
    align: 'right',
    text: ({ connection }) => String(connection),
    compare: descending((row) => row.connection),
  },
  {
    title: 'client',
    align: 'left',
    text: ({ client }) => endpoint(client),
    compare: (a, b) => compareText(endpoint(a.client), endpoint(b.client)),
  },
  {
    title: 'server',
    align: 'left',
    text: ({ server }) => endpoint(server),
    compare: (a, b) => compareText(endpoint(a.server), endpoint(b.server)),
  },
  stateColumn('client state', CLIENT),
  stateColumn('server state', SERVER),
  {
    title: 'age',
    align: 'right',
    text: ({ ageSeconds }) => age(ageSeconds),
    compare: descending((row) => row.ageSeconds),
  },
  {
    title: 'rtt',
    from: 110,
    align: 'right',
    text: ({ roundTripNs }) => (roundTripNs === null || roundTripNs < 0 ? NOTHING : duration(roundTripNs / 1e9)),
    compare: descending((row) => row.roundTripNs ?? -1),
  },
  {
    title: 'bytes',
    from: 100,
    align: 'right',
    text: ({ bytes }) => amount(bytes),
    compare: descending((row) => row.bytes),
  },
  {
    title: 'findings',
    from: 90,
    align: 'left',
    text: findingsText,
    compare: (a, b) => loudness(b) - loudness(a) || b.findings.size - a.findings.size,
  },
]

function stateColumn(title: string, side: 0 | 1): ScreenColumn {
  const rank = (row: Row) => STATES.indexOf(row.states[side] ?? 'CLOSED')
  return { title, align: 'left', text: (row) => row.states[side] ?? NOTHING, compare: (a, b) => rank(a) - rank(b) }
}

function endpoint({ address, port }: Row['client']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whole seconds, so that a column of them keeps still. */
function age(seconds: number): string {
  return seconds < 1 ? '<1 s' : duration(Math.floor(seconds)).replace(/\.\d+/, '')
}

/** `1.2 MB`. */
function amount(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`
}

/** The loudest by name; how many more. */
function findingsText({ findings }: Row): string {
  const [first, ...others] = [...findings.values()].sort(
    (a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity],
  )
  if (first === undefined) return ''
  return others.length === 0 ? first.code : `${first.code} +${others.length}`
}

/** Of the loudest finding; -1 without any. */
function loudness({ findings }: Pick<Row, 'findings'>): number {
  let loudest = -1
  for (const { severity } of findings.values()) loudest = Math.max(loudest, SEVERITY_RANK[severity])
  return loudest
}
