/**
 * The report, as `--format json` prints it: `finwait/report/1`. Fixed for the outside world; every other format is
 * a view of this. Published as `schema/report.schema.json`.
 *
 * Times are RFC 3339 with nanoseconds, intervals seconds, lengths bytes, `frame` is Wireshark's `frame.number`.
 */

import type { Severity } from '../findings/finding.ts'
import type { CloseKind } from '../tcp/closing.ts'
import type { OpenKind } from '../tcp/opening.ts'
import type { TcpState } from '../tcp/states.ts'
import type { Evidence, SideName } from '../tcp/timeline.ts'

export { CLOSE_KINDS, type CloseKind } from '../tcp/closing.ts'
export { OPEN_KINDS, type OpenKind } from '../tcp/opening.ts'

export interface Report {
  schema: 'finwait/report/1'
  captures: CaptureReport[]
  connections: ConnectionReport[]
  hosts: HostReport[]
  /** Of the capture as a whole; those of one connection are in it. */
  findings: FindingReport[]
  summary: SummaryReport
  udp: { conversations: number; datagrams: number }
}

export interface CaptureReport {
  file: string
  format: string
  compression: 'none' | 'gzip' | 'zstd' | 'lz4'
  linkTypes: string[]
  packets: number
  bytes: number
  tcpSegments: number
  undecoded: { truncated: number; malformed: number; unsupported: number; fragment: number }
  /** null in a capture without packets. */
  start: string | null
  end: string | null
  /** Packets the capturing side says it lost; null when the capture does not say. */
  dropped: number | null
  /** Of a capture on an interface. */
  live?: LiveReport
  warnings: { code: string; offset: number; message: string }[]
}

/** How packets came from an interface. */
export interface LiveReport {
  /** The capture program: `tcpdump`, `dumpcap`, `cap`. */
  source: string
  interface: string
  /** In the language of pcap-filter(7); empty: all packets. */
  filter: string
  /** Bytes kept of each packet; 0: all. */
  snaplen: number
  /** Who stamped the packets with their time. */
  clock: 'kernel' | 'program'
  /** `dropped`, by who lost them; null when nobody counted. */
  drops: { kernel: number; program: number; interface: number } | null
}

export interface ConnectionReport {
  /** finwait's own number: one incarnation of a 4-tuple. 0-based, in order of the first frame. */
  connection: number
  /** Wireshark's `tcp.stream`, in the capture `file`. */
  stream: number
  client: EndpointReport
  server: EndpointReport
  roles: 'observed' | 'assumed'
  /** Tags and tunnels around the connection, outermost first: `vlan 10`, `vxlan 5`. */
  path: string[]
  start: string
  end: string
  firstFrame: number
  lastFrame: number
  /** Index into `captures`, of the first frame. */
  file: number
  /** The same of the last frame; with several captures only. */
  lastFile?: number
  open: OpenReport
  close: CloseReport
  timeWait: TimeWaitReport[]
  transitions: TransitionReport[]
  traffic: { client: TrafficReport; server: TrafficReport }
  use: UseReport
  quality: QualityReport
  wireshark: { completeness: number; text: string }
  zeek: { conn_state: string; history: string }
  findings: FindingReport[]
}

export interface EndpointReport {
  address: string
  /** With `--names` only; null when the captures have none. Chosen by strangers: escape before printing. */
  name?: string | null
  port: number
  /** State at the end of the capture; null when the capture says nothing of that side. */
  state: TcpState | null
}

/** Frames by their numbers; with several captures each has the index of its own in `files`, at the same place. */
export interface CitedFrames {
  frames: number[]
  files?: number[]
}

export interface OpenReport extends CitedFrames {
  kind: OpenKind
  /** Seconds from SYN to the ACK of the SYN-ACK: the whole handshake round trip; null when not seen. */
  rtt: number | null
  synRetransmissions: number
  synAckRetransmissions: number
}

export interface CloseReport extends CitedFrames {
  kind: CloseKind
  /** Who closed first. */
  by: 'client' | 'server' | 'both' | null
  /** Whether every FIN was acknowledged in the capture. */
  complete: boolean
  finRetransmissions: number
  /** Payload that the second side still sent after the first FIN. */
  bytesAfterFin: number
}

export interface TimeWaitReport {
  side: SideName
  start: string
  expires: string
  /** How often a re-sent FIN started the 2MSL timer again, and the frames that did. */
  restarts: number
  restartFrames: number[]
  /** Their captures; with several captures only, as `endFile`. */
  restartFiles?: number[]
  ended: 'capture-end' | 'expired' | 'reused' | 'assassinated'
  /** The frame that ended it, when one did. */
  endFrame: number | null
  endFile?: number | null
  /** RFC 6191 case (A1-A4, B1-B3) of the SYN that met this TIME-WAIT; null when none did. */
  reuse: string | null
}

export interface MomentReport {
  frame: number
  /** Index into `captures`; with several captures only. */
  file?: number
  time: string
}

