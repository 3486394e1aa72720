/**
 * Builds packets for the tests, byte by byte and independent of src/: a test that read its packets with the code
 * that it tests would agree with any mistake. Every function returns a new `Uint8Array`; all fields have defaults.
 * Lengths and checksums are right unless a test asks for wrong ones.
 */

import { Packet } from '../../src/capture/packet.ts'

/** Hex text (blanks ignored) or numbers 0-255 or pieces of packets, joined. */
export function bytes(...parts: (string | number | Uint8Array)[]): Uint8Array {
  const out: number[] = []
  for (const part of parts) {
    if (typeof part === 'number') out.push(part)
    else if (typeof part === 'string')
      for (const pair of part.replace(/\s/g, '').match(/../g) ?? []) out.push(parseInt(pair, 16))
    else for (const value of part) out.push(value)
  }
  return Uint8Array.from(out)
}

/** Big-endian 16-bit and 32-bit integers, for use inside `bytes`. */
export const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value)
export const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)

/** An IPv4 (`10.0.0.1`) or IPv6 (`2001:db8::1`) address as its 4 or 16 bytes. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number))
  const [head = '', tail] = text.split('::')
  const words = (part: string | undefined): number[] => (part ? part.split(':').map((word) => parseInt(word, 16)) : [])
  const before = words(head)
  const after = words(tail)
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  return bytes(...[...before, ...new Array<number>(zeros).fill(0), ...after].map(u16))
}

/** The Internet checksum (RFC 1071) of the pieces put together. */
export function checksumOf(...parts: Uint8Array[]): number {
  const all = bytes(...parts)
  let sum = 0
  for (let at = 0; at < all.length; at += 2) sum += all[at]! * 256 + (all[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

interface EthernetFields {
  source?: string
  destination?: string
  /** EtherType of the payload; found from its first nibble (4 or 6) when absent. */
  type?: number
  /** VLAN ids, outermost first; a pair gives the TPID too. */
  vlans?: (number | [tpid: number, id: number])[]
  payload?: Uint8Array
}

export function ethernet(fields: EthernetFields = {}): Uint8Array {
  const payload = fields.payload ?? bytes()
  const tags = (fields.vlans ?? []).map((vlan) => (typeof vlan === 'number' ? ([0x8100, vlan] as const) : vlan))
  return bytes(
    fields.destination ?? '020000000002',
    fields.source ?? '020000000001',
    ...tags.flatMap(([tpid, id]) => [u16(tpid), u16(id)]),
    u16(fields.type ?? etherTypeOf(payload)),
    payload,
  )
}

/** 0x0800 or 0x86dd, by the version nibble of an IP packet. */
function etherTypeOf(payload: Uint8Array): number {
  return (payload[0] ?? 0x40) >> 4 === 6 ? 0x86dd : 0x0800
}

export interface Ipv4Fields {
  source?: string
  destination?: string
  protocol?: number
  ttl?: number
  id?: number
  moreFragments?: boolean
  /** Bytes, a multiple of 8. */
  fragmentOffset?: number
  /** A multiple of 4 bytes. */
  options?: Uint8Array
  /** Written into the header instead of the true length. */
  totalLength?: number
  payload?: Uint8Array
}

export function ipv4(fields: Ipv4Fields = {}): Uint8Array {
  const options = fields.options ?? bytes()
  const payload = fields.payload ?? bytes()
  const fragment = (fields.moreFragments ? 0x2000 : 0) | ((fields.fragmentOffset ?? 0) >> 3)
  const header = bytes(
    0x45 + options.length / 4,
    0,
    u16(fields.totalLength ?? 20 + options.length + payload.length),
    u16(fields.id ?? 1),
    u16(fragment),
    fields.ttl ?? 64,
    fields.protocol ?? 6,
    u16(0),
    addressBytes(fields.source ?? '10.0.0.1'),
    addressBytes(fields.destination ?? '10.0.0.2'),
    options,
  )
  header.set(u16(checksumOf(header)), 10)
  return bytes(header, payload)
}

export interface Ipv6Fields {
  source?: string
  destination?: string
  /** The header that `payload` starts with: 6 (TCP) unless given. */
  nextHeader?: number
  hopLimit?: number
  /** Written into the header instead of the true length. */
  payloadLength?: number
  payload?: Uint8Array
}

export function ipv6(fields: Ipv6Fields = {}): Uint8Array {
  const payload = fields.payload ?? bytes()
  return bytes(
    '60000000',
    u16(fields.payloadLength ?? payload.length),
    fields.nextHeader ?? 6,
    fields.hopLimit ?? 64,
    addressBytes(fields.source ?? '2001:db8::1'),
    addressBytes(fields.destination ?? '2001:db8::2'),
    payload,
  )
}

export interface TcpFields {
  sourcePort?: number
  destinationPort?: number
  seq?: number
  ack?: number
  /** Letters of F S R P A U E C N (N is AE, RFC 9768), in any order. */
  flags?: string
  window?: number
  /** Padded with zeros (End of Option List) to a multiple of 4 bytes. */
  options?: Uint8Array
  urgent?: number
  /** Written into the header instead of the true one; 32-bit words. */
  dataOffset?: number
  payload?: Uint8Array
  /** Addresses of the pseudo-header (RFC 9293 §3.1): the checksum stays 0 without them. */
  source?: string
  destination?: string
}

export function tcp(fields: TcpFields = {}): Uint8Array {
  const options = bytes(fields.options ?? '', new Uint8Array(-(fields.options?.length ?? 0) & 3))
  const flags = [...(fields.flags ?? 'A')].reduce((bits, letter) => bits | (1 << 'FSRPAUECN'.indexOf(letter)), 0)
  const segment = bytes(
    u16(fields.sourcePort ?? 40000),
    u16(fields.destinationPort ?? 80),
    u32(fields.seq ?? 1000),
    u32(fields.ack ?? 0),
    u16(((fields.dataOffset ?? 5 + options.length / 4) << 12) | flags),
    u16(fields.window ?? 65535),
    u16(0),
    u16(fields.urgent ?? 0),
    options,
    fields.payload ?? '',
  )
  if (fields.source !== undefined && fields.destination !== undefined) {
    segment.set(u16(transportChecksum(fields.source, fields.destination, 6, segment)), 16)
  }
  return segment
}

/** The checksum over pseudo-header and segment (RFC 9293 §3.1, RFC 8200 §8.1). */
function transportChecksum(source: string, destination: string, protocol: number, segment: Uint8Array): number {
  return checksumOf(addressBytes(source), addressBytes(destination), u32(segment.length), u32(protocol), segment)
}

export interface UdpFields {
  sourcePort?: number
  destinationPort?: number
  payload?: Uint8Array
}

/** A UDP datagram without a checksum, which IPv4 allows. */
export function udp(fields: UdpFields = {}): Uint8Array {
  const payload = fields.payload ?? bytes()
  return bytes(
    u16(fields.sourcePort ?? 50000),
    u16(fields.destinationPort ?? 53),
    u16(8 + payload.length),
    u16(0),
    payload,
  )
}

export interface TcpPacketFields extends TcpFields {
  ttl?: number
  id?: number
  vlans?: EthernetFields['vlans']
}

/** An IP packet with a TCP segment in it: IPv6 when the addresses say so; checksums are right. */
export function tcpIp(fields: TcpPacketFields = {}): Uint8Array {
  const isIpv6 = fields.source?.includes(':') ?? false
  const source = fields.source ?? '10.0.0.1'
  const destination = fields.destination ?? (isIpv6 ? '2001:db8::2' : '10.0.0.2')
  const payload = tcp({ ...fields, source, destination })
  if (isIpv6) return ipv6({ source, destination, hopLimit: fields.ttl ?? 64, payload })
  return ipv4({ source, destination, ttl: fields.ttl ?? 64, id: fields.id ?? 1, payload })
}

/** Ethernet, IP and TCP, the usual packet: `tcpPacket({ flags: 'S', seq: 1000 })`. */
export function tcpPacket(fields: TcpPacketFields = {}): Uint8Array {
  return ethernet({ vlans: fields.vlans ?? [], payload: tcpIp(fields) })
}

interface PacketFields {
  linkType?: number
  /** Bytes on the wire; more than are given when snaplen cut the packet. */
  originalLength?: number
  frame?: number
  timeNs?: number
}

/**
 * A `Packet` as a source would hand it over. The bytes stand in the middle of a larger buffer filled with 0xee, so
 * that whoever reads outside of the packet reads something wrong.
 */
export function packetOf(data: Uint8Array, fields: PacketFields = {}): Packet {
  const margin = 64
  const buffer = new Uint8Array(data.length + 2 * margin).fill(0xee)
  buffer.set(data, margin)
  const packet = new Packet()
  packet.view = new DataView(buffer.buffer)
  packet.offset = margin
  packet.capturedLength = data.length
  packet.originalLength = fields.originalLength ?? data.length
  packet.linkType = fields.linkType ?? 1
  packet.frame = fields.frame ?? 1
  packet.timeNs = fields.timeNs ?? 0
  return packet
}
