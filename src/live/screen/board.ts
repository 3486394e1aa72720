/**
 * What the user has made of the live table: order, filter, selection, pause, the connection that is open. Keys change it;
 * render.ts shows it.
 */
import type { ShowReport } from '../../report/model.ts'
import type { Watch } from '../watch.ts'
import { COLUMNS, type Row } from './columns.ts'

export type Mode = 'table' | 'filter' | 'detail' | 'help'

/** The state is the first thing to look for in a row, the newest connection the first row. */
const FIRST_ORDER = 0
const PAGE = 10

export class Board {
  mode: Mode = 'table'
  /** Index of the column that orders, and whether the other way round. */
  order: number = FIRST_ORDER
  isReversed = false
  /** Words that a row must contain, all of them. */
  filter = ''
  showsClosed = false
  isPaused = false
  hasQuit = false
  /** Number of the connection that the cursor is on; null before any was chosen: the first row. */
  selected: number | null = null
  /** First line of the open connection's text that is shown. */
  scroll = 0
  /** The connection that is open, as it was last when it is over. */
  detail: ShowReport | null = null
  rows: readonly Row[] = []

  /** Takes over what the connections are now, unless paused. */
  update(watch: Watch): void {
    if (this.isPaused) return
    const words = this.filter
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const rows: Row[] = []
    for (const watched of watch.connections.values()) {
      const { states, sinceNs, record } = watched
      if (!this.showsClosed && states.every((state) => state === null || state === 'CLOSED')) continue
      const ageSeconds = Math.max(0, watch.nowNs - Math.max(...sinceNs)) / 1e9
      const row: Row = { ...watched, states: [...states], bytes: watch.analyzer.bytesOf(record), ageSeconds }
      if (words.length === 0 || contains(row, words)) rows.push(row)
    }
    const { compare } = COLUMNS[this.order]!
    const sign = this.isReversed ? -1 : 1
    this.rows = rows.sort((a, b) => sign * compare(a, b) || b.connection - a.connection)
    if (this.mode === 'detail' && this.selected !== null) this.detail = watch.show(this.selected) ?? this.detail
  }

  /** Index of the row that the cursor is on; 0 when that connection is not there any more. */
  get cursor(): number {
    return Math.max(
      0,
      this.rows.findIndex(({ connection }) => connection === this.selected),
    )
  }

  press(key: string): void {
    if (this.mode === 'filter') this.typeFilter(key)
    else if (this.mode === 'detail') this.pressInDetail(key)
    else if (this.mode === 'help') this.mode = 'table'
    else this.pressInTable(key)
  }

  private pressInTable(key: string): void {
    const steps: Record<string, number> = { up: -1, k: -1, down: 1, j: 1, 'page-up': -PAGE, 'page-down': PAGE }
    const column = Number(key) - 1
    if (key in steps) this.moveTo(this.cursor + steps[key]!)
    else if (key === 'home' || key === 'g') this.moveTo(0)
    else if (key === 'end' || key === 'G') this.moveTo(this.rows.length - 1)
    else if (/^[1-9]$/.test(key) && column < COLUMNS.length) this.orderBy(column)
    else if (key === '/') this.mode = 'filter'
    else if (key === 'escape') this.filter = ''
    else if (key === 'enter') this.open()
    else if (key === 'x') this.showsClosed = !this.showsClosed
    else if (key === '?' || key === 'h') this.mode = 'help'
    else this.pressAnywhere(key)
  }

  private pressInDetail(key: string): void {
    const steps: Record<string, number> = { up: -1, k: -1, down: 1, j: 1, 'page-up': -PAGE, 'page-down': PAGE }
    if (key in steps) this.scroll = Math.max(0, this.scroll + steps[key]!)
    else if (key === 'home' || key === 'g') this.scroll = 0
    else if (key === 'end' || key === 'G') this.scroll = Number.MAX_SAFE_INTEGER
    else if (['escape', 'enter', 'backspace'].includes(key)) this.mode = 'table'
    else this.pressAnywhere(key)
  }

  private pressAnywhere(key: string): void {
    if (key === ' ' || key === 'p') this.isPaused = !this.isPaused
    else if (key === 'q') this.hasQuit = true
  }

  private typeFilter(key: string): void {
    if (key === 'enter') this.mode = 'table'
    else if (key === 'backspace') this.filter = [...this.filter].slice(0, -1).join('')
    else if (key === 'escape') {
      this.filter = ''
      this.mode = 'table'
    } else if ([...key].length === 1) this.filter += key
  }

  private orderBy(column: number): void {
    this.isReversed = column === this.order && !this.isReversed
    this.order = column
  }

  private moveTo(index: number): void {
    const row = this.rows[Math.min(Math.max(0, index), this.rows.length - 1)]
    this.selected = row?.connection ?? null
  }

  private open(): void {
    this.moveTo(this.cursor)
    if (this.selected === null) return
    this.mode = 'detail'
    this.detail = null
    this.scroll = 0
  }
}

function contains(row: Row, words: readonly string[]): boolean {
  const codes = [...row.findings.values()].map(({ code }) => code)
  const text = [...COLUMNS.map((column) => column.text(row)), ...codes].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
