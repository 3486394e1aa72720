/**
 * `--format ndjson`: the objects of the model, one a line, each with a `type`. Keeps nothing.
 *
 * Connections come as soon as they are final, in no order; then a line for each capture, host and finding of the
 * capture as a whole; the summary is the last line.
 */
import { writeConnection } from './connection-json.ts'
import { escapeJson } from './escape.ts'
import type { Format } from './format.ts'
import { JsonBytes } from './json-bytes.ts'

/** One line; `type` says what `value` is, which has at least one field. A spread would take longer than all the rest. */
export function ndjsonLine(type: string, value: object): string {
  return `{"type":"${type}",${escapeJson(JSON.stringify(value)).slice(1)}\n`
}

export const ndjson: Format = {
  purpose: 'one object a line, connections as soon as they are final',
  begin() {
    const json = new JsonBytes()
    return {
      connection(connection) {
        writeConnection(json, connection)
        return json.take()
      },
      *end({ schema, captures, hosts, findings, summary, udp }) {
        for (const capture of captures) yield ndjsonLine('capture', capture)
        for (const host of hosts) yield ndjsonLine('host', host)
        for (const finding of findings) yield ndjsonLine('finding', finding)
        yield ndjsonLine('summary', { schema, ...summary, udp })
      },
    }
  },
}
