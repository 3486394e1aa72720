/**
 * The ladder diagram of one connection, in the spirit of RFC 9293 §3.5: time goes down, each side's states stand
 * outside its lifeline and only where they change, the segments go between.
 */
import type { SideName } from '../tcp/timeline.ts'
import { endpointText } from './connection-words.ts'
import { escapeTerminal } from './escape.ts'
import type { ReportOptions } from './format.ts'
import { frameText } from './frames-text.ts'
import { type LadderRow, ladderRows } from './ladder-rows.ts'
import type { ConnectionReport, LadderSegment, ShowReport, TransitionReport } from './model.ts'
import type { Paint, Palette } from './palette.ts'
import { counted, displayWidth, truncate, wrap } from './text.ts'
import { secondsBetween } from './time.ts'

export type LadderOptions = Pick<ReportOptions, 'width' | 'palette' | 'unicode'>

/** A piece of a line, coloured after it is padded. */
interface Piece {
  text: string
  paint: Paint
}

interface Glyphs {
  lifeline: string
  gap: string
  dash: string
  right: string
  left: string
  proved: string
  ellipsis: string
}

export function glyphs(unicode: boolean): Glyphs {
  return unicode
    ? { lifeline: '│', gap: '┊', dash: '─', right: '►', left: '◄', proved: '✓', ellipsis: '…' }
    : { lifeline: '|', gap: ':', dash: '-', right: '>', left: '<', proved: '+', ellipsis: '...' }
}

/** `ESTABLISHED ✓3`: proved by frame 3. `CLOSED ?`: assumed. Without a mark: observed. */
function stateMark({ to, evidence, proof }: TransitionReport, home: number, { proved }: Glyphs): string {
  if (evidence === 'observed') return to
  if (evidence === 'assumed') return `${to} ?`
  return `${to} ${proved}${proof === null ? '' : frameText(proof.frame, proof.file, home)}`
}

function rowFrame({ frame, file }: LadderRow, home: number): string {
  return frame === null ? '' : frameText(frame, file, home)
}

/** Seconds since the start of the connection, as Wireshark shows them. */
export function relativeTime(start: string, time: string): string {
  return secondsBetween(start, time).toFixed(6)
}

/** Widths of the parts of a line, in columns. */
interface Layout {
  frame: number
  /** 0: the terminal is too narrow for times. */
  time: number
  side: number
  middle: number
  gap: string
}

/** `read() fails with` is the longest piece of a socket call worth keeping on one line. */
const SIDE_MIN = 17
const SIDE_MAX = 30
/** Room for `SYN,ACK seq=0 ack=1` on an arrow. */
const MIDDLE_MIN = 20
const MIDDLE_MAX = 48

function layoutOf({ connection }: ShowReport, rows: readonly LadderRow[], options: LadderOptions): Layout {
  const widest = (texts: string[], least: number) => texts.reduce((width, text) => Math.max(width, text.length), least)
  const frame = widest(
    rows.map((row) => rowFrame(row, connection.file)),
    'frame'.length,
  )
  const time = widest(
    rows.map((row) => relativeTime(connection.start, row.time)),
    'time'.length,
  )
  const marks = connection.transitions.map((transition) =>
    stateMark(transition, connection.file, glyphs(options.unicode)),
  )
  const mark = widest(marks, 0)
  const sideMin = Math.max(mark, SIDE_MIN)
  const sideMax = Math.max(mark, SIDE_MAX)
  if (options.width === null) return { frame, time, side: sideMax, middle: MIDDLE_MAX, gap: '  ' }
  const room = options.width - frame - time - '  '.length * 4 - 2
  if (room < 2 * sideMin + MIDDLE_MIN) {
    return { frame, time: 0, side: Math.max(mark, 'SYN-RECEIVED ?'.length), middle: MIDDLE_MIN, gap: ' ' }
  }
  const side = Math.min(Math.max(sideMin, Math.floor((room - MIDDLE_MAX) / 2)), sideMax)
  return { frame, time, side, middle: Math.min(MIDDLE_MAX, room - 2 * side), gap: '  ' }
}

/** The lines of the diagram, head included. */
export function ladderLines(report: ShowReport, options: LadderOptions): string[] {
  const rows = ladderRows(report)
  const layout = layoutOf(report, rows, options)
  const lines = headLines(report, layout, options)
  for (const row of rows) {
    if (row.omittedBefore > 0) lines.push(gapLine(row.omittedBefore, layout, options))
    lines.push(...rowLines(row, report.connection, layout, options))
  }
  return lines.map((line) => line.trimEnd())
}

function headLines({ connection }: ShowReport, layout: Layout, options: LadderOptions): string[] {
  const { palette } = options
  const sides = (['client', 'server'] as const).map((side) => {
    const first = connection.transitions.find((transition) => transition.side === side)
    const address = truncate(endpointText(connection[side]), layout.side, 'start', glyphs(options.unicode).ellipsis)
    return [piece(side, palette.bold), piece(address, palette.bold), piece(first?.from ?? connection[side].state ?? '')]
  })
  return [0, 1, 2].map((i) => {
    const [frame, time] = i === 0 ? ['frame', 'time'] : ['', '']
    const lifeline = i === 2 ? glyphs(options.unicode).lifeline : ' '
    return lineOf([piece(frame), piece(time)], sides[0]![i]!, piece(''), sides[1]![i]!, lifeline, layout, palette)
  })
}

