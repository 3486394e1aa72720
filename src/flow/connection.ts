/**
 * One incarnation of a 4-tuple, complete: what `Tracker` hands over when nothing more is to come.
 */
import type { Observation } from '../tcp/observation.ts'
import type { Mark, RareEvents } from './rare.ts'

/** Traffic of one side; payload bytes without what was sent again. */
export interface Traffic {
  segments: number
  bytes: number
  retransmissions: number
  outOfOrder: number
  duplicates: number
  zeroWindows: number
  keepAlives: number
}

/** The answer of the other side to a SYN that it did not take for a new connection's: an ACK, and the RST that this drew. */
export interface Refusal {
  answerFrame: number
  /** null when the capture has none. */
  resetFrame: number | null
  /** The connection that answered had closed: it was in TIME-WAIT. Otherwise only the sender of the SYN had lost it. */
  wasClosed: boolean
}

export interface Connection {
  /** 0-based, in order of the first frame. */
  number: number
  stream: number
  /** 4 or 6, and the address words of client and server. */
  family: number
  addresses: [number[], number[]]
  ports: [number, number]
  /** `assumed` when no SYN tells who opened. */
  roles: 'observed' | 'assumed'
  /** Index into the decoder's `PathTable`. */
  path: number
  firstTimeNs: number
  lastTimeNs: number
  /** When client and server were last heard of; 0 for one that never was. */
  lastSeenNs: [number, number]
  /** Of the run, see frames.ts. */
  firstFrame: number
  lastFrame: number
  /** Capture of the first frame. */
  fileIndex: number
  traffic: [Traffic, Traffic]
  /** Highest sequence number each side sent, plus one; mod 2^32. */
  sentEnd: [number, number]
  isFullDuplex: boolean
  isCutBySnaplen: boolean
  hasOffload: boolean
  completeness: number
  observations: Observation[]
  /** Null when nothing rare happened. `ends` says which element of its pairs is the client's, and which the server's. */
  rare: { events: RareEvents; ends: [0 | 1, 0 | 1]; marks: readonly Mark[] } | null
  /** How often it speaks, in seconds, when it does so at regular times; else null. */
  heartbeatSeconds: number | null
  /** Bytes of each side that the other acknowledged although they are not in the capture. */
  missingBytes: [number, number]
  /** When each side last sent data or a control that it had not sent before; that of the start where it never did. */
  lastDataNs: [number, number]
  /**
   * The SYN of the next connection on the 4-tuple, whether it was answered by a SYN-ACK, and how it was turned down before;
   * null when none came.
   */
  takenOverBy: { syn: Observation; isAccepted: boolean; refusal: Refusal | null } | null
  /** How what was left of the connection before turned its SYN down at first; null when nothing did. */
  refused: Refusal | null
  /** Whether the SYN that opened it repeats the one of the connection before: an old duplicate, unless acknowledged. */
  isDuplicateSyn: boolean
  /** Sequence number of the SYN that each side had sent on the same 4-tuple before; null where it had sent none. */
  oldSyns: [number | null, number | null]
}
