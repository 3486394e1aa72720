/**
 * The findings of a run as text: by code, loudest first; what is wrong, where, in which frames, and how to see it in
 * Wireshark.
 */
import { escapeTerminal } from './escape.ts'
import { type FindingCase, type FindingGroup, type FindingsDigest, untoldText } from './findings-digest.ts'
import type { ReportOptions } from './format.ts'
import { framesText } from './frames-text.ts'
import { severityPaint } from './palette.ts'
import { grouped, wrap } from './text.ts'

/** Empty when there is nothing to say. Findings of severity `chat` are only counted, in the summary. */
export function findingLines(digest: FindingsDigest, options: ReportOptions): string[] {
  const groups = digest.groups('note')
  if (groups.length === 0) return []
  const lines = [options.palette.bold('Findings')]
  for (const group of groups) lines.push('', ...groupLines(group, options))
  return lines
}

function groupLines(group: FindingGroup, options: ReportOptions): string[] {
  const { palette } = options
  const times = group.count === 1 ? '' : ` × ${grouped(group.count)}`
  const severity = severityPaint(palette, group.severity)(group.severity)
  const lines = [`${severity}  ${palette.bold(group.code)}${times}  ${palette.dim(escapeTerminal(group.ref))}`]
  for (const found of group.cases.slice(0, group.told)) lines.push(...caseLines(found, options))
  const untold = untoldText(group)
  if (untold !== '') {
    const said = `also ${untold}: --limit 0, or --filter finding=${group.code}`
    lines.push(...wrapped(said, 2, options).map(palette.dim))
  }
  return lines
}

function caseLines(found: FindingCase, options: ReportOptions): string[] {
  const { finding } = found
  const lines = wrapped(`${whereText(found, options)}${escapeTerminal(finding.message)}`, 2, options)
  const evidence: string[] = []
  if (finding.frames.length > 0) {
    const names = options.files.map(escapeTerminal)
    evidence.push(`${finding.frames.length === 1 ? 'frame' : 'frames'} ${framesText(finding, found.file, names)}`)
  }
  if (finding.filter !== '') evidence.push(`Wireshark${filterFile(found, options)}: ${escapeTerminal(finding.filter)}`)
  const oneLine = evidence.join('  ')
  const fits = options.width === null || oneLine.length + 4 <= options.width
  const parts = fits ? [oneLine] : evidence
  for (const part of parts.filter((text) => text !== ''))
    lines.push(...wrapped(part, 4, options).map(options.palette.dim))
  return lines
}

/** Which capture the filter is for, where the reader cannot know: ` in b.pcap`. */
function filterFile({ finding, file }: FindingCase, { files }: ReportOptions): string {
  const first = finding.files?.[0]
  return first === undefined || first === file ? '' : ` in ${escapeTerminal(files[first] ?? '')}`
}

/** `connection 5, server: `; with several captures also in which, because each numbers its own frames. */
function whereText({ connection, file, finding }: FindingCase, { files }: ReportOptions): string {
  if (connection === null) return ''
  const side = finding.side === null ? '' : `, ${finding.side}`
  const capture = files.length > 1 && file !== null ? ` in ${escapeTerminal(files[file] ?? '')}` : ''
  return `connection ${connection}${capture}${side}: `
}

/** The text, each of its lines indented, none wider than the terminal. */
export function wrapped(text: string, indent: number, { width }: Pick<ReportOptions, 'width'>): string[] {
  const room = width === null ? Number.POSITIVE_INFINITY : Math.max(20, width - indent)
  return wrap(text, room).map((line) => ' '.repeat(indent) + line)
}
