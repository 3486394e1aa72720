/**
 * A capture in memory → the report: for tests, browsers, and whoever has the bytes.
 */
import { readCaptureBytes } from '../capture/read-capture-bytes.ts'
import type { ConnectionReport, Report, ShowReport } from '../report/model.ts'
import { Analyzer, type AnalyzerOptions } from './analyzer.ts'

/**
 * Analyzes an uncompressed pcap or pcapng capture.
 *
 * @param file - name for `captures[].file`
 * @throws CaptureError when `bytes` are no capture, or one that is damaged
 */
export function analyzeBytes(bytes: Uint8Array, options: AnalyzerOptions = {}, file = 'capture'): Report {
  const connections: ConnectionReport[] = []
  const analyzer = new Analyzer(options, (connection) => connections.push(connection))
  const fileIndex = analyzer.beginCapture(file)
  const { info, error } = readCaptureBytes(bytes, analyzer, analyzer.timeBase, fileIndex)
  if (error) throw error
  analyzer.endCapture(info, 'none')
  const rest = analyzer.finish()
  connections.sort((a, b) => a.connection - b.connection)
  return { ...rest, connections }
}

/** One connection of a capture in memory with its segments; null when there is no connection of that number. */
export function connectionOfBytes(bytes: Uint8Array, number: number): ShowReport | null {
  return connectionOf(number, (analyzer) => {
    const fileIndex = analyzer.beginCapture('')
    readCaptureBytes(bytes, analyzer, analyzer.timeBase, fileIndex)
  })
}

/** The same of the packets that `feed` hands over. */
export function connectionOf(number: number, feed: (analyzer: Analyzer) => void): ShowReport | null {
  const found: ConnectionReport[] = []
  const analyzer = new Analyzer({ keepSegmentsOf: number }, (connection) => {
    if (connection.connection === number) found.push(connection)
  })
  feed(analyzer)
  analyzer.finish()
  const [connection] = found
  return connection && analyzer.ladder ? { schema: 'finwait/show/1', connection, ...analyzer.ladder } : null
}
