/**
 * One line on a terminal's standard error that says how far the reading is, once it takes longer than a second.
 */
import { escapeTerminal } from '../report/escape.ts'
import { grouped, truncate } from '../report/text.ts'
import { duration } from '../report/time.ts'
import type { OutputLike } from './process.ts'

const FIRST_MS = 1000
const EVERY_MS = 100
const ERASE_LINE = '\r\x1b[K'

/** How far it is. */
export interface Reading {
  /** A capture, or how many. */
  name: string
  /** Bytes of the file, compressed as it is. */
  bytesRead: number
  /** null where nobody knows. */
  bytesTotal: number | null
  packets: number
}

export class Progress {
  readonly #stderr: OutputLike
  readonly #now: () => number
  #name = ''
  #began: number
  #last: number
  #isShown = false

  /** @param now - milliseconds from any origin */
  constructor(stderr: OutputLike, now: () => number) {
    this.#stderr = stderr
    this.#now = now
    this.#began = now()
    this.#last = this.#began + FIRST_MS - EVERY_MS
  }

  begin(name: string): void {
    this.#name = name
    this.#began = this.#now()
  }

  update(bytesRead: number, bytesTotal: number | null, packets: number): void {
    const now = this.#now()
    if (now - this.#last < EVERY_MS) return
    this.#last = now
    this.#isShown = true
    const text = progressText({ name: this.#name, bytesRead, bytesTotal, packets }, (now - this.#began) / 1000)
    this.#stderr.write(`${ERASE_LINE}${truncate(text, (this.#stderr.columns || 80) - 1, 'start')}`)
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.#isShown) this.#stderr.write(ERASE_LINE)
    this.#isShown = false
  }
}

/** `web.pcap: 1.2 of 4.0 GB (30 %), 2,100,000 packets/s, 12 s left`. */
export function progressText({ name, bytesRead, bytesTotal, packets }: Reading, seconds: number): string {
  const parts = [`${escapeTerminal(name)}: ${bytesText(bytesRead, bytesTotal)}`]
  if (seconds > 0) {
    parts.push(`${grouped(Math.round(packets / seconds))} packets/s`)
    if (bytesTotal !== null && bytesRead > 0) {
      const left = Math.ceil((seconds * Math.max(0, bytesTotal - bytesRead)) / bytesRead)
      parts.push(`${left < 100 ? `${left} s` : duration(left)} left`)
    }
  }
  return parts.join(', ')
}

function bytesText(read: number, total: number | null): string {
  const largest = total ?? read
  const [size, unit] = largest >= 1e9 ? [1e9, 'GB'] : [1e6, 'MB']
  const inUnit = (bytes: number) => (bytes / size).toFixed(1)
  if (total === null) return `${inUnit(read)} ${unit}`
  return `${inUnit(read)} of ${inUnit(total)} ${unit} (${Math.floor((100 * read) / Math.max(1, total))} %)`
}
