/**
 * `--format table`: what a person reads first. Connections, findings with their frames, a summary that is still on
 * the screen when ten thousand connections went by. Keeps what it shows and no more.
 */
import { type Cell, type Column, columnLines, naturalWidth, type Row } from './columns.ts'
import { byText, closedText, durationSeconds, endpointText, loudest, NOT_SEEN, stateText } from './connection-words.ts'
import { FindingsDigest } from './findings-digest.ts'
import { findingLines, wrapped } from './findings-text.ts'
import type { Format, ReportOptions } from './format.ts'
import type { ConnectionReport } from './model.ts'
import { SEVERITY_RANK, severityPaint } from './palette.ts'
import { type Candidate, Selection } from './selection.ts'
import { captureLines, summaryLines } from './summary-text.ts'
import { grouped, inAlphabet } from './text.ts'
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
        yield inAlphabet(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`, options.unicode)
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

/** The narrowest an address may get: 14 characters of it and its port. */
const ENDPOINT_MIN = 21

const NARROW: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'client', cut: 'start', min: ENDPOINT_MIN },
  { title: 'server', cut: 'start', min: ENDPOINT_MIN },
  { title: 'opened' },
  { title: 'closed' },
  { title: 'lasted', align: 'right' },
]

const WIDE: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'client', cut: 'start', min: ENDPOINT_MIN },
  { title: 'server', cut: 'start', min: ENDPOINT_MIN },
  { title: 'opened' },
  { title: 'closed' },
  { title: 'client state' },
  { title: 'server state' },
  { title: 'lasted', align: 'right' },
  { title: 'finding' },
]

/** A connection takes one line where all of it fits; elsewhere each state stands under its own side. */
function connectionLines(selection: Selection<ConnectionWords>, options: ReportOptions): string[] {
  if (selection.count === 0) return []
  const shown = selection.take()
  const wide = shown.map(wideRow)
  const isWide = options.width === null || naturalWidth(WIDE, wide) <= options.width
  const ellipsis = options.unicode ? '…' : '...'
  const lines = isWide
    ? columnLines(WIDE, wide, { ...options, ellipsis })
    : columnLines(
        NARROW,
        shown.flatMap((words) => narrowRows(words, options)),
        { ...options, ellipsis },
      )
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

function wideRow(words: ConnectionWords): Row {
  const { number, client, server, opened, closed, by, clientState, serverState, lasted, finding } = words
  const cells = texts(String(number), client, server, opened, `${closed} ${by}`, clientState, serverState, lasted)
  return [...cells, finding]
}

function narrowRows(words: ConnectionWords, { palette }: ReportOptions): Row[] {
  const { number, client, server, opened, closed, by, clientState, serverState, lasted, finding } = words
  const rows: Row[] = [
    texts(String(number), client, server, opened, closed, lasted),
    texts('', clientState, serverState, '', by, '').map((cell) => ({ ...cell, paint: palette.dim })),
  ]
  if (finding.text !== '') rows.push([{ text: '' }, { ...finding, span: 5 }])
  return rows
}

function texts(...values: string[]): Cell[] {
  return values.map((text) => ({ text }))
}
