/**
 * Which connections a rule is about.
 */
import { parseAddress } from '../bytes/address.ts'
import { contains, parseRange } from '../bytes/address-range.ts'
import type { ConnectionReport, EndpointReport } from '../report/model.ts'
import type { EndpointMatch, Match } from './language.ts'

export type Matcher = (connection: ConnectionReport) => boolean

export function matcherOf(match: Match = {}): Matcher {
  const isClient = endpointMatcher(match.client)
  const isServer = endpointMatcher(match.server)
  const { open, close, stream, connection } = match
  return (of) =>
    isClient(of.client) &&
    isServer(of.server) &&
    (open === undefined || listOf(open).includes(of.open.kind)) &&
    (close === undefined || listOf(close).includes(of.close.kind)) &&
    (stream === undefined || of.stream === stream) &&
    (connection === undefined || of.connection === connection)
}

/** A Wireshark display filter of what matches, as far as one can say it; empty when that is everything. */
export function filterOf({ client, server, stream }: Match = {}): string {
  const parts: string[] = []
  for (const endpoint of [client, server]) {
    if (endpoint?.address !== undefined)
      parts.push(`${endpoint.address.includes(':') ? 'ipv6' : 'ip'}.addr == ${endpoint.address}`)
    if (endpoint?.port !== undefined) parts.push(portsFilter(listOf(endpoint.port)))
  }
  if (stream !== undefined) parts.push(`tcp.stream eq ${stream}`)
  return parts.join(' and ')
}

/** What a rule is about, in a few words; empty when it is about all connections. */
export function matchText({ client, server, open, close, stream, connection }: Match = {}): string {
  const parts: string[] = []
  for (const [side, endpoint] of Object.entries({ client, server })) {
    if (endpoint?.address !== undefined) parts.push(`${side} ${endpoint.address}`)
    if (endpoint?.port !== undefined) parts.push(`${side} port ${listOf(endpoint.port).join(' or ')}`)
  }
  if (open !== undefined) parts.push(`opened ${listOf(open).join(' or ')}`)
  if (close !== undefined) parts.push(`closed ${listOf(close).join(' or ')}`)
  if (stream !== undefined) parts.push(`stream ${stream}`)
  if (connection !== undefined) parts.push(`connection ${connection}`)
  return parts.join(', ')
}

function endpointMatcher({ address, port }: EndpointMatch = {}): (endpoint: EndpointReport) => boolean {
  const range = address === undefined ? null : parseRange(address)
  const ports = port === undefined ? null : listOf(port).map(portRange)
  return (endpoint) => {
    if (ports !== null && !ports.some(([least, most]) => endpoint.port >= least && endpoint.port <= most)) return false
    if (range === null) return true
    const parsed = parseAddress(endpoint.address)
    return parsed !== null && contains(range, parsed)
  }
}

function portRange(port: number | string): [least: number, most: number] {
  const [least = 0, most = least] = String(port).split('-').map(Number)
  return [least, most]
}

function portsFilter(ports: readonly (number | string)[]): string {
  const [only] = ports
  if (ports.length === 1 && typeof only === 'number') return `tcp.port == ${only}`
  return `tcp.port in {${ports.map((port) => String(port).replace('-', '..')).join(', ')}}`
}

/** What may be written as one or as a list, as a list. */
export function listOf<T>(oneOrMore: T | readonly T[]): readonly T[] {
  return Array.isArray(oneOrMore) ? oneOrMore : [oneOrMore as T]
}
