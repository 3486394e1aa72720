/**
 * `--format table`: what a person reads first. Connections, findings with their frames, a summary that is still on
 * the screen when ten thousand connections went by. Keeps what it shows and no more.
 */
import { type Cell, type Column, canFit, columnLines, naturalWidth, type Row } from './columns.ts'
import { byText, closedText, durationSeconds, endpointText, loudest, NOT_SEEN, stateText } from './connection-words.ts'
import { FindingsDigest } from './findings-digest.ts'
import { findingLines, wrapped } from './findings-text.ts'
import type { Format, ReportOptions } from './format.ts'
import type { ConnectionReport } from './model.ts'
import { SEVERITY_RANK, severityPaint } from './palette.ts'
import { type Candidate, Selection } from './selection.ts'
import { captureLines, summaryLines } from './summary-text.ts'
import { grouped, printable } from './text.ts'
import { duration } from './time.ts'

/** The words for one connection, kept instead of the whole report on it. */
interface ConnectionWords extends Candidate {
  client: string
  server: string
  clientState: string
  serverState: string
  opened: string
  closed: string
  by: string
  isAssumed: boolean
  lasted: string
  finding: Cell
}

export const table: Format = {
  purpose: 'for reading',
  begin(options) {
    const selection = new Selection<ConnectionWords>(options.limit)
    const digest = new FindingsDigest(options.limit)
    return {
      connection(connection) {
        selection.offer(connectionWords(connection, options))
        for (const finding of connection.findings) digest.add(connection.connection, finding)
        return ''
      },
      *end(rest, notSelected) {
        for (const finding of rest.findings) digest.add(null, finding)
        const blocks = [
          captureLines(rest, options),
          connectionLines(selection, options),
          findingLines(digest, options),
          summaryLines(rest, notSelected, digest, selection.loudest(), options),
        ].filter((lines) => lines.length > 0)
        yield printable(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`, options.unicode)
      },
    }
  },
}

function connectionWords(connection: ConnectionReport, { palette }: ReportOptions): ConnectionWords {
  const { findings } = connection
  const first = loudest(findings)
  const others = findings.length > 1 ? `, ${findings.length - 1} more` : ''
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
    finding:
      first === null
        ? { text: '' }
        : { text: `${first.severity}: ${first.code}${others}`, paint: severityPaint(palette, first.severity) },
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
  ],
  rows({ number, client, server, opened, closed, by, clientState, serverState, lasted, finding }) {
    const closing = `${closed} ${by}`.trimEnd()
    return [[...texts(String(number), client, server, opened, closing, clientState, serverState, lasted), finding]]
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
  rows({ number, client, server, opened, closed, by, clientState, serverState, lasted, finding }, { palette }) {
    return [
      texts(String(number), client, server, opened, closed, lasted),
      texts('', clientState, serverState, '', by, '').map((cell) => ({ ...cell, paint: palette.dim })),
      ...(finding.text === '' ? [] : [[{ text: '' }, { ...finding, span: 5 }]]),
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
  rows({ number, client, server, opened, closed, by, clientState, serverState, lasted, finding }) {
    return [
      texts(String(number), client, clientState, `${opened}, ${lasted}`),
      texts('', server, serverState, `${closed} ${by}`.trimEnd()),
      ...(finding.text === '' ? [] : [[{ text: '' }, { ...finding, span: 3 }]]),
    ]
  },
}

function connectionLines(selection: Selection<ConnectionWords>, options: ReportOptions): string[] {
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
  const rowsIn = (layout: Layout) => shown.flatMap((words) => layout.rows(words, options))
  const wide = rowsIn(WIDE)
  if (width === null || naturalWidth(WIDE.columns, wide) <= width) {
    return columnLines(WIDE.columns, wide, { ...options, ellipsis })
  }
  const narrow = rowsIn(NARROW)
  return canFit(NARROW.columns, narrow, width)
    ? columnLines(NARROW.columns, narrow, { ...options, ellipsis })
    : columnLines(STACKED.columns, rowsIn(STACKED), { ...options, ellipsis })
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
