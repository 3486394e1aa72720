/**
 * Zeek's `conn_state` and `history`, by Zeek's own rules: for readers who know them from conn.log.
 */
import { CLIENT, SERVER, type Side } from '../tcp/timeline.ts'
import type { Connection } from './connection.ts'

/** Zeek's endpoint states. */
type EndpointState = 'inactive' | 'syn-sent' | 'syn-ack-sent' | 'partial' | 'established' | 'closed' | 'reset'

export interface ZeekColumns {
  conn_state: string
  history: string
}

export function zeekColumns(connection: Connection): ZeekColumns {
  const history = historyOf(connection)
  const [client, server] = endpointStates(connection)
  return { conn_state: connState(client, server, history, connection), history }
}

function endpointStates({ observations }: Connection): [EndpointState, EndpointState] {
  const states: [EndpointState, EndpointState] = ['inactive', 'inactive']
  for (const segment of observations) {
    if (segment.icmp) continue
    const side = segment.side
    const other = side === CLIENT ? SERVER : CLIENT
    if (segment.rst) states[side] = states[side] === 'closed' && states[other] === 'closed' ? 'closed' : 'reset'
    else if (segment.syn) openBy(states, side, segment.hasAck)
    else if (states[side] === 'inactive') states[side] = states[other] === 'syn-ack-sent' ? 'established' : 'partial'
    if (segment.fin && !segment.rst && states[side] !== 'reset') states[side] = 'closed'
  }
  return states
}

/** Any SYN-ACK makes both sides established at once. */
function openBy(states: [EndpointState, EndpointState], side: Side, isAnswer: boolean): void {
  const other = side === CLIENT ? SERVER : CLIENT
  if (!isAnswer) {
    if (states[side] === 'inactive') states[side] = 'syn-sent'
    return
  }
  if (states[other] === 'syn-sent') {
    states[side] = 'established'
    states[other] = 'established'
  } else if (states[side] === 'inactive') {
    states[side] = 'syn-ack-sent'
  }
}

/** In the order of Zeek's main.zeek: the order decides. */
function connState(client: EndpointState, server: EndpointState, history: string, connection: Connection): string {
  const isUntold = client === 'inactive' || client === 'partial'
  if (server === 'reset') {
    if (client === 'syn-sent' || client === 'syn-ack-sent') return 'REJ'
    const hasNoBytes = connection.traffic[CLIENT].bytes === 0 && connection.traffic[SERVER].bytes === 0
    if (client === 'reset' && hasNoBytes) return 'REJ'
    return isUntold ? 'RSTRH' : 'RSTR'
  }
  if (client === 'reset') {
    if (server !== 'inactive' && server !== 'partial') return 'RSTO'
    return /^\^?S[^HAFGIQ]*R/.test(history) ? 'RSTOS0' : 'OTH'
  }
  if (client === 'closed' && server === 'closed') return 'SF'
  if (client === 'closed') return server === 'inactive' ? 'SH' : 'S2'
  if (server === 'closed') return client === 'inactive' ? 'SHR' : 'S3'
  if (client === 'syn-sent' && server === 'inactive') return 'S0'
  return client === 'established' && server === 'established' ? 'S1' : 'OTH'
}

/** Letters in order of first occurrence, upper case for the client. */
function historyOf({ observations }: Connection): string {
  let history = ''
  const last: Record<string, number> = {}
  const add = (side: Side, letter: string, seq: number | null): void => {
    const shown = side === CLIENT ? letter.toUpperCase() : letter
    if (shown in last && (seq === null || last[shown] === seq)) return
    last[shown] = seq ?? 0
    history += shown
  }
  for (const segment of observations) {
    if (segment.icmp) continue
    const { side, seq } = segment
    if (segment.isCorrupt) {
      add(side, 'c', null)
      continue
    }
    if (segment.syn && (segment.fin || segment.rst)) add(side, 'q', null)
    else if (segment.syn) add(side, segment.hasAck ? 'h' : 's', seq)
    if (segment.fin && segment.rst) add(side, 'i', null)
    if (segment.payloadLength > 0) add(side, 'd', null)
    else if (segment.hasAck && !segment.syn && !segment.fin && !segment.rst) add(side, 'a', null)
    if (segment.fin && !segment.rst) add(side, 'f', seq)
    if (segment.rst && !segment.fin) add(side, 'r', seq)
  }
  return history
}
