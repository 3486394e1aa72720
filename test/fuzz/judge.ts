/**
 * What must hold of finwait for any input: nothing is thrown but `CaptureError`, the report is as its schema says and
 * agrees with itself, every format can be printed and holds no control character, and a capture that arrives in pieces
 * gives the report of the whole.
 */
import { isDeepStrictEqual } from 'node:util'
import { Analyzer, type AnalyzerOptions } from '../../src/analysis/analyzer.ts'
import { CaptureError } from '../../src/capture/capture-error.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import type { CaptureInfo } from '../../src/capture/info.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { FORMAT_NAMES, FORMATS } from '../../src/report/formats.ts'
import { showJson } from '../../src/report/json.ts'
import type { ConnectionReport, Report, ShowReport } from '../../src/report/model.ts'
import { showText } from '../../src/report/show.ts'
import { reportOptions, written } from '../support/report-options.ts'
import type { Chance } from './chance.ts'
import { contradictionsIn } from './contradictions.ts'
import { expectPrintable, expectValidLines, expectValidReport, expectValidShow, Failure } from './failure.ts'

interface Reading {
  report: Report
  /** What `finwait show` would print of the connection that `keepSegmentsOf` names. */
  show: ShowReport | null
  info: CaptureInfo
  error: CaptureError | null
}

/** Byte by byte is quadratic in what a record waits for: only captures as short as this. */
const SHORT = 6000

/** Limits that every capture reaches. */
const TINY = {
  maxEvents: 3,
  maxExamples: 1,
  maxDatagrams: 1,
  maxPaths: 2,
  maxStreams: 2,
  maxConversations: 1,
  maxHosts: 1,
}

/** Throws a `Failure`, or what finwait threw. Returns how many connections there were. */
export function judge(bytes: Uint8Array, chance: Chance): number {
  const options = {
    mslSeconds: chance.pick([30, 30, 30, 0.001, 120]),
    maxConnections: chance.pick([1000, 1000, 1, 2, 5]),
    keepSegmentsOf: chance.below(3),
    verifyChecksums: chance.oneIn(4),
    showNames: chance.oneIn(2),
    ...(chance.oneIn(8) ? TINY : {}),
  }
  const whole = readWhole(bytes, options)
  const { report } = whole
  const pieceLength = bytes.length <= SHORT && chance.oneIn(2) ? 1 : chance.between(2, 400)
  expectSame(whole, readInPieces(bytes, pieceLength, options), `fed ${pieceLength} bytes at a time`)
  const [contradiction] = contradictionsIn(report)
  if (contradiction !== undefined) throw new Failure(contradiction)
  judgeFormats(whole, chance)
  return report.connections.length
}

function readWhole(bytes: Uint8Array, options: AnalyzerOptions): Reading {
  return reading(options, (analyzer) => readCaptureBytes(bytes, analyzer, analyzer.timeBase))
}

/** The view ends where the bytes fed end, so that whoever reads ahead throws. */
function readInPieces(bytes: Uint8Array, pieceLength: number, options: AnalyzerOptions): Reading {
  return reading(options, (analyzer) => {
    const reader = new CaptureReader(analyzer, analyzer.timeBase, { fileIndex: 0 })
    let used = 0
    try {
      for (let end = 0; end < bytes.length; ) {
        end = Math.min(bytes.length, end + pieceLength)
        used = reader.feed(new DataView(bytes.buffer, 0, end), used, end)
      }
      reader.finish(new DataView(bytes.buffer), used, bytes.length)
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      return { info: reader.info, error }
    }
    return { info: reader.info, error: null }
  })
}

function reading(
  options: AnalyzerOptions,
  read: (analyzer: Analyzer) => { info: CaptureInfo; error: CaptureError | null },
): Reading {
  const connections: ConnectionReport[] = []
  const analyzer = new Analyzer(options, (connection) => connections.push(connection))
  analyzer.beginCapture('fuzz')
  const { info, error } = read(analyzer)
  analyzer.endCapture(info, 'none')
  const report = { ...analyzer.finish(), connections }
  const kept = connections.find(({ connection }) => connection === options.keepSegmentsOf)
  const { ladder } = analyzer
  const show = kept && ladder ? ({ schema: 'finwait/show/1', connection: kept, ...ladder } as const) : null
  return { report, show, info, error }
}

function expectSame(whole: Reading, pieces: Reading, how: string): void {
  const told = ({ report, show, info, error }: Reading) => ({
    report,
    show,
    info,
    error: error && { code: error.code, offset: error.offset, message: error.message },
  })
  if (isDeepStrictEqual(told(whole), told(pieces))) return
  for (const part of ['error', 'info', 'report', 'show'] as const) {
    const [a, b] = [told(whole)[part], told(pieces)[part]].map((value) => JSON.stringify(value))
    if (a !== b) throw new Failure(`another ${part} when ${how}: ${b?.slice(0, 300)} instead of ${a?.slice(0, 300)}`)
  }
}

function judgeFormats({ report, show }: Reading, chance: Chance): void {
  const options = {
    files: ['fuzz'],
    width: chance.pick([null, null, 20, 60, 80, 200]),
    limit: chance.pick([0, 1, 50]),
    unicode: chance.oneIn(2),
  }
  for (const name of FORMAT_NAMES) {
    const text = written(FORMATS[name], report, options)
    expectPrintable(text, name)
    if (name === 'json') expectValidReport(text)
    if (name === 'ndjson') expectValidLines(text)
  }
  if (show === null) return
  expectPrintable(showText(show, reportOptions(options)), 'show')
  expectValidShow(showJson(show))
}
