/**
 * A report made by hand that has every value of every enumeration of the model at least once, so that each format
 * and the schema are tried on all of them. Deterministic; nothing in it was captured.
 */
import type {
  CaptureReport,
  ConnectionReport,
  FindingReport,
  LadderSegment,
  Report,
  ShowReport,
  TrafficReport,
  TransitionReport,
} from '../../src/report/model.ts'

/** Milliseconds after 10:00:00 → the moment, as the report writes it. */
export function at(ms: number): string {
  const ns = Math.round(ms * 1e6)
  const iso = new Date(Date.UTC(2026, 10, 20, 10, 0, 0) + Math.floor(ns / 1e6)).toISOString()
  return `${iso.slice(0, 23)}${String(ns % 1e6).padStart(6, '0')}Z`
}

function traffic(segments: number, bytes: number, others: Partial<TrafficReport> = {}): TrafficReport {
  return { segments, bytes, retransmissions: 0, outOfOrder: 0, duplicates: 0, zeroWindows: 0, keepAlives: 0, ...others }
}

type Step = [
  side: 'client' | 'server',
  from: TransitionReport['from'],
  to: TransitionReport['to'],
  event: string,
  ref: string,
  evidence: TransitionReport['evidence'],
  cause: [frame: number, ms: number] | null,
  proof: [frame: number, ms: number] | null,
  call: string | null,
  timerMs?: number,
]

export function transition([
  side,
  from,
  to,
  event,
  ref,
  evidence,
  cause,
  proof,
  call,
  timerMs,
]: Step): TransitionReport {
  const moment = (pair: [number, number] | null) => (pair === null ? null : { frame: pair[0], time: at(pair[1]) })
  return {
    side,
    from,
    to,
    event,
    ref,
    evidence,
    cause: moment(cause),
    proof: moment(proof),
    time: timerMs === undefined ? null : at(timerMs),
    call,
  }
}

/** A connection of a hundred bytes that was opened and closed as in the books, but for what is said otherwise. */
export function connection(number: number, others: Partial<ConnectionReport> = {}): ConnectionReport {
  return {
    connection: number,
    stream: number,
    client: { address: '10.0.0.1', port: 40000 + number, state: 'TIME-WAIT' },
    server: { address: '10.0.0.2', port: 80, state: 'CLOSED' },
    roles: 'observed',
    path: [],
    start: at(number * 100),
    end: at(number * 100 + 12.345678),
    firstFrame: number * 20 + 1,
    lastFrame: number * 20 + 11,
    file: 0,
    open: { kind: 'three-way', frames: [1, 2, 3], rtt: 0.000123, synRetransmissions: 0, synAckRetransmissions: 0 },
    close: {
      kind: 'four-way',
      by: 'client',
      frames: [8, 9, 10, 11],
      complete: true,
      finRetransmissions: 0,
      bytesAfterFin: 0,
    },
    timeWait: [],
    transitions: [],
    traffic: { client: traffic(6, 100), server: traffic(5, 1000) },
    use: { length: 'short', heartbeatSeconds: null, duplex: 'half', timeToFirstByte: 0.0002, halfCloseSeconds: 0.0004 },
    quality: { oneSided: false, missing: [], reordered: 0, duplicatedByTap: 0, cutBySnaplen: false, offload: false },
    wireshark: { completeness: 31, text: 'Complete, WITH_DATA' },
    zeek: { conn_state: 'SF', history: 'ShADadFf' },
    findings: [],
    ...others,
  }
}

export function finding(
  code: string,
  severity: FindingReport['severity'],
  others: Partial<FindingReport> = {},
): FindingReport {
  return {
    code,
    severity,
    side: null,
    frames: [8, 9],
    message: `The words for ${code}.`,
    ref: 'RFC 9293 §3.6',
    filter: 'tcp.stream eq 0 and frame.number in {8, 9}',
    ...others,
  }
}

function capture(file: string, others: Partial<CaptureReport> = {}): CaptureReport {
  return {
    file,
    format: 'pcapng',
    compression: 'none',
    linkTypes: ['ETHERNET'],
    packets: 12345,
    bytes: 2345678,
    tcpSegments: 11998,
    undecoded: { truncated: 1, malformed: 2, unsupported: 3, fragment: 4 },
    start: at(0),
    end: at(61234.5),
    dropped: null,
    warnings: [],
    ...others,
  }
}

