/**
 * `--format csv`: RFC 4180, one line a connection, as soon as it is final. Column names stay; new ones come last.
 *
 * An empty cell is null in the JSON report. `findings` holds the codes, separated by spaces. Text that a spreadsheet
 * would take for a formula starts with an apostrophe, see `csvCell`.
 */

import { loudest } from './connection-words.ts'
import { csvCell } from './escape.ts'
import type { Format } from './format.ts'
import type { ConnectionReport, TrafficReport } from './model.ts'
import { secondsBetween } from './time.ts'

type Value = string | number | boolean | null
type ColumnOf<T> = readonly [name: string, value: (of: T) => Value]

const TRAFFIC: readonly ColumnOf<TrafficReport>[] = [
  ['segments', (t) => t.segments],
  ['bytes', (t) => t.bytes],
  ['retransmissions', (t) => t.retransmissions],
  ['out_of_order', (t) => t.outOfOrder],
  ['duplicates', (t) => t.duplicates],
  ['zero_windows', (t) => t.zeroWindows],
  ['keep_alives', (t) => t.keepAlives],
]

function trafficOf(side: 'client' | 'server'): ColumnOf<ConnectionReport>[] {
  return TRAFFIC.map(([name, value]) => [`${side}_${name}`, (c) => value(c.traffic[side])])
}

const COLUMNS: readonly ColumnOf<ConnectionReport>[] = [
  ['connection', (c) => c.connection],
  ['stream', (c) => c.stream],
  ['client_address', (c) => c.client.address],
  ['client_port', (c) => c.client.port],
  ['client_state', (c) => c.client.state],
  ['server_address', (c) => c.server.address],
  ['server_port', (c) => c.server.port],
  ['server_state', (c) => c.server.state],
  ['roles', (c) => c.roles],
  ['path', (c) => c.path.join(' / ')],
  ['start', (c) => c.start],
  ['end', (c) => c.end],
  ['duration_seconds', (c) => Number(secondsBetween(c.start, c.end).toFixed(9))],
  ['file', (c) => c.file],
  ['first_frame', (c) => c.firstFrame],
  ['last_frame', (c) => c.lastFrame],
  ['open', (c) => c.open.kind],
  ['open_rtt_seconds', (c) => c.open.rtt],
  ['syn_retransmissions', (c) => c.open.synRetransmissions],
  ['syn_ack_retransmissions', (c) => c.open.synAckRetransmissions],
  ['close', (c) => c.close.kind],
  ['close_by', (c) => c.close.by],
  ['close_complete', (c) => c.close.complete],
  ['fin_retransmissions', (c) => c.close.finRetransmissions],
  ['bytes_after_fin', (c) => c.close.bytesAfterFin],
  ...trafficOf('client'),
  ...trafficOf('server'),
  ['length', (c) => c.use.length],
  ['duplex', (c) => c.use.duplex],
  ['heartbeat_seconds', (c) => c.use.heartbeatSeconds],
  ['time_to_first_byte_seconds', (c) => c.use.timeToFirstByte],
  ['half_close_seconds', (c) => c.use.halfCloseSeconds],
  ['one_sided', (c) => c.quality.oneSided],
  ['missing', (c) => c.quality.missing.join(' ')],
  ['wireshark_completeness', (c) => c.wireshark.completeness],
  ['wireshark_text', (c) => c.wireshark.text],
  ['zeek_conn_state', (c) => c.zeek.conn_state],
  ['zeek_history', (c) => c.zeek.history],
  ['severity', (c) => loudest(c.findings)?.severity ?? null],
  ['findings', (c) => [...new Set(c.findings.map((finding) => finding.code))].join(' ')],
  ['client_name', (c) => c.client.name ?? null],
  ['server_name', (c) => c.server.name ?? null],
]

function record(cells: readonly Value[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

export const csv: Format = {
  purpose: 'one line a connection, for spreadsheets and databases',
  begin() {
    let header = record(COLUMNS.map(([name]) => name))
    return {
      connection(connection) {
        const line = header + record(COLUMNS.map(([, value]) => value(connection)))
        header = ''
        return line
      },
      *end() {
        if (header !== '') yield header
      },
    }
  },
}
