/**
 * Which end is the client. A SYN tells; without one it is a guess, and marked as one.
 */
import type { Observation } from '../tcp/observation.ts'
import { CLIENT, SERVER, type Side } from '../tcp/timeline.ts'

/** Ports below are the system's own (RFC 6335 §6); those from `EPHEMERAL` on are given out to clients by most systems. */
const SYSTEM_PORTS = 1024
const EPHEMERAL = 32768

/** `sideOf[0]` is the side of end A. */
export interface Roles {
  sideOf: [Side, Side]
  roles: 'observed' | 'assumed'
}

/** `chain` holds the segments with end A as CLIENT. */
export function assignRoles(chain: readonly Observation[], ports: readonly [number, number]): Roles {
  const syn = chain.find((segment) => segment.syn && !segment.hasAck)
  if (syn) return { sideOf: syn.side === CLIENT ? [CLIENT, SERVER] : [SERVER, CLIENT], roles: 'observed' }
  const answer = chain.find((segment) => segment.syn)
  if (answer) return { sideOf: answer.side === CLIENT ? [SERVER, CLIENT] : [CLIENT, SERVER], roles: 'observed' }
  return { sideOf: looksLikeServer(ports[0], ports[1]) ? [SERVER, CLIENT] : [CLIENT, SERVER], roles: 'assumed' }
}

/** Whether end A, at `port`, looks like the server of the two: a system port, else no ephemeral one, else the lower. */
function looksLikeServer(port: number, other: number): boolean {
  if (port < SYSTEM_PORTS !== other < SYSTEM_PORTS) return port < SYSTEM_PORTS
  if (port < EPHEMERAL !== other < EPHEMERAL) return port < EPHEMERAL
  return port < other
}
