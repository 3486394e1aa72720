/**
 * What the captures were and what was in them, in a few lines: the head and the foot of the table.
 */

import type { Severity } from '../findings/finding.ts'
import { escapeTerminal } from './escape.ts'
import type { FindingsDigest } from './findings-digest.ts'
import { wrapped } from './findings-text.ts'
import type { ReportEnd, ReportOptions } from './format.ts'
import type { CaptureReport, HostReport } from './model.ts'
import { SEVERITY_RANK, severityPaint } from './palette.ts'
import { sparkline } from './sparkline.ts'
import { counted, grouped, NO_BREAK, truncate } from './text.ts'
import { clockTime, duration, secondsBetween } from './time.ts'

/** Captures and hosts named at most; the rest are counted. */
const CAPTURES_SHOWN = 5
const HOSTS_SHOWN = 3
const PATHS_SHOWN = 3

/** One line a capture: its name, what it is, how much, when. */
export function captureLines({ captures }: ReportEnd, options: ReportOptions): string[] {
  const lines = captures.slice(0, CAPTURES_SHOWN).flatMap((capture) => captureText(capture, options))
  const more = captures.length - CAPTURES_SHOWN
  return more > 0 ? [...lines, options.palette.dim(`and ${counted(more, 'capture')} more`)] : lines
}

function captureText(capture: CaptureReport, options: ReportOptions): string[] {
  const packed = capture.compression === 'none' ? capture.format : `${capture.format} in ${capture.compression}`
  const facts = [packed, capture.linkTypes.map(escapeTerminal).join(' and '), counted(capture.packets, 'packet')]
  if (capture.start !== null && capture.end !== null) {
    facts.push(
      `${duration(secondsBetween(capture.start, capture.end))} from ${clockTime(capture.start).slice(0, 19)}${NO_BREAK}UTC`,
    )
  }
  if (capture.warnings.length > 0) facts.push(counted(capture.warnings.length, 'warning'))
  const file = escapeTerminal(capture.file)
  const text = facts.filter((fact) => fact !== '').join(', ')
  const { width, palette } = options
  if (width === null || file.length + 2 + text.length <= width) return [`${palette.bold(file)}  ${text}`]
  return [palette.bold(truncate(file, width, 'start', options.unicode ? '…' : '...')), ...wrapped(text, 2, options)]
}

/** A connection and the finding that makes it the one to look at first. */
export interface FirstLook {
  number: number
  finding: string
}

const LABEL = 13

/**
 * The end of the report, so that it stays on the screen.
 *
 * @param notSelected - connections that the filter kept away
 * @param first - the connection to look at first, and why
 */
export function summaryLines(
  rest: ReportEnd,
  notSelected: number,
  digest: FindingsDigest,
  first: FirstLook | null,
  options: ReportOptions,
): string[] {
  const { summary } = rest
  const facts: [label: string, text: string][] = [
    ['packets', packetsText(rest)],
    ['connections', connectionsText(summary.connections, notSelected, options.filter)],
  ]
  if (summary.connections > 0) {
    facts.push(['opened', countsText(summary.open)], ['closed', countsText(summary.close)])
  }
  const peaks = timeWaitText(rest.hosts, options)
  if (peaks !== '') facts.push(['TIME-WAIT', peaks])
  facts.push(['findings', findingCounts(digest)])
  if (first !== null)
    facts.push(['look at', `connection ${first.number} (${first.finding})${showCommand(first.number, options)}`])
  const lines = [options.palette.bold('Summary')]
  for (const [label, text] of facts) {
    const [head, ...tail] = wrapped(text, LABEL + 2, options)
    const paint = label === 'findings' ? severityPaint(options.palette, loudestOf(digest)) : (line: string) => line
    lines.push(`  ${options.palette.dim(label.padEnd(LABEL))}${paint(head!.trimStart())}`, ...tail.map(paint))
  }
  return lines
}

