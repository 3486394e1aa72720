/**
 * `tcp-truth/1` → recording: another recorder's format of the same thing, with the frame of each transition. Only the
 * fields that are read are declared here.
 */
import { STATES, type TcpState } from '../../src/index.ts'
import type { Endpoint, KernelConnection, KernelSide, KernelTransition, Recording, SideName } from './recording.ts'

export interface TcpTruth {
  format: 'tcp-truth/1'
  scenario: string
  class: string
  capture: { file: string; tap: string; filter: string; start: number; stop: number }
  connections: TcpTruthConnection[]
  /** Pairs of `address:port`: closed ports, SYN cookies sent to nobody. */
  frames_without_kernel_connection: { tuple: [string, string] }[]
}

interface TcpTruthConnection {
  client: TcpTruthEndpoint
  server: TcpTruthEndpoint
  /** Segments of it in the capture. */
  nframes: number
  sides: Record<SideName, TcpTruthSide>
}

interface TcpTruthEndpoint {
  addr: string
  port: number
}

interface TcpTruthSide {
  kernel_socket: boolean
  netns?: string | null
  transitions: TcpTruthTransition[]
}

interface TcpTruthTransition {
  /** Seconds since 1970. */
  t: number
  /** With underscores, and as the kernel abbreviates them. */
  to: string
  src: 'sock' | 'req' | 'tw'
  cause: string
  wire: boolean
  evidence?: { frame: number; kind: string }
}

/** Names of taps on a host, where that is not the host's own name. */
const HOSTS_OF_TAP: Record<string, readonly string[]> = { clientany: ['client'], lo: ['client', 'server'] }

export function readTcpTruth(truth: TcpTruth, capturePath: string): Recording {
  const { capture } = truth
  const withoutSocket = new Set(truth.frames_without_kernel_connection.map(({ tuple }) => [...tuple].sort().join(' ')))
  const connections = truth.connections.filter(({ nframes }) => nframes > 0)
  return {
    name: truth.scenario,
    kind: truth.class,
    capturePath,
    isOneSided: capture.filter.includes('src host'),
    startUs: Math.round(capture.start * 1e6),
    stopUs: Math.round(capture.stop * 1e6),
    connections: connections.map((connection) => kernelConnection(connection, capture.tap)),
    isWithoutSocket: (pair) => withoutSocket.has(pair),
  }
}

function kernelConnection(connection: TcpTruthConnection, tap: string): KernelConnection {
  const side = (name: SideName): KernelSide | null => {
    const { kernel_socket, netns, transitions } = connection.sides[name]
    // A client without a socket is a raw sender; a server without one is a closed port, and has no states to enter.
    if (name === 'client' && !kernel_socket && transitions.length === 0) return null
    const hosts = HOSTS_OF_TAP[tap] ?? [tap]
    return { isAtTap: hosts.includes(netns ?? ''), transitions: transitions.map(kernelTransition) }
  }
  return {
    client: endpoint(connection.client),
    server: endpoint(connection.server),
    sides: { client: side('client'), server: side('server') },
  }
}

function endpoint({ addr, port }: TcpTruthEndpoint): Endpoint {
  return { address: addr, port }
}

function kernelTransition({ t, to, src, cause, wire, evidence }: TcpTruthTransition): KernelTransition {
  const state = stateOf(to)
  return {
    state,
    timeUs: Math.round(t * 1e6),
    cause: cause === 'call' ? 'call' : cause.startsWith('timer') ? 'timer' : 'segment',
    isVisible: wire,
    frame: wire ? (evidence?.frame ?? null) : null,
    isTakeover: src === 'tw' && state === 'CLOSED' && wire && (evidence?.kind.startsWith('SYN') ?? false),
  }
}

/** `SYN_RECV` and `FIN_WAIT1` are the kernel's abbreviations. */
function stateOf(name: string): TcpState {
  const spelled = name
    .replace('SYN_RECV', 'SYN_RECEIVED')
    .replace(/WAIT(\d)/, 'WAIT_$1')
    .replaceAll('_', '-')
  const state = STATES.find((known) => known === spelled)
  if (state === undefined) throw new Error(`not a TCP state: ${name}`)
  return state
}
