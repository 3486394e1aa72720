/**
 * What became of a packet, and what a step of the decoder answers. Small integers: one is returned for every packet.
 */

export const Outcome = {
  /** Nothing wrong, and nothing of ours: ARP, ICMP, SCTP, … */
  NO_TCP: 0,
  /** The segment is filled. */
  TCP: 1,
  /** Addresses and ports of the segment are filled, nothing else. */
  UDP: 2,
  /** The capture ends (snaplen) before the TCP header does. */
  TRUNCATED: 3,
  /** A length or version field says something impossible. */
  MALFORMED: 4,
  /** A link type or an encapsulation that cannot be seen into: encrypted, unknown, nested too deep. */
  UNSUPPORTED: 5,
  /** An IP fragment: kept for reassembly, or of a datagram that cannot be put together. */
  FRAGMENT: 6,
  /** An ICMP error that quotes a TCP header: the segment is filled with the quote. */
  ICMP_ERROR: 7,
} as const

export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/** The headers that `Decoder` walks; the numbers start above those of `Outcome`. */
export const Layer = {
  /** IPv4 or IPv6, told apart by the version nibble. */
  IP: 16,
  TCP: 17,
  ETHERNET: 18,
  VLAN: 19,
  UDP: 20,
  SLL: 21,
  SLL2: 22,
  NULL: 23,
  LOOP: 24,
} as const

export type Layer = (typeof Layer)[keyof typeof Layer]

/** What reading one header leads to: the next header, or the end. */
export type Step = Outcome | Layer

/** A step below this is an outcome. */
export const FIRST_LAYER = 16
