/**
 * The socket call behind a transition, or what a call of the program then returns (docs/inference.md §3). Segments do
 * not tell everything: where they allow two calls both are named.
 */
import type { Story } from '../findings/finding.ts'
import { icmpError } from '../findings/icmp-errors.ts'
import { answeredSegment, reasonOf } from '../findings/reset-reason.ts'
import { takesDataAfterFin } from '../tcp/half-close.ts'
import type { Observation } from '../tcp/observation.ts'
import type { Transition } from '../tcp/timeline.ts'

const UNLESS_CLOSED = ', unless close() was called'

/** null when no call is behind it: the kernel acts by itself. */
export function socketCall(transition: Transition, story: Story): string | null {
  const { event, from } = transition
  switch (event) {
    case 'snd SYN':
    case 'snd SYN, new connection':
      return isFastOpen(transition, story) ? 'connect() or sendto() with MSG_FASTOPEN' : 'connect()'
    case 'rcv SYN':
      return from === 'LISTEN' ? 'listen() was called before' : null
    case 'rcv SYN,ACK':
      return isFastOpen(transition, story) ? null : 'connect() returns'
    case 'rcv ACK of SYN':
      return hasConnected(transition, story) ? 'connect() returns' : 'accept() can return'
    case 'snd FIN':
      return takesDataAfterFin(story.timeline.exchange, transition.side)
        ? 'shutdown(SHUT_WR)'
        : 'close() or shutdown(SHUT_WR)'
    case 'rcv FIN':
    case 'rcv FIN,ACK of FIN':
      return `read() returns 0${afterFin(transition, story)}`
    case 'rcv RST':
      return onReset(transition, story)
    case 'snd RST':
      return onAbort(transition, story)
    case 'rcv ICMP error':
      return onIcmpError(transition, story)
    case 'user timeout':
      return onTimeout(transition, story)
    default:
      return null
  }
}

/** Once the side has sent its FIN, only shutdown() leaves a program that reads. */
function afterFin({ from, side }: Transition, { timeline }: Story): string {
  if (from === 'ESTABLISHED' || from === 'SYN-RECEIVED') return ''
  return takesDataAfterFin(timeline.exchange, side) ? '' : UNLESS_CLOSED
}

/** The SYN asks for a cookie or carries data (RFC 7413 §4.1). */
function isFastOpen({ side }: Transition, { timeline }: Story): boolean {
  const { observations, halves } = timeline.exchange
  const syn = observations[halves[side].synCopies[0] ?? -1]
  return syn !== undefined && (syn.payloadLength > 0 || syn.synOptions?.fastOpen === true)
}

function hasConnected({ side }: Transition, { timeline }: Story): boolean {
  return timeline.transitions.some((transition) => transition.side === side && transition.event === 'snd SYN')
}

function onReset(transition: Transition, story: Story): string | null {
  switch (transition.from) {
    case 'SYN-SENT':
      return 'connect() fails: ECONNREFUSED'
    case 'ESTABLISHED':
      return 'read() fails: ECONNRESET'
    case 'CLOSE-WAIT':
      return 'write() fails: EPIPE'
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
      return `read() fails: ECONNRESET${afterFin(transition, story)}`
    default:
      return null
  }
}

/** A RST that answers a segment comes from a kernel that has no socket; another from a socket that is being aborted. */
function onAbort({ cause, from }: Transition, story: Story): string | null {
  const { observations } = story.timeline.exchange
  const index = observations.findIndex((segment) => isAt(segment, cause))
  if (index < 0 || from === 'SYN-RECEIVED') return null
  if (from === 'SYN-SENT') return 'close() before connect() returned, or no socket (a port scan)'
  if (answeredSegment(story.timeline.exchange, index)) return null
  switch (reasonOf(story, index).reason) {
    case 'keep-alive':
    case 'unanswered':
      return 'read() fails: ETIMEDOUT'
    case 'no-data':
      return 'close() with SO_LINGER 0'
    case 'read':
      return 'close() with SO_LINGER 0, or with unread data'
    default:
      return 'close() with unread data, or with SO_LINGER 0'
  }
}

function onIcmpError({ cause }: Transition, { timeline, connection }: Story): string | null {
  const error = timeline.exchange.observations.find((segment) => isAt(segment, cause))?.icmp
  return error ? `connect() fails: ${icmpError(connection.family, error.type, error.code).errno}` : null
}

function onTimeout(transition: Transition, story: Story): string | null {
  if (transition.from === 'SYN-SENT') return 'connect() fails: ETIMEDOUT'
  if (transition.from === 'SYN-RECEIVED') return null
  return `read() or write() fails: ETIMEDOUT${afterFin(transition, story)}`
}

function isAt({ frame, timeNs }: Observation, cause: Transition['cause']): boolean {
  return cause !== null && frame === cause.frame && timeNs === cause.timeNs
}
