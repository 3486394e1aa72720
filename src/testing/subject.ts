/**
 * What a matcher is given: a report, one connection of it, or the path of a capture.
 */
import { readFileSync } from 'node:fs'
import { analyzeBytes, connectionOfBytes } from '../analysis/analyze-bytes.ts'
import { CaptureError } from '../capture/capture-error.ts'
import type { ConnectionReport, Report, ShowReport } from '../report/model.ts'

export type Subject = Report | ConnectionReport | string

/** Finds the segments of one connection; null when there are none. */
export type LadderSource = (connection: number) => ShowReport | null

/** Where the segments of reports and connections are, if that is known: only captures have them. */
const sources = new WeakMap<object, LadderSource>()

/** @throws Error when it is none of the three, or a capture that cannot be read */
export function reportOf(subject: unknown): Report {
  if (typeof subject === 'string') return reportOnFile(subject)
  if (isReport(subject)) return remembered(subject, sources.get(subject))
  if (isConnection(subject)) return reportOnOne(subject)
  throw new TypeError('expected a report of finwait, one of its connections, or the path of a capture')
}

/** The connection with its segments, as far as there are any. */
export function ladderOf(connection: ConnectionReport): ShowReport {
  const found = sources.get(connection)?.(connection.connection)
  return found ?? { schema: 'finwait/show/1', connection, segments: [], omitted: 0 }
}

/** Makes the segments of the report's connections known to `ladderOf`. */
export function remembered(report: Report, source: LadderSource | undefined): Report {
  if (source === undefined) return report
  sources.set(report, source)
  for (const connection of report.connections) sources.set(connection, source)
  return report
}

function reportOnFile(path: string): Report {
  try {
    const bytes = readFileSync(path)
    return remembered(analyzeBytes(bytes, {}, path), (connection) => connectionOfBytes(bytes, connection))
  } catch (error) {
    if (error instanceof CaptureError) throw new Error(`${path}: byte ${error.offset}: ${error.message}`)
    throw error
  }
}

function reportOnOne(connection: ConnectionReport): Report {
  return {
    schema: 'finwait/report/1',
    captures: [],
    connections: [connection],
    hosts: [],
    findings: [],
    summary: {
      connections: 1,
      open: { [connection.open.kind]: 1 },
      close: { [connection.close.kind]: 1 },
      findings: {},
    },
    udp: { conversations: 0, datagrams: 0 },
  }
}

function isReport(subject: unknown): subject is Report {
  return typeof subject === 'object' && subject !== null && 'schema' in subject && 'connections' in subject
}

function isConnection(subject: unknown): subject is ConnectionReport {
  return typeof subject === 'object' && subject !== null && 'transitions' in subject && 'client' in subject
}
