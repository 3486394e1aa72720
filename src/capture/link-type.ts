/**
 * What a container must know of link types: how old formats write them, and how long a packet may be.
 *
 * What the bytes of a link type mean is decode/'s business. Numbers: draft-ietf-opsawg-pcaplinktype.
 */

const LINKTYPE_NULL = 0
const LINKTYPE_ETHERNET = 1
const LINKTYPE_IEEE802_5 = 6
const LINKTYPE_FDDI = 10
const LINKTYPE_RAW = 101
const LINKTYPE_SUNATM = 123
const LINKTYPE_DBUS = 231
const LINKTYPE_IPNET = 226
const LINKTYPE_IPOIB = 242
const LINKTYPE_USBPCAP = 249
const LINKTYPE_EBHSCR = 279

/** LINKTYPE_* of a link whose format has no such number: nothing decodes it, and its packets are counted so. */
const LINKTYPE_UNKNOWN = 0xffff

/** Longest packet, in bytes, that Wireshark believes in: 256 KiB, and more on the buses that carry more. */
export function maximumPacketLength(linkType: number): number {
  switch (linkType) {
    case LINKTYPE_DBUS:
    case LINKTYPE_USBPCAP:
      return 128 * 1024 * 1024
    case LINKTYPE_EBHSCR:
      return 8 * 1024 * 1024
    default:
      return 256 * 1024
  }
}

/** LINKTYPE_* of the ifType (RFC 1573) that AIX writes into a pcap header; null when AIX did not write it. */
export function linkTypeOfAix(ifType: number): number | null {
  return IF_TYPES.get(ifType) ?? null
}

const IF_TYPES: ReadonlyMap<number, number> = new Map([
  [6, LINKTYPE_ETHERNET],
  [9, LINKTYPE_IEEE802_5],
  [15, LINKTYPE_FDDI],
  [24, LINKTYPE_NULL],
])

/** LINKTYPE_* of a network number of NetMon; from 0xe000 on it has one of these itself in its lower bits. */
export function linkTypeOfNetmon(network: number): number {
  return network >>> 12 === 0xe ? network & 0xfff : (NETWORKS.get(network) ?? LINKTYPE_UNKNOWN)
}

const NETWORKS: ReadonlyMap<number, number> = new Map([
  [1, LINKTYPE_ETHERNET],
  [2, LINKTYPE_IEEE802_5],
  [3, LINKTYPE_FDDI],
  [7, LINKTYPE_RAW],
  [8, LINKTYPE_RAW],
  [9, LINKTYPE_RAW],
])

/** LINKTYPE_* of a snoop datalink (RFC 1761 §4 and Solaris' <sys/dlpi.h>). */
export function linkTypeOfSnoop(datalink: number): number {
  return DATALINKS.get(datalink) ?? LINKTYPE_UNKNOWN
}

const DATALINKS: ReadonlyMap<number, number> = new Map([
  [0, LINKTYPE_ETHERNET],
  [2, LINKTYPE_IEEE802_5],
  [4, LINKTYPE_ETHERNET],
  [8, LINKTYPE_FDDI],
  [18, LINKTYPE_SUNATM],
  [26, LINKTYPE_IPOIB],
  [0x8000_0001, LINKTYPE_RAW],
  [0x8000_0002, LINKTYPE_RAW],
  [0x8000_0003, LINKTYPE_IPNET],
])
