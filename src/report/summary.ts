/**
 * The counts of the report: how connections opened and closed, findings by severity.
 */
import type { Severity } from '../findings/finding.ts'
import type { ConnectionBrief, SummaryReport } from './model.ts'

export function emptySummary(): SummaryReport {
  return { connections: 0, open: {}, close: {}, findings: {} }
}

/** Counts so many connections of that kind. */
export function addConnections(summary: SummaryReport, brief: ConnectionBrief, connections: number): void {
  const { open, close } = brief
  summary.connections += connections
  summary.open[open.kind] = (summary.open[open.kind] ?? 0) + connections
  summary.close[close.kind] = (summary.close[close.kind] ?? 0) + connections
  addFindings(summary, brief.findings, connections)
}

/** Counts each of those findings so many times. */
export function addFindings(
  { findings }: SummaryReport,
  found: readonly { severity: Severity }[],
  times: number,
): void {
  for (const { severity } of found) findings[severity] = (findings[severity] ?? 0) + times
}
