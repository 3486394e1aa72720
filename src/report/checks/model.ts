/**
 * What `finwait check` found, as `--format json` prints it: `finwait/check/1`, published as `schema/check.schema.json`.
 * Every other format of a check is a view of this.
 */
import type { SideName } from '../../tcp/timeline.ts'

/** What can be expected, by the key of the expectation that says it; for formats that have a list of rules. */
export const RULES = {
  connections: 'how many connections the capture has',
  count: 'how many connections a rule matches',
  open: 'how a connection opens',
  handshake: 'whether the handshake completes, and how long it takes',
  close: 'how a connection closes, and who closes first',
  states: 'which states of RFC 9293 a side goes through',
  findings: 'what finwait finds in a connection or in the whole capture',
  quality: 'what the capture itself lacks',
} as const
export type RuleName = keyof typeof RULES

export interface CheckReport {
  schema: 'finwait/check/1'
  captures: CheckedCapture[]
  summary: CheckSummary
}

export interface CheckSummary {
  captures: number
  /** Captures with an expectation that is not met. */
  failed: number
  /** Captures that could not be read, or not to their end. */
  unreadable: number
  expectations: number
  /** Expectations that are not met. */
  unmet: number
}

export interface CheckedCapture {
  file: string
  /** Why it could not be read to its end, and the byte where; null when it was. */
  error: { offset: number; message: string } | null
  connections: number
  results: CheckResult[]
}

/** One expectation, held against one capture. */
export interface CheckResult {
  rule: RuleName
  /** Where it stands in its file: `connections[0].close`. */
  key: string
  /** The name that its file gives to the rule; null when none. */
  name: string | null
  expected: string
  /** null for the default policy. */
  source: Place | null
  /** Connections that were held against it; null when it is about the capture as a whole. */
  checked: number | null
  /** How often it is not met, and the first of them. */
  unmet: number
  violations: Violation[]
}

/** 1-based. */
export interface Place {
  file: string
  line: number
  column: number
}

/** What was seen instead. */
export interface Violation {
  /** null when it is about the capture as a whole. */
  connection: ViolatingConnection | null
  side: SideName | null
  seen: string
  frames: number[]
  /** A Wireshark display filter that shows it; empty when there is none. */
  filter: string
}

export interface ViolatingConnection {
  connection: number
  stream: number
  /** `10.0.0.1:40000`, `[2001:db8::1]:40000`. */
  client: string
  server: string
}
