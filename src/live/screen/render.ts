/**
 * The live screen as lines: pure, whoever has the terminal prints them. Everything that comes from packets or from the
 * user is escaped here.
 */
import { escapeTerminal } from '../../report/escape.ts'
import type { ReportOptions } from '../../report/format.ts'
import { type Paint, type Palette, severityPaint } from '../../report/palette.ts'
import { showText } from '../../report/show.ts'
import { sparkline } from '../../report/sparkline.ts'
import { displayWidth, grouped, printable, truncate } from '../../report/text.ts'
import { duration } from '../../report/time.ts'
import { COUNTED_STATES, type StateCounts } from '../state-counts.ts'
import type { Board } from './board.ts'
import { COLUMNS, type Row, type ScreenColumn } from './columns.ts'

/** What is shown of the run as a whole. */
export interface Status {
  /** Of the interface and the program. */
  source: string
  seconds: number
  packets: number
  packetsPerSecond: number
  connections: number
  counts: StateCounts
  /** Packets lost so far; null when nobody counts. */
  drops: { kernel: number; program: number; interface: number } | null
}

export interface Size {
  width: number
  height: number
}

export type ScreenOptions = Pick<ReportOptions, 'palette' | 'unicode' | 'files' | 'paths'>

/** States side by side at the top. */
const STATES_PER_LINE = 3
const STATE_NAME = 12
const STATE_COUNT = 8
const GAP = 2

const HELP = [
  'up down  j k       another connection       1 to 9   sort by that column, once more: the other way round',
  'page up and down   ten further              /        show only rows with these words',
  'home end  g G      first and last           esc      show all again; back to the table',
  'enter              its ladder, growing      x        show closed ones, too, until 2MSL is over',
  'space  p           hold still, go on        q        quit, with the report; Ctrl-C does the same',
  '',
  'States are as they are now, as far as the segments so far tell: the ladder says how each is known.',
  'age: since one of the two states changed. rtt: of the handshake. The bars: sockets in a state, a second each.',
]

/** Exactly `height` lines, none wider than `width`. */
export function renderScreen(board: Board, status: Status, size: Size, options: ScreenOptions): string[] {
  const top = [headLine(board, status, options), lossLine(status, options), ...stateLines(status.counts, size, options)]
  const middle = middleLines(board, size, size.height - top.length - 1, options)
  const lines = [...top, ...middle]
  const filled = [...lines.slice(0, size.height - 1)]
  while (filled.length < size.height - 1) filled.push('')
  return [...filled, footLine(board, options)].map((line) => fitted(printable(line, options.unicode), size.width))
}

function headLine({ isPaused }: Board, status: Status, { palette }: ScreenOptions): string {
  const { source, seconds, packets, packetsPerSecond, connections } = status
  const facts = [
    `${grouped(packets)} packets`,
    `${grouped(Math.round(packetsPerSecond))}/s`,
    `${grouped(connections)} connections`,
    duration(Math.floor(seconds)).replace(/\.\d+/, ''),
  ]
  const held = isPaused ? `  ${palette.yellow('holds still: space goes on')}` : ''
  return `${palette.bold(`finwait  ${escapeTerminal(source)}`)}  ${facts.join('  ')}${held}`
}

function lossLine({ drops }: Status, { palette }: ScreenOptions): string {
  if (drops === null) return palette.dim('lost packets: not counted so far')
  const { kernel, program, interface: byInterface } = drops
  const total = kernel + program + byInterface
  if (total === 0) return palette.dim('lost packets: 0')
  const parts = `kernel ${grouped(kernel)}, program ${grouped(program)}, interface ${grouped(byInterface)}`
  return palette.red(`lost packets: ${grouped(total)} (${parts})`)
}

function stateLines(counts: StateCounts, { width }: Size, { palette, unicode }: ScreenOptions): string[] {
  const cell = Math.floor((width - GAP * (STATES_PER_LINE - 1)) / STATES_PER_LINE)
  const bars = Math.max(0, cell - STATE_NAME - STATE_COUNT - 1)
  const lines: string[] = []
  for (let at = 0; at < COUNTED_STATES.length; at += STATES_PER_LINE) {
    const cells = COUNTED_STATES.slice(at, at + STATES_PER_LINE).map((state) => {
      const count = counts.of(state)
      const paint: Paint = count === 0 ? palette.dim : palette.bold
      const name = `${state.padEnd(STATE_NAME)}${grouped(count).padStart(STATE_COUNT)}`
      return `${paint(name)} ${palette.cyan(sparkline(counts.history(state), bars, unicode))}`
    })
    lines.push(cells.join(' '.repeat(GAP)))
  }
  return lines
}

function middleLines(board: Board, size: Size, height: number, options: ScreenOptions): string[] {
  if (board.mode === 'help') return ['', ...HELP]
  if (board.mode === 'detail') return detailLines(board, size, height, options)
  return ['', ...tableLines(board, size, height - 1, options)]
}

