/**
 * A capture in memory → the report: for tests, browsers, and whoever has the bytes.
 */
import { readCaptureBytes } from '../capture/read-capture-bytes.ts'
import type { ConnectionReport, Report } from '../report/model.ts'
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
