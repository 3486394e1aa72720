/**
 * One incarnation of a 4-tuple, complete: what `Tracker` hands over when nothing more is to come.
 */
import type { Observation } from '../tcp/observation.ts'
import type { RareEvents } from './rare.ts'

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
  firstFrame: number
  lastFrame: number
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
  rare: { events: RareEvents; ends: [0 | 1, 0 | 1] } | null
  /** The SYN of the next connection on the 4-tuple, and whether it was answered by a SYN-ACK; null when none came. */
  takenOverBy: { syn: Observation; isAccepted: boolean } | null
  /** Whether the SYN that opened it repeats the one of the connection before: an old duplicate, unless acknowledged. */
  isDuplicateSyn: boolean
}
