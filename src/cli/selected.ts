/**
 * The report on the connections that a filter selected: what is counted is what is printed.
 */

import type { Severity } from '../findings/finding.ts'
import type { Printed, ReportEnd, ReportWriter } from '../report/format.ts'
import type { ConnectionReport } from '../report/model.ts'
import { SEVERITY_RANK } from '../report/palette.ts'
import type { PassOver } from '../report/pass-over.ts'
import { addConnections, addFindings, emptySummary } from '../report/summary.ts'
import type { ConnectionFilter } from './filter.ts'

export class SelectedReport {
  readonly #writer: ReportWriter
  readonly #isWanted: ConnectionFilter
  readonly #write: (piece: Printed) => void
  readonly #summary = emptySummary()

  /** @param write - where what `writer` prints goes */
  constructor(writer: ReportWriter, isWanted: ConnectionFilter, write: (piece: Printed) => void) {
    this.#writer = writer
    this.#isWanted = isWanted
    this.#write = write
  }

  connection(connection: ConnectionReport): void {
    if (!this.#isWanted(connection)) return
    addConnections(this.#summary, connection, 1)
    this.#write(this.#writer.connection(connection))
  }

  /** As `AnalyzerOptions.passOver`: what the format needs no report on. To be asked without a filter. */
  get passOver(): PassOver | null {
    const { passOver } = this.#writer
    if (!passOver) return null
    return {
      from: (brief) => passOver.from(brief),
      count: (brief, connections) => {
        addConnections(this.#summary, brief, connections)
        passOver.count(brief, connections)
      },
    }
  }

  /**
   * Ends the report.
   *
   * @param isPrinted - false where nothing could be read
   */
  end(rest: ReportEnd, isPrinted: boolean): void {
    const summary = this.#summary
    addFindings(summary, rest.findings, 1)
    if (!isPrinted) return
    const notSelected = rest.summary.connections - summary.connections
    for (const piece of this.#writer.end({ ...rest, summary }, notSelected)) this.#write(piece)
  }

  get isEmpty(): boolean {
    return this.#summary.connections === 0
  }

  /** Whether there is a finding as severe as that, or more. */
  reaches(severity: Severity): boolean {
    const found = Object.keys(this.#summary.findings) as Severity[]
    return found.some((other) => SEVERITY_RANK[other] >= SEVERITY_RANK[severity])
  }
}
