/**
 * The TCP segment that the decoder found, as numbers: the only thing that passes from decode/ to flow/.
 *
 * Filled again for each packet. Sequence numbers are int32 (compare by `(a - b) | 0`, RFC 9293 §3.4; `>>> 0` only
 * when printed): V8 keeps int32 unboxed, uint32 above 2^31 not.
 */
export class Segment {
  /** 4 or 6. */
  family = 4
  /** Addresses as big-endian int32 words: IPv4 uses the first, IPv6 all four. */
  source0 = 0
  source1 = 0
  source2 = 0
  source3 = 0
  destination0 = 0
  destination1 = 0
  destination2 = 0
  destination3 = 0
  /** IPv4 TTL or IPv6 hop limit. */
  ttl = 0
  /** IPv4 identification; -1 for IPv6, which has none. */
  ipId = -1
  /** Index into `PathTable`: the VLAN tags and tunnels around this packet; 0 when there are none. */
  path = 0

  sourcePort = 0
  destinationPort = 0
  seq = 0
  ack = 0
  /** The 9 flag bits of the header, `FLAG_*`. */
  flags = 0
  /** As in the header, unscaled. */
  window = 0
  /** Payload bytes on the wire, after the IP length: SYN and FIN are not counted. */
  payloadLength = 0
  /** Where the payload starts in `view`, and how many bytes of it were captured. */
  payloadOffset = 0
  payloadCaptured = 0
  /** TCP options in `view`: `[optionsOffset, optionsOffset + optionsLength)`, captured bytes only. */
  optionsOffset = 0
  optionsLength = 0
  /** Whether snaplen cut the packet after its TCP header. */
  isCut = false
  view: DataView = new DataView(new ArrayBuffer(0))
  /** True when this is the header quoted inside an ICMP error, see `icmp*`, or a broken one: no segment. */
  isIcmpQuote = false
  icmpType = 0
  icmpCode = 0
}

export const FLAG_FIN = 0x001
export const FLAG_SYN = 0x002
export const FLAG_RST = 0x004
export const FLAG_PSH = 0x008
export const FLAG_ACK = 0x010
export const FLAG_URG = 0x020
export const FLAG_ECE = 0x040
export const FLAG_CWR = 0x080
export const FLAG_AE = 0x100
