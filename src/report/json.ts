/**
 * `--format json`: the model as it is, connections in order of their number. Keeps every connection until the end;
 * `ndjson` keeps none.
 */
import type { Format } from './format.ts'
import { JsonBytes } from './json-bytes.ts'
import type { ConnectionReport, Report, ShowReport } from './model.ts'

export const json: Format = {
  purpose: 'one document, finwait/report/1',
  begin() {
    const connections: ConnectionReport[] = []
    return {
      connection(connection) {
        connections.push(connection)
        return ''
      },
      *end(rest) {
        connections.sort((a, b) => a.connection - b.connection)
        const { schema, captures, ...others } = rest
        yield* pieces({ schema, captures, connections, ...others })
      },
    }
  },
}

/** The document, a connection at a time: the whole of a large one does not fit a string. */
function* pieces(report: Report): Iterable<Uint8Array> {
  const json = new JsonBytes()
  let separator = '{\n  '
  for (const [key, value] of Object.entries(report)) {
    json.raw(separator).string(key).raw(': ')
    separator = ',\n  '
    if (key !== 'connections' || report.connections.length === 0) {
      yield json.indented(value, 1).take()
      continue
    }
    for (const [i, connection] of report.connections.entries()) {
      yield json
        .raw(i === 0 ? '[\n    ' : ',\n    ')
        .indented(connection, 2)
        .take()
    }
    json.raw('\n  ]')
  }
  yield json.raw('\n}\n').take()
}

/** `finwait show --format json`: finwait/show/1. */
export function showJson(report: ShowReport): string {
  return new TextDecoder().decode(new JsonBytes().indented(report, 0).raw('\n').take())
}
