/**
 * The summary of the connections that a filter selected: what is counted is what is printed.
 */

import type { Severity } from '../findings/finding.ts'
import type { ConnectionBrief, FindingReport, SummaryReport } from '../report/model.ts'
import { SEVERITY_RANK } from '../report/palette.ts'

export class Selected {
  readonly #summary: SummaryReport = { connections: 0, open: {}, close: {}, findings: {} }
  #loudest = -1

  add(connection: ConnectionBrief): void {
    const { open, close } = this.#summary
    this.#summary.connections++
    open[connection.open.kind] = (open[connection.open.kind] ?? 0) + 1
    close[connection.close.kind] = (close[connection.close.kind] ?? 0) + 1
    this.#addFindings(connection.findings)
  }

  /** With the findings of the capture as a whole. */
  end(findings: readonly FindingReport[]): SummaryReport {
    this.#addFindings(findings)
    return this.#summary
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
