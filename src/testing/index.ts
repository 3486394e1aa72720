/**
 * `finwait/testing`: matchers for `expect.extend` of any test runner that has it, and captures of code under test.
 */
export type * from '../report/model.ts'
export { type ExpectedClose, type FinwaitMatchers, matchers } from './matchers.ts'
export { CannotCapture, type RecordOptions, recordCapture } from './record-capture.ts'
export type { Subject } from './subject.ts'
