/**
 * Captures that no ladder can say: of many connections, of a damaged or quoted segment. Times are seconds, all on one clock.
 */
import { pcap } from '../support/build-capture.ts'
import { dnsAnswer } from '../support/build-dns.ts'
import { bytes, ethernet, ipv4, ipv6, type TcpPacketFields, tcp, tcpIp, tcpPacket } from '../support/build-packet.ts'

export interface TimedPacket {
  seconds: number
  data: Uint8Array
}

export interface Pair {
  client: string
  server: string
  port: number
  clientPort: number
}

const FIRST_SECOND = 1_767_225_600

/** In order of time. */
export function captureOfPackets(packets: readonly TimedPacket[]): Uint8Array {
  const sorted = packets.toSorted((a, b) => a.seconds - b.seconds)
  return pcap(
    sorted.map(({ seconds, data }) => {
      const microseconds = Math.round(seconds * 1e6)
      const whole = Math.floor(microseconds / 1e6)
      return { seconds: FIRST_SECOND + whole, nanoseconds: (microseconds - whole * 1e6) * 1000, data }
    }),
    { nanoseconds: true },
  )
}

export const PAIR: Pair = { client: '10.0.0.1', server: '10.0.0.2', port: 80, clientPort: 40000 }

export function fromClient({ client, server, port, clientPort }: Pair, fields: TcpPacketFields): Uint8Array {
  return tcpPacket({ source: client, destination: server, sourcePort: clientPort, destinationPort: port, ...fields })
}

function fromServer({ client, server, port, clientPort }: Pair, fields: TcpPacketFields): Uint8Array {
  return tcpPacket({ source: server, destination: client, sourcePort: port, destinationPort: clientPort, ...fields })
}

/** A SYN that nobody answers. */
export function unanswered(pair: Pair, seconds: number): TimedPacket[] {
  return [{ seconds, data: fromClient(pair, { seq: 100, flags: 'S' }) }]
}

/** A SYN that is answered by a RST. */
export function refused(pair: Pair, seconds: number): TimedPacket[] {
  return [
    ...unanswered(pair, seconds),
    { seconds: seconds + 0.001, data: fromServer(pair, { seq: 0, ack: 101, flags: 'RA' }) },
  ]
}

/** Three segments of the handshake, client's and server's next sequence numbers 101 and 301. */
export function opened(pair: Pair, seconds: number): TimedPacket[] {
  return [
    { seconds, data: fromClient(pair, { seq: 100, flags: 'S' }) },
    { seconds: seconds + 0.001, data: fromServer(pair, { seq: 300, ack: 101, flags: 'SA' }) },
    { seconds: seconds + 0.002, data: fromClient(pair, { seq: 101, ack: 301, flags: 'A' }) },
  ]
}

/** Opened, and closed by `by` only. */
export function halfClosed(pair: Pair, seconds: number, by: 'client' | 'server'): TimedPacket[] {
  const [sends, answers] = by === 'client' ? [fromClient, fromServer] : [fromServer, fromClient]
  const [seq, ack] = by === 'client' ? [101, 301] : [301, 101]
  return [
    ...opened(pair, seconds),
    { seconds: seconds + 0.003, data: sends(pair, { seq, ack, flags: 'FA' }) },
    { seconds: seconds + 0.004, data: answers(pair, { seq: ack, ack: seq + 1, flags: 'A' }) },
  ]
}

/** Opened and closed by three segments, the client first, which is in TIME-WAIT 4 ms after `seconds`. */
export function closed(pair: Pair, seconds: number): TimedPacket[] {
  return [
    ...opened(pair, seconds),
    { seconds: seconds + 0.003, data: fromClient(pair, { seq: 101, ack: 301, flags: 'FA' }) },
    { seconds: seconds + 0.004, data: fromServer(pair, { seq: 301, ack: 102, flags: 'FA' }) },
    { seconds: seconds + 0.005, data: fromClient(pair, { seq: 102, ack: 302, flags: 'A' }) },
  ]
}

/** Somebody else's segment, so that the capture's clock goes on. */
export function later(seconds: number): TimedPacket[] {
  return [{ seconds, data: tcpPacket({ source: '10.9.9.9', destination: '10.9.9.8', flags: 'A', seq: 1, ack: 1 }) }]
}

/** A SYN of the client of `pair`, and an ICMP or ICMPv6 error about it from a router. */
export function unreachable(pair: Pair, type: number, code: number): TimedPacket[] {
  const quoted = tcpIp({
    source: pair.client,
    destination: pair.server,
    sourcePort: pair.clientPort,
    destinationPort: pair.port,
    seq: 100,
    flags: 'S',
  })
  const error = bytes(type, code, 0, 0, 0, 0, 0, 0, quoted)
  const isIpv6 = pair.client.includes(':')
  const router = isIpv6
    ? ipv6({ source: '2001:db8::ff', destination: pair.client, nextHeader: 58, payload: error })
    : ipv4({ source: '10.0.0.254', destination: pair.client, protocol: 1, payload: error })
  return [...unanswered(pair, 0), { seconds: 0.01, data: ethernet({ payload: router }) }]
}

/** A segment of the server whose checksum is wrong, among right ones. */
export function damaged(): TimedPacket[] {
  const data = fromServer(PAIR, { seq: 301, ack: 101, flags: 'FA' })
  data[data.length - 3]! ^= 0xff
  return [
    ...opened(PAIR, 0),
    { seconds: 0.01, data: fromServer(PAIR, { seq: 301, ack: 101, flags: 'A', payload: new Uint8Array(10) }) },
    { seconds: 0.02, data },
  ]
}

/** A handshake whose client leaves its checksums to the network card. */
export function offloaded(): TimedPacket[] {
  const checksum = 14 + 20 + 16
  return opened(PAIR, 0).map(({ seconds, data }, at) => ({
    seconds,
    data: at === 1 ? data : data.fill(0, checksum, checksum + 2),
  }))
}

/** More segments with FIN than are kept of one connection. */
export function endless(): TimedPacket[] {
  const fins = Array.from({ length: 2100 }, (_, at) => ({
    seconds: 1 + at / 100,
    data: fromClient(PAIR, { seq: 101, ack: 301, flags: 'FA', id: at + 10 }),
  }))
  return [...opened(PAIR, 0), ...fins]
}

/** A SYN in two fragments that overlap. */
export function overlapping(): TimedPacket[] {
  const segment = tcp({ flags: 'S', payload: new Uint8Array(20) })
  const fragment = (fragmentOffset: number, payload: Uint8Array, moreFragments: boolean) =>
    ethernet({ payload: ipv4({ id: 7, fragmentOffset, moreFragments, payload }) })
  return [
    { seconds: 0, data: fragment(0, segment.subarray(0, 24), true) },
    { seconds: 0.001, data: fragment(16, segment.subarray(16), false) },
  ]
}

/** DNS answers: `host0.example` is 10.0.5.0, and so on. */
export function answers(count: number): TimedPacket[] {
  return many(count, (at) => [
    { seconds: at, data: dnsAnswer({ asked: `host${at}.example`, records: [{ type: 1, data: [10, 0, 5, at] }] }) },
  ])
}

/** `count` things a hundredth of a second apart. */
export function many(count: number, make: (at: number) => TimedPacket[]): TimedPacket[] {
  return Array.from({ length: count }, (_, at) => make(at)).flat()
}