function rowLines(row: LadderRow, connection: ConnectionReport, layout: Layout, options: LadderOptions): string[] {
  const { palette } = options
  const { segment } = row
  const { start, file } = connection
  const client = columnPieces(row, 'client', file, layout, options)
  const server = columnPieces(row, 'server', file, layout, options)
  const middle = segment === null ? [] : segmentPieces(segment, layout.middle, options)
  const lines: string[] = []
  for (let i = 0; i < Math.max(client.length, server.length, middle.length); i++) {
    const isFirst = i === 0
    const frame = piece(isFirst ? rowFrame(row, file) : '')
    const time = piece(isFirst ? relativeTime(start, row.time) : '', palette.dim)
    const lifeline = glyphs(options.unicode).lifeline
    lines.push(lineOf([frame, time], client[i], middle[i], server[i], lifeline, layout, palette))
  }
  return lines
}

/** States that a side enters in this row, each with what its program sees of it. */
function columnPieces(
  row: LadderRow,
  side: SideName,
  home: number,
  layout: Layout,
  { palette, unicode }: LadderOptions,
): Piece[] {
  return row.transitions[side].flatMap((transition) => {
    const said = row.segment === null ? `(${transition.event})` : null
    const paint = { observed: palette.bold, proved: palette.green, assumed: palette.yellow }[transition.evidence]
    const small = [said, transition.call].flatMap((text) =>
      text === null ? [] : wrap(escapeTerminal(text), layout.side),
    )
    const pieces = [
      piece(stateMark(transition, home, glyphs(unicode)), paint),
      ...small.map((text) => piece(text, palette.dim)),
    ]
    return pieces
  })
}

/** The arrow with as much of the segment as fits on it, and what does not fit below. */
function segmentPieces(segment: LadderSegment, width: number, options: LadderOptions): Piece[] {
  const { palette } = options
  const numbers = `seq=${segment.seq}${segment.ack === null ? '' : ` ack=${segment.ack}`}`
  const length = segment.payloadLength > 0 ? ` len=${segment.payloadLength}` : ''
  const window = segment.window === 0 && !/SYN|RST/.test(segment.flags) ? ' win=0' : ''
  const note = segment.note === null ? [] : wrap(escapeTerminal(segment.note), width)
  const full = `${segment.flags} ${numbers}${length}${window}`
  const paint = segment.flags.includes('RST') ? palette.red : (text: string) => text
  const below = note.map((text) => piece(centred(text, width), palette.yellow))
  if (full.length + 3 <= width) return [piece(arrow(full, segment.side, width, options), paint), ...below]
  const short = truncate(`${segment.flags}${length}${window}`, width - 3)
  return [
    piece(arrow(short, segment.side, width, options), paint),
    piece(centred(numbers, width), palette.dim),
    ...below,
  ]
}

/** The label stands free where there is room: `── SYN seq=0 ──►`, else close: `─SYN seq=0─►`. */
function arrow(label: string, side: SideName, width: number, { unicode }: LadderOptions): string {
  const { dash, left, right } = glyphs(unicode)
  const text = label.length + 5 <= width ? ` ${label} ` : label
  const dashes = Math.max(0, width - text.length - 1)
  const before = Math.floor(dashes / 2)
  const line = dash.repeat(before) + text + dash.repeat(dashes - before)
  return side === 'client' ? line + right : left + line
}

function gapLine(count: number, layout: Layout, { palette, unicode }: LadderOptions): string {
  const { gap, ellipsis } = glyphs(unicode)
  const text = centred(`${ellipsis} ${counted(count, 'segment')} ${ellipsis}`, layout.middle)
  return lineOf([piece(''), piece('')], undefined, piece(text, palette.dim), undefined, gap, layout, palette)
}

function lineOf(
  [frame, time]: readonly Piece[],
  client: Piece | undefined,
  middle: Piece | undefined,
  server: Piece | undefined,
  lifeline: string,
  layout: Layout,
  palette: Palette,
): string {
  const line = palette.dim(lifeline)
  const times = layout.time === 0 ? [] : [padded(time, layout.time, 'start')]
  const left = [padded(frame, layout.frame, 'start'), ...times, padded(client, layout.side)].join(layout.gap)
  const right = server === undefined ? '' : server.paint(server.text)
  return left + layout.gap + line + padded(middle, layout.middle) + line + layout.gap + right
}

function piece(text: string, paint: Paint = (same) => same): Piece {
  return { text, paint }
}

function padded(of: Piece | undefined, width: number, at: 'start' | 'end' = 'end'): string {
  const { text, paint } = of ?? piece('')
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return at === 'start' ? padding + paint(text) : paint(text) + padding
}

function centred(text: string, width: number): string {
  return ' '.repeat(Math.max(0, Math.floor((width - displayWidth(text)) / 2))) + text
}
