/**
 * `--format markdown`: for a comment on a pull request. What is wrong comes first; every text from a capture is
 * escaped for GitHub and GitLab.
 */
import {
  byText,
  closedText,
  durationSeconds,
  endpointText,
  findingText,
  loudest,
  stateText,
} from './connection-words.ts'
import { escapeMarkdown } from './escape.ts'
import { type FindingCase, type FindingGroup, FindingsDigest, untoldText } from './findings-digest.ts'
import type { Format, ReportEnd } from './format.ts'
import { framesText } from './frames-text.ts'
import type { ConnectionReport } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'
import { passOver } from './pass-over.ts'
import { type Candidate, Selection } from './selection.ts'
import { countsText, findingCounts } from './summary-text.ts'
import { counted, grouped, printable } from './text.ts'
import { duration } from './time.ts'

interface ConnectionLine extends Candidate {
  line: string
}

export const markdown: Format = {
  purpose: 'for a comment on a pull request',
  begin({ limit, files }) {
    const selection = new Selection<ConnectionLine>(limit)
    const digest = new FindingsDigest(limit)
    return {
      connection(connection) {
        const first = loudest(connection.findings)
        const rank = first === null ? -1 : SEVERITY_RANK[first.severity]
        selection.offer({ number: connection.connection, rank, line: connectionLine(connection) })
        digest.addConnection(connection)
        return ''
      },
      passOver: passOver(selection, digest),
      *end(rest) {
        digest.addCapture(rest.findings)
        yield printable(`${headLines(rest, digest).join('\n')}\n`, true)
        yield findingsTable(digest.groups('note'), files.map(escapeMarkdown))
        yield connectionsTable(selection)
      },
    }
  },
}

function headLines({ captures, summary }: ReportEnd, digest: FindingsDigest): string[] {
  const lines = [`**finwait: ${counted(summary.connections, 'connection')}, findings: ${findingCounts(digest)}**`, '']
  for (const capture of captures) {
    lines.push(`- ${escapeMarkdown(capture.file)}: ${counted(capture.packets, 'packet')}`)
    for (const warning of capture.warnings) lines.push(`  - ${escapeMarkdown(warning.message)}`)
  }
  const opened = countsText(summary.open)
  const closed = countsText(summary.close)
  if (opened !== '') lines.push('', `Opened: ${opened}. Closed: ${closed}.`)
  return lines
}

/** `files`: names of the captures, escaped. */
function findingsTable(groups: readonly FindingGroup[], files: readonly string[]): string {
  if (groups.length === 0) return ''
  const rows = groups.flatMap((group) => {
    const untold = untoldText(group)
    const rest = untold === '' ? [] : [row([group.severity, escapeMarkdown(group.code), '', '', `also ${untold}`])]
    return [...group.cases.slice(0, group.told).map((found) => findingRow(found, files)), ...rest]
  })
  return section('Findings', ['severity', 'finding', 'connection', 'frames', 'what'], rows)
}

function findingRow({ connection, finding }: FindingCase, files: readonly string[]): string {
  return row([
    finding.severity,
    escapeMarkdown(finding.code),
    connection === null ? '' : `${connection}${finding.side === null ? '' : ` ${finding.side}`}`,
    framesText(finding, null, files),
    `${escapeMarkdown(finding.message)} (${escapeMarkdown(finding.ref)})`,
  ])
}

function connectionLine(connection: ConnectionReport): string {
  return row([
    String(connection.connection),
    escapeMarkdown(endpointText(connection.client)),
    escapeMarkdown(endpointText(connection.server)),
    connection.open.kind,
    `${closedText(connection)} ${byText(connection)}`.trimEnd(),
    stateText(connection.client),
    stateText(connection.server),
    duration(durationSeconds(connection)),
    escapeMarkdown(findingText(connection.findings)),
  ])
}

function connectionsTable(selection: Selection<ConnectionLine>): string {
  if (selection.count === 0) return ''
  const shown = selection.take()
  const titles = ['#', 'client', 'server', 'opened', 'closed', 'client state', 'server state', 'lasted', 'finding']
  const more = selection.count - shown.length
  const lines = shown.map(({ line }) => line)
  return section('Connections', titles, lines) + (more > 0 ? `\n… ${grouped(more)} more.\n` : '')
}

function section(title: string, titles: readonly string[], rows: readonly string[]): string {
  return ['', `### ${title}`, '', row(titles), row(titles.map(() => '---')), ...rows, ''].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
