/**
 * What every format of the report is: a writer that is told the connections as they become final, then the rest.
 *
 * Writers are pure: no I/O, no clock, no terminal; they return the text that can be printed now.
 */
import type { ConnectionReport, Report } from './model.ts'
import type { Palette } from './palette.ts'
import type { PassOver } from './pass-over.ts'

/** Everything of a report that is known only when the last packet is read. */
export type ReportEnd = Omit<Report, 'connections'>

export interface ReportOptions {
  /** Captures of the run, in the order of `captures`. */
  files: readonly string[]
  /** What the user named to have them read: files, directories. */
  paths: readonly string[]
  /** Columns of the terminal; null where nothing need be cut. */
  width: number | null
  /** Connections and findings listed at most by formats for readers; 0: all. */
  limit: number
  palette: Palette
  /** Whether the terminal shows more than ASCII. */
  unicode: boolean
  /** What the user selected connections by, as typed; null when nothing. */
  filter: string | null
}

/** Text, or the bytes of its UTF-8, which are there until the writer is asked for more. */
export type Printed = string | Uint8Array

export interface ReportWriter {
  /** Takes the next connection that is final; returns what can be printed now. Called in no particular order. */
  connection(connection: ConnectionReport): Printed
  /** Connections that need not be reported to `connection`. A format that shows all of them has none. */
  passOver?: PassOver
  /**
   * Takes the rest; returns what is left to print, in pieces.
   *
   * @param notSelected - connections of the captures that the filter kept away
   */
  end(rest: ReportEnd, notSelected: number): Iterable<Printed>
}

export interface Format {
  /** For `--help`: what it is good for, a few words. */
  purpose: string
  begin(options: ReportOptions): ReportWriter
}