const FOUR_WAY: TransitionReport[] = (
  [
    ['client', 'CLOSED', 'SYN-SENT', 'snd SYN', 'RFC 9293 §3.10.1', 'observed', [1, 0], null, 'connect()'],
    ['server', 'LISTEN', 'SYN-RECEIVED', 'rcv SYN', 'RFC 9293 §3.10.7.2', 'proved', [1, 0], [2, 0.1], null],
    [
      'client',
      'SYN-SENT',
      'ESTABLISHED',
      'rcv SYN,ACK',
      'RFC 9293 §3.10.7.3',
      'proved',
      [2, 0.1],
      [3, 0.123],
      'connect() returns',
    ],
    [
      'server',
      'SYN-RECEIVED',
      'ESTABLISHED',
      'rcv ACK of SYN',
      'RFC 9293 §3.10.7.4',
      'proved',
      [3, 0.123],
      [5, 0.4],
      'accept() can return',
    ],
    [
      'client',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'snd FIN',
      'RFC 9293 §3.10.4',
      'observed',
      [8, 11],
      null,
      'close() or shutdown(SHUT_WR)',
    ],
    [
      'server',
      'ESTABLISHED',
      'CLOSE-WAIT',
      'rcv FIN',
      'RFC 9293 §3.10.7.4',
      'proved',
      [8, 11],
      [9, 11.1],
      'read() returns 0',
    ],
    ['client', 'FIN-WAIT-1', 'FIN-WAIT-2', 'rcv ACK of FIN', 'RFC 9293 §3.10.7.4', 'assumed', [9, 11.1], null, null],
    ['server', 'CLOSE-WAIT', 'LAST-ACK', 'snd FIN', 'RFC 9293 §3.10.4', 'observed', [10, 12], null, 'close()'],
    [
      'client',
      'FIN-WAIT-2',
      'TIME-WAIT',
      'rcv FIN',
      'RFC 9293 §3.10.7.4',
      'proved',
      [10, 12],
      [11, 12.345678],
      'read() returns 0',
    ],
    ['server', 'LAST-ACK', 'CLOSED', 'rcv ACK of FIN', 'RFC 9293 §3.10.7.4', 'assumed', [11, 12.345678], null, null],
    ['client', 'TIME-WAIT', 'CLOSED', 'timeout=2MSL', 'RFC 9293 §3.10.8', 'assumed', null, null, null, 60012.345678],
  ] satisfies Step[]
).map(transition)

const CLOSE_WAIT_STUCK = finding('close-wait-stuck', 'warn', {
  side: 'server',
  frames: [32, 33],
  message:
    '10.0.0.2:80 has been in CLOSE-WAIT for 61 s, until the end of the capture: it took the FIN of the client, and its program has not called close() since.',
  filter: 'tcp.stream eq 4 and frame.number in {32, 33}',
})

