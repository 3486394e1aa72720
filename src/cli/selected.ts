/**
 * The report on the connections that a filter selected: what is counted is what is printed.
 */

import type { Severity } from '../findings/finding.ts'
import type { ReportEnd, ReportWriter } from '../report/format.ts'
import type { ConnectionBrief, ConnectionReport, FindingReport, SummaryReport } from '../report/model.ts'
import { SEVERITY_RANK } from '../report/palette.ts'
import type { ConnectionFilter } from './filter.ts'

export class SelectedReport {
  readonly #writer: ReportWriter
  readonly #isWanted: ConnectionFilter
  readonly #write: (text: string) => void
  readonly #summary: SummaryReport = { connections: 0, open: {}, close: {}, findings: {} }
  #loudest = -1

  /** @param write - where the text of `writer` goes */
  constructor(writer: ReportWriter, isWanted: ConnectionFilter, write: (text: string) => void) {
    this.#writer = writer
    this.#isWanted = isWanted
    this.#write = write
  }

  connection(connection: ConnectionReport): void {
    if (!this.#isWanted(connection)) return
    this.#add(connection)
    this.#write(this.#writer.connection(connection))
  }

  /** As `AnalyzerOptions.passOver`: whether the format needs no report on that connection. To be asked without a filter. */
  passOver(connection: number, brief: ConnectionBrief): boolean {
    if (!this.#writer.passOver?.(connection, brief)) return false
    this.#add(brief)
    return true
  }

  #add(connection: ConnectionBrief): void {
    const { open, close } = this.#summary
    this.#summary.connections++
    open[connection.open.kind] = (open[connection.open.kind] ?? 0) + 1
    close[connection.close.kind] = (close[connection.close.kind] ?? 0) + 1
    this.#addFindings(connection.findings)
  }

  /**
   * Ends the report.
   *
   * @param isPrinted - false where nothing could be read
   */
  end(rest: ReportEnd, isPrinted: boolean): void {
    this.#addFindings(rest.findings)
    if (!isPrinted) return
    const summary = this.#summary
    const notSelected = rest.summary.connections - summary.connections
    for (const piece of this.#writer.end({ ...rest, summary }, notSelected)) this.#write(piece)
  }

  get isEmpty(): boolean {
    return this.#summary.connections === 0
  }

  /** Whether there is a finding as severe as that, or more. */
  reaches(severity: Severity): boolean {
    return this.#loudest >= SEVERITY_RANK[severity]
  }

  #addFindings(found: readonly Pick<FindingReport, 'severity'>[]): void {
    const { findings } = this.#summary
    for (const { severity } of found) {
      findings[severity] = (findings[severity] ?? 0) + 1
      this.#loudest = Math.max(this.#loudest, SEVERITY_RANK[severity])
    }
  }
}
