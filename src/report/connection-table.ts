/**
 * The connections of the table: in one line each where the terminal is wide enough, else with each state under its
 * side, else with the server under the client.
 */
import type { Severity } from '../findings/finding.ts'
import { type Cell, type Column, canFit, columnLines, naturalWidth, type Row } from './columns.ts'
import {
  byText,
  closedText,
  durationSeconds,
  endpointText,
  findingText,
  loudest,
  NOT_SEEN,
  stateText,
} from './connection-words.ts'
import { escapeTerminal } from './escape.ts'
import { wrapped } from './findings-text.ts'
import type { ReportOptions } from './format.ts'
import type { ConnectionReport } from './model.ts'
import { type Palette, SEVERITY_RANK, severityPaint } from './palette.ts'
import type { Candidate, Selection } from './selection.ts'
import { grouped } from './text.ts'
import { duration } from './time.ts'

/** The words for one connection, kept instead of the whole report on it. */
export interface ConnectionWords extends Candidate {
  client: string
  server: string
  clientState: string
  serverState: string
  opened: string
  closed: string
  by: string
  isAssumed: boolean
  lasted: string
  /** The loudest, and how many more; empty when there is none but chat. */
  finding: string
  severity: Severity
  /** Where it was first seen; empty with one capture only. */
  capture: string
}

export function connectionWords(connection: ConnectionReport, { files }: ReportOptions): ConnectionWords {
  const first = loudest(connection.findings)
  return {
    number: connection.connection,
    rank: first === null ? -1 : SEVERITY_RANK[first.severity],
    client: endpointText(connection.client),
    server: endpointText(connection.server),
    clientState: stateText(connection.client),
    serverState: stateText(connection.server),
    opened: connection.open.kind,
    closed: closedText(connection),
    by: byText(connection),
    isAssumed: connection.roles === 'assumed',
    lasted: duration(durationSeconds(connection)),
    finding: findingText(connection.findings),
    severity: first?.severity ?? 'chat',
    capture: files.length > 1 ? escapeTerminal(files[connection.file] ?? '') : '',
  }
}

/** A way to lay connections out. Addresses lose their beginning, and no more of them than this leaves. */
interface Layout {
  columns: readonly Column[]
  rows(words: ConnectionWords, options: ReportOptions): Row[]
}

const ENDPOINT = { cut: 'start', min: 17 } as const

/** One line a connection. */
const WIDE: Layout = {
  columns: [
    { title: '#', align: 'right' },
    { title: 'client', ...ENDPOINT },
    { title: 'server', ...ENDPOINT },
    { title: 'opened' },
    { title: 'closed' },
    { title: 'client state' },
    { title: 'server state' },
    { title: 'lasted', align: 'right' },
    { title: 'finding' },
    { title: 'capture' },
  ],
  rows(words, { palette }) {
    const { number, client, server, opened, closed, by, clientState, serverState, lasted, finding, capture } = words
    const closing = `${closed} ${by}`.trimEnd()
    return [
      [
        ...texts(String(number), client, server, opened, closing, clientState, serverState, lasted),
        { text: finding, paint: severityPaint(palette, words.severity) },
        { text: capture, paint: palette.dim },
      ],
    ]
  },
}

/** Each state under its own side. */
const NARROW: Layout = {
  columns: [
    { title: '#', align: 'right' },
    { title: 'client', ...ENDPOINT },
    { title: 'server', ...ENDPOINT },
    { title: 'opened' },
    { title: 'closed' },
    { title: 'lasted', align: 'right' },
  ],
  rows(words, { palette }) {
    const { number, client, server, opened, closed, by, clientState, serverState, lasted } = words
    return [
      texts(String(number), client, server, opened, closed, lasted),
      texts('', clientState, serverState, '', by, '').map((cell) => ({ ...cell, paint: palette.dim })),
      ...remarkRows(words, 5, palette),
    ]
  },
}

/** The server under the client. */
const STACKED: Layout = {
  columns: [
    { title: '#', align: 'right' },
    { title: 'client, server', ...ENDPOINT },
    { title: 'state' },
    { title: 'opened, closed', min: 22 },
  ],
  rows(words, { palette }) {
    const { number, client, server, opened, closed, by, clientState, serverState, lasted } = words
    return [
      texts(String(number), client, clientState, `${opened}, ${lasted}`),
      texts('', server, serverState, `${closed} ${by}`.trimEnd()),
      ...remarkRows(words, 3, palette),
    ]
  },
}

/** What there is to say below the states, over `span` columns: the capture, the finding. */
function remarkRows({ finding, severity, capture }: ConnectionWords, span: number, palette: Palette): Row[] {
  const rows: Row[] = []
  if (capture !== '') rows.push([{ text: '' }, { text: capture, paint: palette.dim, span }])
  if (finding !== '') rows.push([{ text: '' }, { text: finding, paint: severityPaint(palette, severity), span }])
  return rows
}

/** Empty when there is no connection. */
export function connectionLines(selection: Selection<ConnectionWords>, options: ReportOptions): string[] {
  if (selection.count === 0) return []
  const shown = selection.take()
  const ellipsis = options.unicode ? '…' : '...'
  const lines = layOut(shown, options, ellipsis)
  lines.push(...legendLines(shown, options))
  const more = selection.count - shown.length
  if (more > 0) {
    const order = shown.some(({ rank }) => rank >= SEVERITY_RANK.warn)
      ? '; those with warnings and errors come first'
      : ''
    const said = `${ellipsis} ${grouped(more)} more: --limit 0, --filter, or --format ndjson${order}`
    lines.push(...wrapped(said, 0, options).map(options.palette.dim))
  }
  return lines
}

/** In the widest layout that the terminal has room for; addresses are cut only where no layout fits without. */
function layOut(shown: readonly ConnectionWords[], options: ReportOptions, ellipsis: string): string[] {
  const { width } = options
  const inLayout = (layout: Layout) => {
    const rows = shown.flatMap((words) => layout.rows(words, options))
    return withoutEmpty(layout.columns, rows)
  }
  const wide = inLayout(WIDE)
  if (width === null || naturalWidth(wide.columns, wide.rows) <= width) {
    return columnLines(wide.columns, wide.rows, { ...options, ellipsis })
  }
  const narrow = inLayout(NARROW)
  const { columns, rows } = canFit(narrow.columns, narrow.rows, width) ? narrow : inLayout(STACKED)
  return columnLines(columns, rows, { ...options, ellipsis })
}

/** Leaves out the last columns while nothing is in them. */
function withoutEmpty(columns: readonly Column[], rows: readonly Row[]): { columns: readonly Column[]; rows: Row[] } {
  let count = columns.length
  while (count > 1 && rows.every((row) => row.length < count || row[count - 1]!.text === '')) count--
  return { columns: columns.slice(0, count), rows: rows.map((row) => row.slice(0, count)) }
}

/** Explains only what is there. */
function legendLines(shown: readonly ConnectionWords[], options: ReportOptions): string[] {
  const lines: string[] = []
  if (shown.some(({ isAssumed }) => isAssumed)) {
    lines.push('mid-stream: the capture began later than the connection; which side is the client is assumed')
  }
  if (shown.some(({ clientState, serverState }) => clientState === NOT_SEEN || serverState === NOT_SEEN)) {
    lines.push(`${NOT_SEEN}: the capture says nothing of the state of that side`)
  }
  return lines.flatMap((line) => wrapped(line, 0, options)).map(options.palette.dim)
}

function texts(...values: string[]): Cell[] {
  return values.map((text) => ({ text }))
}
