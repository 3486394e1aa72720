/**
 * What became of a packet, and what reading one header leads to. Small integers: one is returned for every header.
 */

export const Outcome = {
  /** Nothing wrong, and nothing of ours: ARP, ICMP, SCTP, … */
  NO_TCP: 0,
  /** The segment is filled. */
  TCP: 1,
  /** Addresses and ports of the segment are filled, and where its payload is; nothing else. */
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
  /** A TCP header whose data offset lies behind the end, so malformed; the segment is filled as with a quote. */
  LONG_TCP: 8,
  /** The same with one below 20 bytes. */
  SHORT_TCP: 9,
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
  SLL: 23,
  SLL2: 24,
  NULL: 25,
  LOOP: 26,
  /** Two bytes of EtherType, then what it announces. */
  ETHERTYPE: 27,
  /** Tags of 4 or 6 bytes in front of another EtherType. */
  TAG4: 28,
  TAG6: 29,
  PBB: 30,
  LLC: 31,
  PPP: 32,
  PPPOE: 33,
  CISCO_HDLC: 34,
  FRAME_RELAY: 35,
  MPLS: 36,
  WLAN: 37,
  RADIOTAP: 38,
  PRISM: 39,
  AVS: 40,
  PPI: 41,
  PFLOG: 42,
  NFLOG: 43,
  TOKEN_RING: 44,
  ARCNET: 45,
  ARCNET_LINUX: 46,
  JUNIPER_ETHERNET: 47,
  JUNIPER_PPP: 48,
  JUNIPER_FRAME_RELAY: 49,
  JUNIPER_CISCO_HDLC: 50,
  ERF: 51,
  MACSEC: 52,
  MULTILINK: 53,
  PKTAP: 54,
  GRE: 55,
  ERSPAN2: 56,
  ERSPAN3: 57,
  ETHER_IP: 58,
  NSH: 59,
  ICMP: 60,
  ICMPV6: 61,
} as const

export type Layer = (typeof Layer)[keyof typeof Layer]

/** The next header, or the end. */
export type Step = Outcome | Layer

/** A step below this is an outcome. */
export const FIRST_LAYER = 16
