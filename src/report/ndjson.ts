/**
 * `--format ndjson`: the objects of the model, one a line, each with a `type`. Keeps nothing.
 *
 * Connections come as soon as they are final, in no order; then a line for each capture, host and finding of the
 * capture as a whole; the summary is the last line.
 */
import { escapeJson } from './escape.ts'
import type { Format } from './format.ts'

function line(type: string, value: object): string {
  return `${escapeJson(JSON.stringify({ type, ...value }))}\n`
}

export const ndjson: Format = {
  purpose: 'one object a line, connections as soon as they are final',
  begin() {
    return {
      connection: (connection) => line('connection', connection),
      *end({ schema, captures, hosts, findings, summary, udp }) {
        for (const capture of captures) yield line('capture', capture)
        for (const host of hosts) yield line('host', host)
        for (const finding of findings) yield line('finding', finding)
        yield line('summary', { schema, ...summary, udp })
      },
    }
  },
}
