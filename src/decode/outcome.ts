/**
 * What became of a packet, and what reading one header leads to. Small integers: one is returned for every header.
 */

export const Outcome = {
  /** Nothing wrong, and nothing of ours: ARP, ICMP, SCTP, … */
  NO_TCP: 0,
  /** The segment is filled. */
  TCP: 1,
  /** Addresses and ports of the segment are filled, nothing else. */
  UDP: 2,
  /** The packet ends before the TCP header does: cut by snaplen. */
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
  IPV4: 17,
  IPV6: 18,
  TCP: 19,
  UDP: 20,
  ETHERNET: 21,
  VLAN: 22,
  SLL: 54,
  SLL2: 55,
  NULL: 23,
  LOOP: 24,
  /** Two bytes of EtherType, then what it announces. */
  ETHERTYPE: 25,
  /** Tags of 4 or 6 bytes in front of another EtherType. */
  TAG4: 26,
  TAG6: 27,
  PBB: 28,
  LLC: 29,
  PPP: 30,
  PPPOE: 31,
  CISCO_HDLC: 32,
  FRAME_RELAY: 33,
  MPLS: 34,
  WLAN: 35,
  RADIOTAP: 36,
  PRISM: 37,
  AVS: 38,
  PPI: 39,
  PFLOG: 40,
  NFLOG: 41,
  TOKEN_RING: 42,
  ARCNET: 43,
  ARCNET_LINUX: 44,
  JUNIPER_ETHERNET: 45,
  PKTAP: 46,
  GRE: 47,
  ERSPAN2: 48,
  ERSPAN3: 49,
  ETHER_IP: 50,
  NSH: 51,
  ICMP: 52,
  ICMPV6: 53,
} as const

export type Layer = (typeof Layer)[keyof typeof Layer]

/** The next header, or the end. */
export type Step = Outcome | Layer

/** A step below this is an outcome. */
export const FIRST_LAYER = 16
