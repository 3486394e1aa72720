/**
 * `--format json`: the model as it is, connections in order of their number. Keeps every connection until the end;
 * `ndjson` keeps none.
 */
import { escapeJson } from './escape.ts'
import type { Format } from './format.ts'
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
function* pieces(report: Report): Iterable<string> {
  let separator = '{\n'
  for (const [key, value] of Object.entries(report)) {
    yield `${separator}  ${JSON.stringify(key)}: `
    separator = ',\n'
    if (key !== 'connections' || report.connections.length === 0) {
      yield indented(value, 1)
      continue
    }
    for (const [i, connection] of report.connections.entries()) {
      yield `${i === 0 ? '[' : ','}\n    ${indented(connection, 2)}`
    }
    yield '\n  ]'
  }
  yield '\n}\n'
}

/** `[1, 2, 3]` on one line; strings hold no raw line break, so this can only be an array of numbers. */
const NUMBERS = /\[\n\s+(-?\d[^"\]{}]*)\n\s+\]/g

function indented(value: unknown, depth: number): string {
  return escapeJson(JSON.stringify(value, null, 2))
    .replace(NUMBERS, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`)
    .replaceAll('\n', `\n${'  '.repeat(depth)}`)
}

/** `finwait show --format json`: finwait/show/1. */
export function showJson(report: ShowReport): string {
  return `${indented(report, 0)}\n`
}
