/**
 * `finwait/vitest`: importing it adds the matchers to Vitest's `expect`.
 */
import { expect, TestRunner } from 'vitest'
import type { Report } from '../report/model.ts'
import { type FinwaitMatchers, matchers } from './matchers.ts'
import { CannotCapture, recordCapture as record, type SkippingRecordOptions } from './record-capture.ts'

expect.extend(matchers)

declare module 'vitest' {
  interface Matchers<T> extends FinwaitMatchers {}
}

/**
 * Captures while `run` runs, and analyzes what was captured. Where nothing can capture the test is skipped, and says
 * why; outside of a test that is an error.
 *
 * @throws CannotCapture outside of a test, and when `isRequired`
 */
export async function recordCapture(run: () => unknown, options: SkippingRecordOptions = {}): Promise<Report> {
  try {
    return await record(run, options)
  } catch (error) {
    const test = TestRunner.getCurrentTest()
    if (!(error instanceof CannotCapture) || test === undefined || options.isRequired) throw error
    return test.context.skip(error.message)
  }
}

export { CannotCapture, type SkippingRecordOptions }