export interface TransitionReport {
  side: SideName
  from: TcpState
  to: TcpState
  /** The label on the arrow of RFC 9293 Figure 5: `rcv SYN,ACK`. */
  event: string
  ref: string
  evidence: Evidence
  /** Null when the frame that caused it is missing from the capture, or no frame did (a timer). */
  cause: MomentReport | null
  proof: MomentReport | null
  /** When no frame caused it: the moment of the timer. */
  time: string | null
  /** The socket call behind it, in a programmer's words; null when none is. */
  call: string | null
}

/** What happens to a line of `finwait live`: told for the first time, its evidence known better, or taken back. */
export type TellingStatus = 'new' | 'amended' | 'withdrawn'

/** Whom a line of `finwait live` is about. */
export interface ConnectionCitation {
  connection: number
  client: { address: string; port: number }
  server: { address: string; port: number }
}

/** A transition as it happens. */
export interface TransitionLine extends ConnectionCitation, TransitionReport {
  status: TellingStatus
}

/** A finding about a connection as it comes up, or when it does not hold any more. */
export interface FindingLine extends ConnectionCitation, FindingReport {
  status: TellingStatus
}

export interface TrafficReport {
  segments: number
  /** Payload bytes, retransmissions not counted twice. */
  bytes: number
  retransmissions: number
  outOfOrder: number
  duplicates: number
  zeroWindows: number
  keepAlives: number
}

export interface UseReport {
  length: 'short' | 'long'
  heartbeatSeconds: number | null
  duplex: 'none' | 'simplex' | 'half' | 'full'
  /** Seconds from the end of the handshake to the first payload byte of either side; null when none. */
  timeToFirstByte: number | null
  /** Seconds between the first FIN and the second; null without two. */
  halfCloseSeconds: number | null
}

export interface QualityReport {
  oneSided: boolean
  /** `syn`, `syn-ack`, `data`, …: what the capture should have and has not. */
  missing: string[]
  reordered: number
  duplicatedByTap: number
  cutBySnaplen: boolean
  offload: boolean
  /** Packets, of any connection, that the capturing side lost while this one lasted; only where it says when. */
  droppedMeanwhile?: number
  /** With `--checksum` only. */
  checksums?: { client: ChecksumReport; server: ChecksumReport }
}

/** Segments by what their TCP checksum says. */
export interface ChecksumReport {
  good: number
  /** Damage, or computed by the network card after the capture: findings `bad-checksum`, `checksum-offload`. */
  bad: number
  /** Left to the network card, as the field itself shows: zero, or the sum of the pseudo-header alone. */
  offloaded: number
  /** Not all bytes were captured. */
  unknown: number
}

export interface FindingReport extends CitedFrames {
  code: string
  severity: Severity
  side: SideName | null
  message: string
  ref: string
  /** A Wireshark display filter that shows it; with several captures it is for that of the first frame. */
  filter: string
}

export interface HostReport {
  address: string
  /** As `EndpointReport.name`. */
  name?: string | null
  timeWaitPeak: number
  timeWaitPeakAt: string | null
  /** Of hosts that had two at once: the most in each step from `start` on, until the capture ends. */
  timeWaitHistory?: { start: string; stepSeconds: number; most: number[] }
  /** Sockets in each state at the end of the capture; states without any are left out. */
  states: Partial<Record<TcpState, number>>
}

export interface SummaryReport {
  connections: number
  open: Partial<Record<OpenKind, number>>
  close: Partial<Record<CloseKind, number>>
  findings: Partial<Record<Severity, number>>
}

/** As much of a `ConnectionReport` as is counted of a connection that is not shown. */
export interface ConnectionBrief {
  open: Pick<OpenReport, 'kind'>
  close: Pick<CloseReport, 'kind'>
  findings: readonly Pick<FindingReport, 'code' | 'severity'>[]
}

/** One connection in full, as `finwait show` prints it: the report on it, and its segments. */
export interface ShowReport {
  schema: 'finwait/show/1'
  connection: ConnectionReport
  /** In order of the capture. Every segment that causes or proves a transition is among them. */
  segments: LadderSegment[]
  /** Segments left out of `segments`: the middle of long data phases. */
  omitted: number
}

/** One arrow of the ladder diagram. */
export interface LadderSegment {
  frame: number
  /** Index of its capture; with several captures only. */
  file?: number
  time: string
  /** The sender. */
  side: SideName
  /** Names of the flags in the order of RFC 9293 §3.1, least significant first, joined by commas: `SYN,ACK`. */
  flags: string
  /** Relative to the sender's initial sequence number, mod 2^32. */
  seq: number
  /** Relative to the other side's initial sequence number, mod 2^32; null without the ACK flag. */
  ack: number | null
  payloadLength: number
  /** Bytes, after window scaling where the capture shows the scale. */
  window: number
  /** What the segment is besides its flags, in Wireshark's words: `retransmission`, `keep-alive`; null when nothing. */
  note: string | null
  /** Segments left out between the one before and this one. What `omitted` counts beyond their sum comes after the last. */
  omittedBefore: number
}
