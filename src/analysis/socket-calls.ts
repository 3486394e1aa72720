/**
 * The socket call behind a transition, in a programmer's words (docs/inference.md §3).
 */
import type { Timeline } from '../tcp/infer.ts'
import type { Transition } from '../tcp/timeline.ts'
import { CLIENT, SERVER } from '../tcp/timeline.ts'

/** null when no call is behind it: the kernel acts by itself. */
export function socketCall(transition: Transition, timeline: Timeline): string | null {
  const { event, from } = transition
  switch (event) {
    case 'snd SYN':
      return 'connect()'
    case 'rcv SYN':
      return from === 'LISTEN' ? 'listen() was called before' : null
    case 'rcv SYN,ACK':
      return 'connect() returns'
    case 'rcv ACK of SYN':
      return timeline.transitions.some(({ side, event: own }) => side === transition.side && own === 'snd SYN')
        ? 'connect() returns'
        : 'accept() can return'
    case 'snd FIN':
      return takesMore(transition, timeline) ? 'shutdown(SHUT_WR)' : 'close() or shutdown(SHUT_WR)'
    case 'rcv FIN':
    case 'rcv FIN,ACK of FIN':
      return 'read() returns 0'
    case 'rcv RST':
    case 'rcv RST, passive OPEN':
      return onReset(from)
    case 'snd RST':
      return onAbort(transition, timeline)
    case 'rcv ICMP error':
      return 'connect() fails: EHOSTUNREACH'
    case 'user timeout':
      return from === 'SYN-SENT' ? 'connect() fails: ETIMEDOUT' : 'read() or write() fails: ETIMEDOUT'
    default:
      return null
  }
}

/** Data accepted after the own FIN: only shutdown() leaves a socket that reads. */
function takesMore({ side, cause }: Transition, { exchange }: Timeline): boolean {
  const peer = exchange.halves[side === CLIENT ? SERVER : CLIENT]
  const own = exchange.halves[side]
  return peer.own.some((index) => {
    const segment = exchange.observations[index]!
    if (segment.payloadLength === 0 || segment.timeNs <= (cause?.timeNs ?? 0) + own.reactionNs) return false
    return own.own.some((answer) => answer > index && isAckOf(exchange.observations[answer]!, segment.end))
  })
}

function isAckOf(answer: { hasAck: boolean; rst: boolean; ack: number }, end: number): boolean {
  return answer.hasAck && !answer.rst && ((answer.ack - end) | 0) >= 0
}

function onReset(from: Transition['from']): string | null {
  if (from === 'SYN-SENT') return 'connect() fails: ECONNREFUSED'
  if (from === 'SYN-RECEIVED' || from === 'TIME-WAIT') return null
  return from === 'CLOSE-WAIT' ? 'write() fails: EPIPE' : 'read() fails: ECONNRESET'
}

/** A RST with ACK comes from a socket that is being aborted; one without answers for a socket that is not there. */
function onAbort({ cause, from }: Transition, { exchange }: Timeline): string | null {
  const reset = exchange.observations.find(({ frame }) => frame === cause?.frame)
  if (!reset?.hasAck || from === 'SYN-RECEIVED') return null
  return 'close() with SO_LINGER 0 or unread data'
}
