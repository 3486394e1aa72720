/**
 * `finwait show`: one connection as text. What it was, the ladder diagram, the two timelines, what is wrong with it.
 */
import { byText, closedText, durationSeconds, endpointText, nameText } from './connection-words.ts'
import { escapeTerminal } from './escape.ts'
import { FindingsDigest } from './findings-digest.ts'
import { findingLines, wrapped } from './findings-text.ts'
import type { ReportOptions } from './format.ts'
import { frameText } from './frames-text.ts'
import { glyphs, ladderLines, relativeTime } from './ladder.ts'
import type { ConnectionReport, LadderSegment, ShowReport, TimeWaitReport } from './model.ts'
import { counted, listed, printable } from './text.ts'
import { clockTime, duration } from './time.ts'
import { timelineLines } from './timelines.ts'

/** The whole text, ended by a line break. */
export function showText(report: ShowReport, options: ReportOptions): string {
  const { connection } = report
  const digest = new FindingsDigest(0)
  digest.addConnection(connection)
  const parts = [
    headLines(connection, options),
    [...ladderLines(report, options), '', ...legendLines(report, options)],
    ...timelineLines(connection, options),
    connection.timeWait.flatMap((timeWait) => wrapped(timeWaitText(timeWait, connection), 0, options)),
    findingLines(digest, options),
  ]
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return printable(`${text.join('\n\n')}\n`, options.unicode)
}

function headLines(connection: ConnectionReport, options: ReportOptions): string[] {
  const { client, server, open, close, traffic, use, wireshark, zeek, path } = connection
  const title = `Connection ${connection.connection}: ${endpointText(client)} to ${endpointText(server)}`
  const rtt = open.rtt === null ? '' : ` in ${duration(open.rtt)}`
  const facts = [
    `opened: ${open.kind}${rtt}`,
    `closed: ${[closedText(connection), byText(connection)].join(' ').trimEnd()}`,
    `lasted ${duration(durationSeconds(connection))} from ${clockTime(connection.start)} UTC`,
  ]
  if (close.bytesAfterFin > 0) facts.push(`${counted(close.bytesAfterFin, 'byte')} after the first FIN`)
  const sent = `client sent ${counted(traffic.client.bytes, 'byte')}, server ${counted(traffic.server.bytes, 'byte')}`
  const names = [
    `tcp.stream ${connection.stream}${captureText(connection.file, options)}`,
    wireshark.text,
    `Zeek ${zeek.conn_state} ${zeek.history}`,
  ]
  const lines = wrapped(facts.join('; '), 0, options)
  lines.push(
    ...wrapped(`${sent}; ${use.length} connection${path.length > 0 ? `; in ${path.join(' / ')}` : ''}`, 0, options),
  )
  lines.push(...wrapped(names.join('; '), 0, options).map(options.palette.dim))
  const named = [client, server].map(nameText).filter((text) => text !== '')
  if (named.length > 0) lines.push(...wrapped(`${named.join('; ')} (as named in the captures)`, 0, options))
  if (connection.roles === 'assumed') lines.push('Which side is the client is assumed: the capture has no SYN.')
  return [...wrapped(title, 0, options).map(options.palette.bold), ...lines]
}

/** ` of a.pcap`, where there are several captures. */
function captureText(file: number, { files }: ReportOptions): string {
  return files.length > 1 ? ` of ${escapeTerminal(files[file] ?? '')}` : ''
}

/** Explains the marks that the diagram has, and no others. */
function legendLines({ connection, segments, omitted }: ShowReport, options: ReportOptions): string[] {
  const { proved } = glyphs(options.unicode)
  const has = new Set(connection.transitions.map(({ evidence }) => evidence))
  const meanings: string[] = []
  if (has.has('observed')) meanings.push('no mark: observed, the side sent the segment itself')
  if (has.has('proved')) meanings.push(`${proved}3: proved by frame 3, which the side could not have sent otherwise`)
  if (has.has('assumed')) meanings.push('?: assumed, nothing in the capture proves or contradicts it')
  const others = otherFiles(segments, connection.file)
  if (others.length > 0) meanings.push(`1: frame 1${captureText(connection.file, options)}`)
  for (const file of others) meanings.push(`${file}:1: frame 1${captureText(file, options)}`)
  const placed = segments.reduce((sum, segment) => sum + segment.omittedBefore, 0)
  if (omitted > placed)
    meanings.push(`not shown, because no state changed by it: ${counted(omitted - placed, 'segment')}`)
  return meanings.flatMap((meaning) => wrapped(meaning, 0, options)).map(options.palette.dim)
}

function otherFiles(segments: readonly LadderSegment[], home: number): number[] {
  return [...new Set(segments.map(({ file = home }) => file))].filter((file) => file !== home)
}

function timeWaitText(timeWait: TimeWaitReport, { start, file }: ConnectionReport): string {
  const { side, restarts, restartFrames, restartFiles, ended, endFrame, endFile, reuse } = timeWait
  const frames = restartFrames.map((frame, i) => frameText(frame, restartFiles?.[i], file))
  const again = restarts === 0 ? '' : `, started again ${counted(restarts, 'time')} by frame ${listed(frames)}`
  const by = endFrame === null ? '' : ` by frame ${frameText(endFrame, endFile ?? undefined, file)}`
  const endings: Record<TimeWaitReport['ended'], string> = {
    expired: 'ran out',
    'capture-end': 'was still running at the end of the capture',
    reused: `was ended by a new connection${by}${reuse === null ? '' : ` (RFC 6191 case ${reuse})`}`,
    assassinated: `was ended by a RST${by} (RFC 1337)`,
  }
  const from = relativeTime(start, timeWait.start)
  return `TIME-WAIT of the ${side}: from ${from} until ${relativeTime(start, timeWait.expires)}${again}; it ${endings[ended]}.`
}
