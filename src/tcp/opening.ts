/**
 * What the opening of a connection was: the kinds of RFC 9293 §3.5, and every way it fails.
 */
import { acknowledges, type Exchange, type Half, transmissions } from './exchange.ts'
import type { Timeline } from './infer.ts'
import type { Observation } from './observation.ts'
import { distance } from './seq.ts'
import type { TcpState } from './states.ts'
import { CLIENT, SERVER, type Side } from './timeline.ts'

export const OPEN_KINDS = [
  'three-way',
  'simultaneous',
  'split',
  'fast-open',
  'refused',
  'unanswered',
  'half-open',
  'reset',
  'wrong-ack',
  'mid-stream',
] as const
export type OpenKind = (typeof OPEN_KINDS)[number]

export interface Opening {
  kind: OpenKind
  /** SYN, SYN-ACK and ACK, as far as there are any. */
  segments: Observation[]
  /** From the SYN to the ACK of the SYN-ACK; null without both. */
  rttNs: number | null
  synRetransmissions: number
  synAckRetransmissions: number
}

export function readOpening(timeline: Timeline): Opening {
  const { exchange } = timeline
  const [client, server] = exchange.halves
  const segments = handshake(exchange)
  const syns = client.synCopies.filter((index) => !exchange.observations[index]!.hasAck)
  const answers = server.synCopies.filter((index) => exchange.observations[index]!.hasAck)
  return {
    kind: kindOf(timeline, segments),
    segments,
    rttNs: roundTrip(exchange, segments),
    synRetransmissions: repeats(exchange, syns),
    synAckRetransmissions: repeats(exchange, answers),
  }
}

/**
 * From the SYN to the ACK of the SYN-ACK. Where two SYNs crossed, each way to the ACK of one and the way of the other make
 * up one round trip, wherever the tap is.
 */
function roundTrip(exchange: Exchange, [syn, answer, ack]: readonly Observation[]): number | null {
  if (!syn?.syn || !ack || ack.rst) return null
  if (answer?.hasAck !== false) return ack.timeNs - syn.timeNs
  const { observations, halves } = exchange
  const acked = halves[SERVER].own.find((index) => acknowledges(observations[index]!, syn.end))
  return acked === undefined ? null : observations[acked]!.timeNs - syn.timeNs + ack.timeNs - answer.timeNs
}

function repeats(exchange: Exchange, copies: readonly number[]): number {
  return Math.max(0, transmissions(exchange.observations, copies).length - 1)
}

/** The SYN last sent before it was answered, the answer that was acknowledged, the first acknowledgment of it. */
function handshake({ observations, halves }: Exchange): Observation[] {
  const [client, server] = halves
  const end = server.iss === null || server.synCopies.length === 0 ? null : (server.iss + 1) | 0
  const ackAt = end === null ? undefined : client.own.find((index) => acknowledges(observations[index]!, end))
  const answerAt = server.synCopies.findLast((index) => ackAt === undefined || index < ackAt)
  const synAt = client.synCopies.findLast((index) => answerAt === undefined || index < answerAt) ?? client.synCopies[0]
  return [synAt, answerAt, ackAt].filter((index) => index !== undefined).map((index) => observations[index]!)
}

function kindOf(timeline: Timeline, segments: readonly Observation[]): OpenKind {
  const { exchange } = timeline
  const [client, server] = exchange.halves
  if (client.synCopies.length === 0 && server.synCopies.length === 0) return 'mid-stream'
  if (isRefused(timeline)) return 'refused'
  if (server.own.length === 0 && !wasIn(timeline, CLIENT, 'ESTABLISHED')) return 'unanswered'
  if (isOpened(timeline)) return openedHow(exchange)
  const hasWrongAck = server.synCopies.some((index) => isWrongAck(client, exchange.observations[index]!))
  if (hasWrongAck) return 'wrong-ack'
  if (exchange.observations.some((segment) => segment.rst)) return 'reset'
  return server.synCopies.length > 0 || segments.length > 1 ? 'half-open' : 'unanswered'
}

/** The SYN was turned down: by a RST, or by an ICMP error on its way. */
function isRefused(timeline: Timeline): boolean {
  const { transitions, exchange } = timeline
  const isTurnedDown = transitions.some(
    ({ side, from, event }) =>
      side === CLIENT && from === 'SYN-SENT' && (event === 'rcv RST' || event === 'rcv ICMP error'),
  )
  return isTurnedDown && exchange.halves[SERVER].synCopies.length === 0
}

/** Whether both sides were synchronized at some time. */
export function isOpened(timeline: Timeline): boolean {
  const sides = [CLIENT, SERVER] as const
  return sides.every((side) => timeline.exchange.halves[side].own.length === 0 || isSynchronizedOnce(timeline, side))
}

function isSynchronizedOnce(timeline: Timeline, side: Side): boolean {
  return timeline.transitions.some(
    ({ side: of, to }) => of === side && (to === 'ESTABLISHED' || to === 'FIN-WAIT-1' || to === 'CLOSE-WAIT'),
  )
}

function wasIn(timeline: Timeline, side: Side, state: TcpState): boolean {
  return timeline.transitions.some((transition) => transition.side === side && transition.to === state)
}

function openedHow({ observations, halves }: Exchange): OpenKind {
  const [client, server] = halves
  const syn = client.synCopies[0]
  const ownSyn = server.synCopies[0]
  if (syn !== undefined && ownSyn !== undefined && !observations[ownSyn]!.hasAck) {
    return isSplit(observations, server) ? 'split' : 'simultaneous'
  }
  const hasData = syn !== undefined && observations[syn]!.payloadLength > 0
  const isTaken = hasData && server.own.some((index) => acceptsSynData(observations[syn]!, observations[index]!))
  return isTaken ? 'fast-open' : 'three-way'
}

/** The SYN-ACK comes in two: an ACK and a SYN. In a simultaneous open each side repeats its SYN with an ACK. */
function isSplit(observations: readonly Observation[], server: Half): boolean {
  return !server.synCopies.some((index) => observations[index]!.hasAck)
}

function acceptsSynData(syn: Observation, answer: Observation): boolean {
  return answer.syn && answer.hasAck && distance(answer.ack, syn.seq) > 1
}

/** A SYN-ACK for another SYN than the client's (RFC 9293 §3.10.7.3 first: answered by a RST). */
export function isWrongAck(client: Half, answer: Observation): boolean {
  if (client.iss === null || client.synCopies.length === 0 || !answer.syn || !answer.hasAck) return false
  const beyond = distance(answer.ack, client.iss)
  return beyond < 1 || beyond > 1 << 16
}