const CONNECTIONS: ConnectionReport[] = [
  connection(0, {
    client: { address: '10.0.0.1', port: 40000, state: 'CLOSED' },
    transitions: FOUR_WAY,
    timeWait: [
      {
        side: 'client',
        start: at(12.345678),
        expires: at(60012.345678),
        restarts: 0,
        restartFrames: [],
        ended: 'expired',
        endFrame: null,
        reuse: null,
      },
    ],
  }),
  connection(1, {
    client: { address: '10.0.0.1', port: 40001, state: 'TIME-WAIT' },
    server: { address: '10.0.0.2', port: 80, state: 'TIME-WAIT' },
    open: {
      kind: 'simultaneous',
      frames: [21, 22, 23, 24],
      rtt: 0.0002,
      synRetransmissions: 1,
      synAckRetransmissions: 1,
    },
    close: {
      kind: 'simultaneous',
      by: 'both',
      frames: [26, 27, 28, 29],
      complete: true,
      finRetransmissions: 1,
      bytesAfterFin: 0,
    },
    timeWait: [
      {
        side: 'client',
        start: at(110),
        expires: at(60110),
        restarts: 1,
        restartFrames: [30],
        ended: 'reused',
        endFrame: 31,
        reuse: 'A1',
      },
      {
        side: 'server',
        start: at(110),
        expires: at(60110),
        restarts: 0,
        restartFrames: [],
        ended: 'assassinated',
        endFrame: 31,
        reuse: null,
      },
    ],
    findings: [finding('simultaneous-close', 'note', { ref: 'RFC 9293 §3.6 Figure 13', frames: [26, 27] })],
    use: { length: 'long', heartbeatSeconds: 30, duplex: 'full', timeToFirstByte: null, halfCloseSeconds: 0 },
  }),
  connection(2, {
    server: { address: '10.0.0.2', port: 81, state: 'CLOSED' },
    client: { address: '10.0.0.1', port: 40002, state: 'CLOSED' },
    open: { kind: 'refused', frames: [41, 42], rtt: null, synRetransmissions: 0, synAckRetransmissions: 0 },
    close: { kind: 'never-opened', by: null, frames: [], complete: false, finRetransmissions: 0, bytesAfterFin: 0 },
    traffic: { client: traffic(1, 0), server: traffic(1, 0) },
    use: { length: 'short', heartbeatSeconds: null, duplex: 'none', timeToFirstByte: null, halfCloseSeconds: null },
    wireshark: { completeness: 37, text: 'Incomplete (37)' },
    zeek: { conn_state: 'REJ', history: 'Sr' },
    findings: [
      finding('connection-refused', 'note', {
        side: 'server',
        frames: [41, 42],
        message: 'Nothing listens on 10.0.0.2:81.',
        filter: 'tcp.stream eq 2 and frame.number in {41, 42}',
      }),
      finding('reset-to-syn', 'chat'),
    ],
  }),
  connection(3, {
    server: { address: '10.0.0.3', port: 443, state: null },
    client: { address: '10.0.0.1', port: 40003, state: 'SYN-SENT' },
    open: { kind: 'unanswered', frames: [61], rtt: null, synRetransmissions: 3, synAckRetransmissions: 0 },
    close: { kind: 'timeout', by: null, frames: [], complete: false, finRetransmissions: 0, bytesAfterFin: 0 },
    quality: {
      oneSided: true,
      missing: ['syn-ack'],
      reordered: 0,
      duplicatedByTap: 0,
      cutBySnaplen: true,
      offload: true,
    },
    timeWait: [
      {
        side: 'client',
        start: at(300),
        expires: at(60300),
        restarts: 0,
        restartFrames: [],
        ended: 'capture-end',
        endFrame: null,
        reuse: null,
      },
    ],
  }),
  connection(4, {
    client: { address: '2001:db8:85a3:1234:5678:8a2e:370:7334', port: 40004, state: 'FIN-WAIT-2' },
    server: { address: '2001:db8::2', port: 80, state: 'CLOSE-WAIT' },
    path: ['vlan 10', 'vxlan 5'],
    end: at(61400),
    close: {
      kind: 'half-closed',
      by: 'client',
      frames: [32, 33],
      complete: false,
      finRetransmissions: 0,
      bytesAfterFin: 4096,
    },
    use: { length: 'long', heartbeatSeconds: null, duplex: 'simplex', timeToFirstByte: 0.01, halfCloseSeconds: null },
    findings: [CLOSE_WAIT_STUCK, finding('half-close', 'note')],
  }),
  connection(5, {
    client: { address: '10.0.0.1', port: 40005, state: 'CLOSED' },
    close: { kind: 'reset', by: 'server', frames: [110], complete: false, finRetransmissions: 0, bytesAfterFin: 0 },
    findings: [
      finding('reset-with-data-lost', 'error', {
        side: 'server',
        frames: Array.from({ length: 20 }, (_, i) => 101 + i),
        message: 'The server reset the connection while 4096 bytes of the client were not acknowledged.',
        filter: 'tcp.stream eq 5 and frame.number >= 101 and frame.number <= 120',
      }),
    ],
  }),
  connection(6, {
    client: { address: '10.0.0.1', port: 40006, state: 'CLOSING' },
    server: { address: '10.0.0.2', port: 80, state: 'LAST-ACK' },
    roles: 'assumed',
    open: { kind: 'mid-stream', frames: [], rtt: null, synRetransmissions: 0, synAckRetransmissions: 0 },
    close: {
      kind: 'three-segment',
      by: 'server',
      frames: [130, 131],
      complete: false,
      finRetransmissions: 2,
      bytesAfterFin: 0,
    },
  }),
  connection(7, {
    client: { address: '10.0.0.1', port: 40007, state: 'ESTABLISHED' },
    server: { address: '10.0.0.2', port: 80, state: 'SYN-RECEIVED' },
    open: { kind: 'half-open', frames: [141, 142], rtt: null, synRetransmissions: 0, synAckRetransmissions: 2 },
    close: { kind: 'open', by: null, frames: [], complete: false, finRetransmissions: 0, bytesAfterFin: 0 },
    findings: [{ ...CLOSE_WAIT_STUCK, filter: 'tcp.stream eq 7' }],
  }),
  connection(8, {
    client: { address: '10.0.0.1', port: 40008, state: 'FIN-WAIT-1' },
    server: { address: '10.0.0.2', port: 80, state: 'LISTEN' },
    open: { kind: 'split', frames: [161, 162, 163, 164], rtt: 0.1, synRetransmissions: 0, synAckRetransmissions: 0 },
  }),
  connection(9, {
    open: { kind: 'fast-open', frames: [181], rtt: 0.1, synRetransmissions: 0, synAckRetransmissions: 0 },
  }),
  connection(10, {
    open: { kind: 'reset', frames: [201], rtt: null, synRetransmissions: 0, synAckRetransmissions: 0 },
  }),
  connection(11, {
    open: { kind: 'wrong-ack', frames: [221], rtt: null, synRetransmissions: 0, synAckRetransmissions: 0 },
  }),
]

