/**
 * One segment as the tap saw it, in the form that inference reads. Only segments that may matter to a state become
 * observations: those with SYN, FIN or RST, and the first ones after each of these (flow/ decides which).
 */
import type { Moment, Side } from './timeline.ts'

export interface Observation extends Moment {
  /** Who sent it; for an ICMP error, whom it tells. */
  side: Side
  /** int32, mod 2^32; `ack` is meaningful with `hasAck` only. */
  seq: number
  ack: number
  /** Sequence number after this segment: payload plus one for SYN and one for FIN (RFC 9293 §3.4, SEG.LEN). */
  end: number
  hasAck: boolean
  syn: boolean
  fin: boolean
  rst: boolean
  payloadLength: number
  /** As in the header, unscaled. */
  window: number
  ttl: number
  /** -1 when the packet has none (IPv6). */
  ipId: number
  /** RFC 7323; null when the segment carries none. */
  timestamps: { value: number; echo: number } | null
  /** Its first SACK block repeats what was acknowledged already (D-SACK, RFC 2883): the sender got something twice. */
  hasDsack: boolean
  /** The same segment once more from the tap (`any` interface, SPAN port): where its last copy was seen. */
  lastCopy: Moment | null
  /** Its TCP checksum is wrong although others of the same sender are right: the receiver dropped it. */
  isCorrupt: boolean
  /** Options of a SYN; null in other segments. */
  synOptions: {
    mss: number
    windowScale: number
    fastOpen: boolean
    sackPermitted: boolean
    isAuthenticated: boolean
  } | null
  /** For a FIN or RST: what the connection looked like just then, since the data before it are no observations. */
  context: Context | null
  /** An ICMP error that quotes a segment of `side`. */
  icmp: { type: number; code: number } | null
}

/**
 * Of the other side: its highest acknowledgment, the right edge of its window and its SND.NXT; of the sender: its SND.NXT
 * and its highest acknowledgment, 0 when it had none.
 */
export interface Context {
  targetAck: number
  targetEdge: number
  targetNext: number
  senderNext: number
  senderAck: number
}

/**
 * What a tap takes twice, or in reverse order, is no further apart, in nanoseconds: real repeats wait for an RTO or a
 * round trip.
 */
export const TAP_COPY_NS = 3e6

/** A segment that only a synchronized side sends. */
export function isOrdinary(segment: Observation): boolean {
  return segment.hasAck && !segment.syn && !segment.rst
}
