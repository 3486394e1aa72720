/**
 * All findings there are: stable code → severity and section. `docs/findings.md` is generated from this and from
 * `messages.ts`. Severities are Wireshark's: chat (usual), note (worth knowing), warn (unusual), error (broken).
 */
import type { Severity } from './finding.ts'

interface Entry {
  severity: Severity
  ref: string
}

// biome-ignore format: a table.
export const CATALOGUE = {
  // Opening
  'mid-stream':                  { severity: 'chat',  ref: 'RFC 9293 §3.5' },
  'simultaneous-open':           { severity: 'note',  ref: 'RFC 9293 §3.5 Figure 7' },
  'split-handshake':             { severity: 'warn',  ref: 'RFC 9293 §3.5' },
  'fast-open':                   { severity: 'chat',  ref: 'RFC 7413 §4.2' },
  'fast-open-ignored':           { severity: 'note',  ref: 'RFC 7413 §4.2' },
  'connection-refused':          { severity: 'warn',  ref: 'RFC 9293 §3.10.7.1' },
  'icmp-unreachable':            { severity: 'warn',  ref: 'RFC 9293 §3.9.2.2' },
  'syn-unanswered':              { severity: 'warn',  ref: 'RFC 9293 §3.10.8' },
  'handshake-in-flight':         { severity: 'chat',  ref: 'RFC 6298 §2.1' },
  'half-open':                   { severity: 'warn',  ref: 'RFC 9293 §3.5' },
  'handshake-reset':             { severity: 'warn',  ref: 'RFC 9293 §3.5.3' },
  'wrong-ack':                   { severity: 'warn',  ref: 'RFC 9293 §3.10.7.3' },
  'old-duplicate-syn':           { severity: 'note',  ref: 'RFC 9293 §3.5 Figure 8' },
  'syn-retransmission':          { severity: 'note',  ref: 'RFC 6298 §5.7' },
  'syn-met-old-connection':      { severity: 'warn',  ref: 'RFC 9293 §3.5.1 Figure 9' },
  'syn-ack-retransmission':      { severity: 'note',  ref: 'RFC 6298 §5.7' },
  'handshake-ack-lost':          { severity: 'note',  ref: 'RFC 9293 §3.10.7.4' },
  'syn-in-connection':           { severity: 'note',  ref: 'RFC 5961 §4.2' },
  // Close
  'simultaneous-close':          { severity: 'note',  ref: 'RFC 9293 §3.6 Figure 13' },
  'half-close':                  { severity: 'note',  ref: 'RFC 9293 §3.6.1' },
  'fin-before-data':             { severity: 'note',  ref: 'RFC 9293 §3.10.7.4' },
  'fin-retransmission':          { severity: 'note',  ref: 'RFC 6298 §5' },
  'last-ack-lost':               { severity: 'note',  ref: 'RFC 9293 §3.6' },
  'fin-in-flight':               { severity: 'note',  ref: 'RFC 9293 §3.6' },
  'timed-out':                   { severity: 'warn',  ref: 'RFC 9293 §3.10.8' },
  // Reset
  'connection-reset':            { severity: 'warn',  ref: 'RFC 9293 §3.5.2' },
  'reset-after-close':           { severity: 'note',  ref: 'RFC 9293 §3.6.1' },
  'half-open-peer':              { severity: 'warn',  ref: 'RFC 9293 §3.5.1' },
  'reset-challenged':            { severity: 'warn',  ref: 'RFC 5961 §3.2' },
  'reset-ignored':               { severity: 'warn',  ref: 'RFC 9293 §3.5.3' },
  'reset-by-middlebox':          { severity: 'error', ref: 'RFC 9293 §3.5.2' },
  'reset-not-received':          { severity: 'warn',  ref: 'RFC 9293 §3.5.2' },
  // TIME-WAIT
  'time-wait-restarted':         { severity: 'chat',  ref: 'RFC 9293 §3.10.7.4' },
  'time-wait-reused':            { severity: 'note',  ref: 'RFC 6191 §2' },
  'time-wait-reuse-refused':     { severity: 'warn',  ref: 'RFC 6191 §2' },
  'time-wait-assassinated':      { severity: 'warn',  ref: 'RFC 1337 §2' },
  'reset-in-time-wait':          { severity: 'note',  ref: 'RFC 1337 §3' },
  // Stuck
  'syn-received-stuck':          { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  'close-wait-stuck':            { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  'fin-wait-1-stuck':            { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  'fin-wait-2-stuck':            { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  'closing-stuck':               { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  'last-ack-stuck':              { severity: 'warn',  ref: 'RFC 9293 §3.3.2' },
  // Traffic
  'retransmission':              { severity: 'note',  ref: 'RFC 6298 §5' },
  'out-of-order':                { severity: 'chat',  ref: 'RFC 9293 §3.10.7.4' },
  'zero-window':                 { severity: 'warn',  ref: 'RFC 9293 §3.8.6' },
  'keep-alive':                  { severity: 'chat',  ref: 'RFC 9293 §3.8.4' },
  'peer-silent':                 { severity: 'warn',  ref: 'RFC 9293 §3.8.3' },
  // Quality of the capture
  'one-sided':                   { severity: 'note',  ref: 'docs/inference.md' },
  'missing-segments':            { severity: 'note',  ref: 'docs/inference.md' },
  'bad-checksum':                { severity: 'note',  ref: 'RFC 9293 §3.1' },
  'checksum-offload':            { severity: 'note',  ref: 'docs/formats.md' },
  // The capture as a whole
  'syn-flood':                   { severity: 'error', ref: 'RFC 4987 §2' },
  'port-scan':                   { severity: 'warn',  ref: 'RFC 9293 §3.10.7.1' },
  'close-wait-leak':             { severity: 'error', ref: 'RFC 9293 §3.3.2' },
  'time-wait-pressure':          { severity: 'warn',  ref: 'RFC 6056 §3.2' },
  'fragment-overlap':            { severity: 'warn',  ref: 'RFC 5722 §3' },
  // A limit of finwait was reached
  'connection-limit':            { severity: 'warn',  ref: 'docs/limits.md' },
  'log-limit':                   { severity: 'warn',  ref: 'docs/limits.md' },
  'fragment-limit':              { severity: 'warn',  ref: 'docs/limits.md' },
  'path-limit':                  { severity: 'warn',  ref: 'docs/limits.md' },
  'stream-limit':                { severity: 'warn',  ref: 'docs/limits.md' },
  'copy-limit':                  { severity: 'warn',  ref: 'docs/limits.md' },
  'conversation-limit':          { severity: 'warn',  ref: 'docs/limits.md' },
  'host-limit':                  { severity: 'warn',  ref: 'docs/limits.md' },
  'name-limit':                  { severity: 'warn',  ref: 'docs/limits.md' },
  'capture-limit':               { severity: 'warn',  ref: 'docs/limits.md' },
} as const satisfies Record<string, Entry>

export type FindingCode = keyof typeof CATALOGUE
export const FINDING_CODES: readonly FindingCode[] = Object.keys(CATALOGUE) as FindingCode[]