/** The report of four captures, one of each compression. Fresh on each call. */
export function sampleReport(): Report {
  return structuredClone({
    schema: 'finwait/report/1',
    captures: [
      capture('web.pcapng'),
      capture('old/web.pcap.gz', { format: 'pcap', compression: 'gzip', dropped: 7 }),
      capture('old/empty.pcap.zst', {
        format: 'pcap-ns',
        compression: 'zstd',
        packets: 0,
        bytes: 0,
        tcpSegments: 0,
        undecoded: { truncated: 0, malformed: 0, unsupported: 0, fragment: 0 },
        start: null,
        end: null,
      }),
      capture('old/cut.pcapng.lz4', {
        compression: 'lz4',
        linkTypes: ['LINUX_SLL2', 'ETHERNET'],
        warnings: [{ code: 'cut-short', offset: 1234, message: 'The capture ends in the middle of its last packet.' }],
      }),
    ],
    connections: CONNECTIONS,
    hosts: [
      { address: '10.0.0.1', timeWaitPeak: 12, timeWaitPeakAt: at(30000), states: { 'TIME-WAIT': 6, CLOSED: 2 } },
      { address: '10.0.0.2', timeWaitPeak: 0, timeWaitPeakAt: null, states: { 'CLOSE-WAIT': 1 } },
    ],
    findings: [
      finding('syn-flood', 'error', {
        frames: [1, 2, 3],
        message: '12,000 SYNs to 10.0.0.2:80 within one second, and nothing acknowledged the answers.',
        ref: 'RFC 4987',
        filter: 'ip.dst == 10.0.0.2 and tcp.flags.syn == 1',
      }),
    ],
    summary: summaryOf(CONNECTIONS),
    udp: { conversations: 2, datagrams: 14 },
  })
}

export function summaryOf(connections: readonly ConnectionReport[]): Report['summary'] {
  const summary: Report['summary'] = { connections: connections.length, open: {}, close: {}, findings: { error: 1 } }
  for (const { open, close, findings } of connections) {
    summary.open[open.kind] = (summary.open[open.kind] ?? 0) + 1
    summary.close[close.kind] = (summary.close[close.kind] ?? 0) + 1
    for (const { severity } of findings) summary.findings[severity] = (summary.findings[severity] ?? 0) + 1
  }
  return summary
}

function segment(
  frame: number,
  ms: number,
  side: 'client' | 'server',
  flags: string,
  seq: number,
  ack: number | null,
  payloadLength = 0,
  others: Partial<LadderSegment> = {},
): LadderSegment {
  return {
    frame,
    time: at(ms),
    side,
    flags,
    seq,
    ack,
    payloadLength,
    window: 64240,
    note: null,
    omittedBefore: 0,
    ...others,
  }
}

/** The first connection of the sample in full: RFC 9293 Figure 12 with some data before it. */
export function sampleShow(): ShowReport {
  return structuredClone({
    schema: 'finwait/show/1',
    connection: CONNECTIONS[0]!,
    segments: [
      segment(1, 0, 'client', 'SYN', 0, null),
      segment(2, 0.1, 'server', 'SYN,ACK', 0, 1),
      segment(3, 0.123, 'client', 'ACK', 1, 1),
      segment(4, 0.3, 'client', 'PSH,ACK', 1, 1, 100),
      segment(5, 0.4, 'server', 'ACK', 1, 101),
      segment(6, 10, 'server', 'PSH,ACK', 1180001, 101, 1000, { omittedBefore: 812 }),
      segment(7, 10.1, 'server', 'PSH,ACK', 1180001, 101, 1000, { note: 'retransmission' }),
      segment(8, 11, 'client', 'FIN,ACK', 101, 1181001),
      segment(9, 11.1, 'server', 'ACK', 1181001, 102),
      segment(10, 12, 'server', 'FIN,ACK', 1181001, 102),
      segment(11, 12.345678, 'client', 'ACK', 102, 1181002),
    ],
    omitted: 812,
  })
}
