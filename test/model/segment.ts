/**
 * Segments inside the model. Numbers of the sequence space are uint32; compare them with `minus`, RFC 9293 §3.4.
 */
export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const PSH = 0x08
export const ACK = 0x10

/** Index of a host of a world; it says nothing about who opens or closes. */
export type HostIndex = 0 | 1
export const HOSTS = [0, 1] as const

export interface Segment {
  seq: number
  /** 0 without the ACK flag. */
  ack: number
  flags: number
  payloadLength: number
  window: number
}

/** One copy of a segment on its way: the network may make two of one. */
export interface Copy {
  /** When it passes the place of the tap; null when it was lost before. */
  tapUs: number | null
  /** When it reaches the other host; null when it was lost. */
  arrivesUs: number | null
  /** `VirtualTime.mark` of the arrival. */
  arrivalMark: number
}

/** A segment that a host has sent, and what became of it. */
export interface Sent extends Segment {
  from: HostIndex
  departsUs: number
  /** `VirtualTime.mark` of the departure. */
  mark: number
  /** IPv4 identification: each host counts its packets. */
  ipId: number
  copies: Copy[]
}

/** Sequence space that a segment takes: SEG.LEN of RFC 9293 §3.4. */
export function segmentLength(segment: Segment): number {
  return segment.payloadLength + (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0)
}

/** `first - second` mod 2^32, negative when `first` is the earlier one. */
export function minus(first: number, second: number): number {
  return (first - second) | 0
}

export function plus(number: number, count: number): number {
  return (number + count) >>> 0
}