function detailLines(board: Board, { width }: Size, height: number, options: ScreenOptions): string[] {
  const { detail } = board
  if (detail === null) return ['', 'This connection is over.']
  const text = showText(detail, { ...options, width, limit: 0, filter: null })
  const lines = text.trimEnd().split('\n')
  board.scroll = Math.min(board.scroll, Math.max(0, lines.length - height + 1))
  return ['', ...lines.slice(board.scroll, board.scroll + height - 1)]
}

function tableLines(board: Board, { width }: Size, height: number, { palette, unicode }: ScreenOptions): string[] {
  const columns = COLUMNS.filter(({ from = 0 }) => width >= from)
  const titles = columns.map((column) => {
    return column === COLUMNS[board.order] ? column.title + orderMark(board, unicode) : column.title
  })
  const shown = Math.max(1, height - 1)
  const first = Math.max(0, Math.min(board.cursor - Math.floor(shown / 2), board.rows.length - shown))
  const rows = board.rows.slice(first, first + shown)
  const cells = rows.map((row) => columns.map((column) => escapeTerminal(column.text(row))))
  const layout = { columns, widths: columnWidths(columns, [titles, ...cells], width), unicode }
  const lines = rows.map((row, at) => {
    const line = rowLine(cells[at]!, layout)
    return paintOf(row, palette)(row === board.rows[board.cursor] ? palette.bold(mark(line, unicode)) : line)
  })
  return [palette.bold(rowLine(titles, layout)), ...lines]
}

function orderMark({ isReversed }: Board, unicode: boolean): string {
  if (unicode) return isReversed ? '▴' : '▾'
  return isReversed ? '^' : 'v'
}

/** The row that the cursor is on. */
function mark(line: string, unicode: boolean): string {
  return `${unicode ? '›' : '>'}${line.slice(1)}`
}

function paintOf({ states, findings }: Row, palette: Palette): Paint {
  if (states.every((state) => state === null || state === 'CLOSED')) return palette.dim
  const severities = [...findings.values()].map(({ severity }) => severity)
  const loudest = (['error', 'warn'] as const).find((severity) => severities.includes(severity))
  return loudest === undefined ? (text) => text : severityPaint(palette, loudest)
}

/** Columns that keep their width, so that the picture keeps still; the endpoints and the findings share the rest. */
const WIDTHS: Readonly<Record<string, number>> = {
  '#': 6,
  'client state': STATE_NAME,
  'server state': STATE_NAME,
  age: 9,
  rtt: 8,
  bytes: 7,
}

interface Layout {
  columns: readonly ScreenColumn[]
  widths: readonly number[]
  unicode: boolean
}

function columnWidths(columns: readonly ScreenColumn[], rows: readonly string[][], width: number): number[] {
  const fixed = columns.reduce((sum, { title }) => sum + (WIDTHS[title] ?? 0), GAP * (columns.length - 1))
  const hasFindings = columns.some(({ title }) => title === 'findings')
  let rest = Math.max(0, width - fixed)
  const most = Math.floor(rest * (hasFindings ? 0.4 : 0.5))
  return columns.map(({ title }, at) => {
    if (title in WIDTHS) return WIDTHS[title]!
    const needed = rows.reduce((widest, cells) => Math.max(widest, displayWidth(cells[at]!)), 0)
    const taken = title === 'findings' ? rest : Math.min(needed, most)
    rest -= taken
    return taken
  })
}

function rowLine(cells: readonly string[], { columns, widths, unicode }: Layout): string {
  const ellipsis = unicode ? '…' : '..'
  const padded = cells.map((cell, at) => {
    const { align, title } = columns[at]!
    const text = truncate(cell, widths[at]!, title === 'client' || title === 'server' ? 'start' : 'end', ellipsis)
    const blank = ' '.repeat(Math.max(0, widths[at]! - displayWidth(text)))
    return align === 'right' ? blank + text : text + blank
  })
  return padded.join(' '.repeat(GAP)).trimEnd()
}

function footLine(board: Board, { palette }: ScreenOptions): string {
  const { mode, filter, rows } = board
  if (mode === 'filter') return `/${escapeTerminal(filter)}_`
  if (mode === 'detail') return palette.dim('esc back  up down scroll  space hold still  q quit')
  if (mode === 'help') return palette.dim('any key: back')
  const only = filter === '' ? '' : `with "${escapeTerminal(filter)}": ${grouped(rows.length)}, esc all  `
  return `${only}${palette.dim('? help  enter ladder  1-9 sort  / filter  x closed  space hold still  q quit')}`
}

/** At most `width` columns; colours are left whole. */
function fitted(line: string, width: number): string {
  if (displayWidth(plain(line)) <= width) return line
  let room = width
  let kept = ''
  for (const part of line.split(COLOUR)) {
    if (part.startsWith('\x1b')) kept += part
    else {
      const text = truncate(part, room, 'end', '')
      room -= displayWidth(text)
      kept += text
    }
  }
  return kept
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are sequences that begin with ESC.
const COLOUR = /(\x1b\[[0-9;]*m)/

function plain(line: string): string {
  return line
    .split(COLOUR)
    .filter((part) => !part.startsWith('\x1b'))
    .join('')
}
