/**
 * Observations of one connection → the two state timelines. Read `docs/inference.md` first.
 */
import { inputsOf } from './delivery/index.ts'
import { Endpoint, type Start } from './endpoint.ts'
import { type Circumstances, type Exchange, type Half, readExchange, transmissions } from './exchange.ts'
import { isOrdinary, type Observation } from './observation.ts'
import { covers } from './seq.ts'
import type { TcpState } from './states.ts'
import { lastOfSender, openTimeWait, reuseCase, type TimeWait } from './time-wait.ts'
import { CLIENT, type Moment, SERVER, type Side, type Transition } from './timeline.ts'

/** What inference must know beyond the segments. */
export interface Surroundings extends Circumstances {
  /** How long TIME-WAIT lasts (2MSL), in nanoseconds. */
  timeWaitNs: number
  /** The SYN of the next connection on the same 4-tuple, and whether a SYN-ACK accepted it; null when none came. */
  takenOverBy: { syn: Observation; isAccepted: boolean } | null
}

export interface Timeline {
  exchange: Exchange
  /** Of both sides, in order of time. */
  transitions: Transition[]
  /** State of client and server at the end; null when nothing is known of that side. */
  states: [TcpState | null, TcpState | null]
  timeWaits: TimeWait[]
}

/** Infers what both sides went through. */
export function infer(observations: readonly Observation[], surroundings: Surroundings): Timeline {
  const exchange = readExchange(observations, surroundings)
  const client = run(exchange, CLIENT)
  const server = run(exchange, SERVER)
  const timeWaits: TimeWait[] = []
  for (const endpoint of [client, server]) {
    giveUp(exchange, endpoint, surroundings)
    const timeWait = endTimeWait(exchange, endpoint, surroundings)
    if (timeWait) timeWaits.push(timeWait)
  }
  const transitions = merge(client.steps, server.steps)
  return { exchange, transitions, states: [stateOf(exchange, client), stateOf(exchange, server)], timeWaits }
}

function run(exchange: Exchange, side: Side): Endpoint {
  const inputs = inputsOf(exchange, side)
  const opened = inputs.find(({ event }) => event === 'rcv SYN' || event === 'snd SYN')
  const endpoint = new Endpoint(side, startOf(exchange, side, opened?.event === 'rcv SYN'))
  for (const input of inputs) endpoint.take(input)
  return endpoint
}

/** A SYN on either side tells how a side starts; without any, the connection is picked up where it is. */
function startOf(exchange: Exchange, side: Side, isPassive: boolean): Start {
  const { observations, halves } = exchange
  const isOpened = halves.some((half) => half.synCopies.length > 0)
  if (isOpened) return { state: isPassive ? 'LISTEN' : 'CLOSED', pickedUp: null, isGuess: false }
  const speaks = halves[side].own.some((index) => isOrdinary(observations[index]!))
  const first = speaks ? observations.find((segment) => !segment.icmp)! : null
  return { state: 'CLOSED', pickedUp: first, isGuess: !halves.every((half) => isStillOpen(exchange, half)) }
}

/**
 * A direction that carries new data in the capture before any FIN in it had not been closed before. Data sent again say
 * nothing: their sender goes on behind a gap, where a FIN may stand.
 */
function isStillOpen({ observations }: Exchange, half: Half): boolean {
  const fin = half.finCopies[0] ?? observations.length
  const sent = half.own.filter((index) => index < fin && !observations[index]!.rst).map((index) => observations[index]!)
  const isNewest = (end: number): boolean => sent.every(({ seq }) => covers(end, seq))
  return sent.some(({ payloadLength, end }) => payloadLength > 0 && isNewest(end))
}

/** null when nothing was ever seen or inferred of a side. */
function stateOf(exchange: Exchange, endpoint: Endpoint): TcpState | null {
  const isSeen = endpoint.steps.length > 0 || exchange.halves[endpoint.side].own.length > 0
  return isSeen ? endpoint.state : null
}

/**
 * Retransmissions that double their interval and then stop: the side gave up without a packet (RFC 9293 §3.10.8). Said
 * only when twice the next interval has passed on the capture's clock.
 */
function giveUp(exchange: Exchange, endpoint: Endpoint, { endNs }: Surroundings): void {
  const { observations, halves } = exchange
  const half = halves[endpoint.side]
  const peer = halves[endpoint.side === CLIENT ? SERVER : CLIENT]
  const repeated = endpoint.state === 'SYN-SENT' || endpoint.state === 'SYN-RECEIVED' ? half.synCopies : half.finCopies
  if (repeated.length < 3 || peer.last > repeated[repeated.length - 1]! || !isWaiting(endpoint.state)) return
  const sent = transmissions(observations, repeated).map((index) => observations[index]!.timeNs)
  if (sent.length < 3) return
  const last = sent[sent.length - 1]!
  const interval = last - sent[sent.length - 2]!
  const deadline = last + 2 * interval
  if (endNs > deadline + 2 * interval) endpoint.expire('user timeout', deadline)
}

/** What it sent last asks for an acknowledgment. */
function isWaiting(state: TcpState): boolean {
  return state.startsWith('SYN') || state === 'FIN-WAIT-1' || state === 'CLOSING' || state === 'LAST-ACK'
}

/** The TIME-WAIT of that side as it ended, which may be a transition of its own; null when it had none. */
function endTimeWait(exchange: Exchange, endpoint: Endpoint, surroundings: Surroundings): TimeWait | null {
  const entered = endpoint.steps.find((step) => step.to === 'TIME-WAIT')
  if (!entered) return null
  const timeWait = openTimeWait(exchange, entered, surroundings.timeWaitNs)
  const killed = endpoint.steps.find((step) => step.from === 'TIME-WAIT')
  if (killed) return { ...timeWait, ended: 'assassinated', endedBy: killed.cause }
  const { syn, isAccepted } = surroundings.takenOverBy ?? { syn: null, isAccepted: false }
  if (syn && syn.timeNs < timeWait.expiresNs && (isAccepted || syn.side === endpoint.side)) {
    const event = syn.side === endpoint.side ? 'snd SYN, new connection' : 'rcv SYN, new connection'
    endpoint.take({ at: exchange.observations.length, event, evidence: 'assumed', cause: syn, proof: null })
    const reuse = syn.side === endpoint.side ? null : reuseCase(lastOfSender(exchange, syn.side), syn)
    return { ...timeWait, ended: 'reused', endedBy: momentOf(syn), reuse }
  }
  if (surroundings.endNs < timeWait.expiresNs) return timeWait
  endpoint.expire('timeout=2MSL', timeWait.expiresNs)
  timeWait.ended = 'expired'
  return timeWait
}

function momentOf({ frame, timeNs, fileIndex }: Moment): Moment {
  return { frame, timeNs, fileIndex }
}

/** Both sides' steps by time, each side's own order kept even where its times tie or cross. */
function merge(a: readonly Transition[], b: readonly Transition[]): Transition[] {
  const merged: Transition[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const takesA = j >= b.length || (i < a.length && timeOf(a[i]!) <= timeOf(b[j]!))
    merged.push(takesA ? a[i++]! : b[j++]!)
  }
  return merged
}

function timeOf(step: Transition): number {
  return step.timerNs ?? (step.cause ?? step.proof)!.timeNs
}