function packetsText({ captures, udp }: ReportEnd): string {
  let packets = 0
  let tcp = 0
  const undecoded: CaptureReport['undecoded'] = { truncated: 0, malformed: 0, unsupported: 0, fragment: 0 }
  for (const capture of captures) {
    packets += capture.packets
    tcp += capture.tcpSegments
    for (const key of Object.keys(undecoded) as (keyof typeof undecoded)[]) undecoded[key] += capture.undecoded[key]
  }
  const parts = [counted(tcp, 'TCP segment')]
  if (udp.datagrams > 0) {
    parts.push(`${counted(udp.datagrams, 'UDP datagram')} in ${counted(udp.conversations, 'conversation')}`)
  }
  const lost = countsText(undecoded)
  if (lost !== '') parts.push(`not decoded: ${lost}`)
  const dropped = captures.reduce((sum, capture) => sum + (capture.dropped ?? 0), 0)
  if (dropped > 0) parts.push(`lost by the capturing side: ${grouped(dropped)}`)
  return `${grouped(packets)} (${parts.join('; ')})`
}

function connectionsText(selected: number, notSelected: number, filter: string | null): string {
  if (filter === null) return grouped(selected)
  return `${grouped(selected)} of ${grouped(selected + notSelected)} (--filter ${escapeTerminal(filter)})`
}

/** `990 three-way, 8 refused`: the most frequent first, those without any left out. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${grouped(count)}${NO_BREAK}${name}`)
    .join(', ')
}

/** Hosts that held the most TIME-WAITs at one moment; one alone is every connection's normal end. */
function timeWaitText(hosts: readonly HostReport[], { unicode }: ReportOptions): string {
  return hosts
    .filter((host) => host.timeWaitPeak > 1)
    .sort((a, b) => b.timeWaitPeak - a.timeWaitPeak)
    .slice(0, HOSTS_SHOWN)
    .map(({ address, timeWaitPeak, timeWaitPeakAt, timeWaitHistory }) => {
      const at = timeWaitPeakAt === null ? '' : ` (${clockTime(timeWaitPeakAt).slice(11)})`
      return `${grouped(timeWaitPeak)} at once on ${escapeTerminal(address)}${at}${overTime(timeWaitHistory, unicode)}`
    })
    .join(', ')
}

/** ` ▁▃▆█▇▅ in steps of 2 s`; nothing when it is one step. */
function overTime(history: HostReport['timeWaitHistory'], unicode: boolean): string {
  if (!history || history.most.length < 2) return ''
  const { most, stepSeconds } = history
  return ` ${sparkline(most, most.length, unicode)} in steps of ${stepSeconds}${NO_BREAK}s`
}

const SEVERITIES_LOUDEST_FIRST = (Object.keys(SEVERITY_RANK) as Severity[]).sort(
  (a, b) => SEVERITY_RANK[b] - SEVERITY_RANK[a],
)

/** `2 error, 3 warn`; `none`. */
export function findingCounts(digest: FindingsDigest): string {
  const counts = SEVERITIES_LOUDEST_FIRST.map((severity) => [severity, digest.count(severity)] as const)
  const said = counts.filter(([, count]) => count > 0).map(([severity, count]) => `${grouped(count)} ${severity}`)
  return said.length === 0 ? 'none' : said.join(', ')
}

function loudestOf(digest: FindingsDigest): Severity {
  return SEVERITIES_LOUDEST_FIRST.find((severity) => digest.count(severity) > 0) ?? 'chat'
}

/** The command that shows one connection, ready to be pasted into a shell; empty where no capture was kept. */
function showCommand(connection: number, { paths }: ReportOptions): string {
  if (paths.length === 0) return ''
  const captures = paths.length > PATHS_SHOWN ? '<captures>' : paths.map(shellWord).join(' ')
  return `: ${`finwait show ${captures} ${connection}`.replaceAll(' ', NO_BREAK)}`
}

function shellWord(text: string): string {
  const safe = escapeTerminal(text)
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}
