/**
 * A connection that was looked at while it lived is reported as if it had not been.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { Analyzer, type ConnectionReport } from '../../src/index.ts'
import { readScenarios } from '../scenarios/scenario.ts'
import { listFixtures } from '../support/fixtures.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'

/** All connections of a capture, each judged so often after each of its segments. */
function reportsOf(capture: Uint8Array, looks: number): ConnectionReport[] {
  const reports: ConnectionReport[] = []
  const changed = (record: number, connection: number): void => {
    for (let look = 0; look < looks; look++) analyzer.judge(record, connection)
  }
  const analyzer = new Analyzer({}, (report) => void reports.push(report), { changed, ended: () => {} })
  const fileIndex = analyzer.beginCapture('capture')
  readCaptureBytes(capture, analyzer, analyzer.timeBase, fileIndex)
  analyzer.finish()
  return reports
}

const GAP = `
   1.  --> <SEQ=100><CTL=SYN> -->
   2.  <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <--
   3.  --> <SEQ=101><ACK=301><CTL=ACK> -->
   4.  --> <SEQ=101><ACK=301><CTL=ACK><DATA=10> -->
   5.  --> <SEQ=121><ACK=301><CTL=ACK><DATA=10> -->
   6.  <-- <SEQ=301><ACK=131><CTL=ACK> <--
`

it('with a gap, which is one however often it was looked at', () => {
  const capture = captureOf(parseLadder(GAP)).bytes
  const [report] = reportsOf(capture, 12)
  expect(report?.zeek.history).toBe('ShADGa')
})

it('of the fixtures, and of the scenarios', () => {
  const fixtures = listFixtures().map(({ capturePath }) => readFileSync(capturePath))
  const scenarios = readScenarios().flatMap(({ scenarios }) => scenarios.map(({ ladder }) => captureOf(ladder).bytes))
  for (const capture of [...fixtures, ...scenarios]) expect(reportsOf(capture, 3)).toEqual(reportsOf(capture, 0))
})
