/**
 * What a test needs of the machine: root, tshark, a browser. Where it is missing the test is skipped and says why;
 * with FINWAIT_TEST_REQUIRE=all, as in CI, it fails instead.
 */
import { spawnSync } from 'node:child_process'
import { describe, it, type SuiteFactory } from 'vitest'

/**
 * `describe`, or where `available` is false a suite of one skipped test named by `reason`, which fails under
 * FINWAIT_TEST_REQUIRE=all.
 */
export function requirement(
  name: string,
  available: boolean,
  reason: string,
): (title: string, suite: SuiteFactory) => void {
  if (available) return (title, suite) => void describe(title, suite)
  return (title) => {
    describe(title, () => {
      const isRequired = process.env.FINWAIT_TEST_REQUIRE === 'all'
      it.skipIf(!isRequired)(`needs ${name}: ${reason}`, () => {
        throw new Error(`${name} is required here, and ${reason}`)
      })
    })
  }
}

/** Whether a program can be started; `argument` is one that makes it end at once. */
export function hasProgram(program: string, argument = '--version'): boolean {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0
}
