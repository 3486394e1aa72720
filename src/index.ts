/**
 * The public API. Nothing else is promised to stay.
 */
export { analyzeBytes } from './analysis/analyze-bytes.ts'
export { Analyzer, type AnalyzerOptions } from './analysis/analyzer.ts'
export { CaptureError } from './capture/capture-error.ts'
export { CATALOGUE, FINDING_CODES, type FindingCode } from './findings/catalogue.ts'
export { SEVERITIES, type Severity } from './findings/finding.ts'
export type * from './report/model.ts'
export { STATES, type TcpState, TRANSITIONS } from './tcp/states.ts'
