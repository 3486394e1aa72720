/**
 * DNS messages for the tests, byte by byte and independent of src/.
 */
import { bytes, ethernet, ipv4, u16, u32 } from './build-packet.ts'

interface DnsRecord {
  /** The name asked for unless given. */
  owner?: string
  type: number
  data: readonly number[] | Uint8Array
}

interface DnsFields {
  asked?: string
  records?: readonly DnsRecord[]
  flags?: number
  port?: number
}

/** The wire form of a name, uncompressed. */
export function dnsName(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.')
  return bytes(...labels.flatMap((label) => [label.length, new TextEncoder().encode(label)]), 0)
}

/** A response with one question, its answers naming the question by a pointer. */
export function dnsMessage({ asked = 'web.example', records = [], flags = 0x8180 }: DnsFields = {}): Uint8Array {
  const answers = records.map(({ owner, type, data }) =>
    bytes(owner === undefined ? 'c00c' : dnsName(owner), u16(type), u16(1), u32(60), u16(data.length), ...data),
  )
  const counts = bytes(u16(1), u16(records.length), u16(0), u16(0))
  return bytes(u16(7), u16(flags), counts, dnsName(asked), u16(1), u16(1), ...answers)
}

/** In a packet from 10.0.0.53. */
export function dnsAnswer(fields: DnsFields = {}): Uint8Array {
  const payload = dnsMessage(fields)
  const udp = bytes(u16(fields.port ?? 53), u16(5000), u16(8 + payload.length), u16(0), payload)
  return ethernet({ payload: ipv4({ source: '10.0.0.53', destination: '10.0.0.1', protocol: 17, payload: udp }) })
}
