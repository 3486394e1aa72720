/**
 * What every format of a check is: a pure function of its report.
 */
import type { ReportOptions } from '../format.ts'
import type { CheckReport } from './model.ts'

/** What the terminal can show; formats for programs ask for nothing of it. */
export type CheckOptions = Pick<ReportOptions, 'width' | 'palette' | 'unicode'>

export interface CheckFormat {
  /** For `--help`: what it is good for, a few words. */
  purpose: string
  text(report: CheckReport, options: CheckOptions): string
}
