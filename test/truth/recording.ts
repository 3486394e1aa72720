/**
 * What a capture is scored against: the states that the kernels at both ends went through, whatever file told it.
 *
 * Types, and the few words both file formats share. Times are microseconds since 1970, the resolution of the kernel's
 * trace; a double holds them to a quarter of one.
 */
import type { TcpState } from '../../src/index.ts'

export const SIDES = ['client', 'server'] as const
export type SideName = (typeof SIDES)[number]

export interface Recording {
  name: string
  /** Recordings of one kind of story share it; scores are summed by it. */
  kind: string
  capturePath: string
  /** Only one direction of the traffic is in the capture. */
  isOneSided: boolean
  startUs: number
  stopUs: number
  /** In the order in which they began. */
  connections: KernelConnection[]
  /** Whether segments between these endpoints without a connection above belong to no socket, and are not scored. */
  isWithoutSocket: (pair: string) => boolean
}

/** One incarnation of a pair of endpoints. */
export interface KernelConnection {
  client: Endpoint
  server: Endpoint
  /** Null: no kernel told of that side (its segments came from a raw socket, or it is not one of ours). */
  sides: Record<SideName, KernelSide | null>
}

export interface Endpoint {
  address: string
  port: number
}

export interface KernelSide {
  /** Whether the capture was taken on this host, so that no path lies between the kernel and the tap. */
  isAtTap: boolean
  transitions: KernelTransition[]
}

export interface KernelTransition {
  /** The state entered. */
  state: TcpState
  timeUs: number
  cause: 'call' | 'segment' | 'timer'
  /** Whether the capture holds the segment that made this transition, or that it sent. */
  isVisible: boolean
  /** That segment; null when there is none or the file does not name it. */
  frame: number | null
  /** The kernel made it only because a new connection takes over the pair of endpoints. */
  isTakeover: boolean
}

/** The same text for both directions. */
export function pairOf(one: Endpoint, other: Endpoint): string {
  return [one, other]
    .map(({ address, port }) => `${address}:${port}`)
    .sort()
    .join(' ')
}

/** RFC 3339 in UTC, with up to nine decimals. */
export function microseconds(time: string): number {
  const [whole, fraction = ''] = time.replace('Z', '').split('.')
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(9, '0')) / 1000
}
