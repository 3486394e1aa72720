/**
 * Zeek's `conn_state` and `history`, by Zeek's own rules (TCPSessionAdapter.cc, main.zeek): for readers who know them from
 * conn.log. Zeek checks no sequence and acknowledgment numbers of FIN and RST, so these are not finwait's verdicts. Its
 * connections end after idle minutes or seconds; here they end as finwait's do.
 */
import type { Observation } from '../tcp/observation.ts'
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

/** What Zeek takes for a segment of the connection: a damaged one has a letter in the history, and no other effect. */
function isSegment({ icmp, isCorrupt }: Observation): boolean {
  return icmp === null && !isCorrupt
}

function endpointStates({ observations }: Connection): [EndpointState, EndpointState] {
  const states: [EndpointState, EndpointState] = ['inactive', 'inactive']
  const hasClosed: [boolean, boolean] = [false, false]
  for (const segment of observations) {
    if (!isSegment(segment)) continue
    const side = segment.side
    const other = side === CLIENT ? SERVER : CLIENT
    if (states[side] === 'reset') continue
    if (segment.rst) {
      if (states[side] !== 'closed' || states[other] !== 'closed') states[side] = 'reset'
      continue
    }
    if (segment.syn) openBy(states, side, segment.hasAck)
    else if (states[side] === 'inactive') states[side] = states[other] === 'syn-ack-sent' ? 'established' : 'partial'
    if (!segment.fin) continue
    states[side] = 'closed'
    hasClosed[side] = true
    // A RST after a FIN is forgotten when the other side closes too.
    if (states[other] === 'reset' && hasClosed[other]) states[other] = 'closed'
  }
  return states
}

/** Any SYN-ACK makes both sides established at once. */
function openBy(states: [EndpointState, EndpointState], side: Side, isAnswer: boolean): void {
  const other = side === CLIENT ? SERVER : CLIENT
  if (!isAnswer) {
    const isStart = states[side] === 'inactive' || (states[side] === 'partial' && states[other] === 'inactive')
    if (isStart) states[side] = 'syn-sent'
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

/** What happened in order of first occurrence; `^` in front when the first segment came from the server. */
function historyOf({ observations, rare }: Connection): string {
  const segments = observations.some(({ icmp }) => icmp !== null)
    ? observations.filter(({ icmp }) => icmp === null)
    : observations
  const history = new History()
  const marks = rare ? rare.marks.toSorted((a, b) => a.timeNs - b.timeNs) : []
  let told = 0
  const tellUntil = (timeNs: number): void => {
    for (; told < marks.length && marks[told]!.timeNs < timeNs; told++) {
      const { letter, end } = marks[told]!
      history.add(rare?.ends[CLIENT] === end ? CLIENT : SERVER, letter)
    }
  }
  for (const segment of segments) {
    tellUntil(segment.timeNs)
    history.addSegment(segment)
  }
  tellUntil(Number.POSITIVE_INFINITY)
  return segments[0]?.side === SERVER ? `^${history.text}` : history.text
}

/** Kinds of letters that are added once for each number, or once at all. */
const SYN = 0
const FIN = 1
const RST = 2
const DATA = 3
const ACK = 4
const SEVERAL = 5
const KINDS = 6

/** Letters, upper case for the client. */
class History {
  text = ''
  /** By side and kind of letter: the sequence number that it was added for last. */
  private readonly added: (number | undefined)[] = new Array(2 * KINDS)
  private readonly corrupt: [number, number] = [0, 0]

  add(side: Side, letter: string): void {
    this.text += side === CLIENT ? letter.toUpperCase() : letter
  }

  /** SYN, FIN and RST come first; data and ACK count in segments without them only. */
  addSegment({ side, seq, syn, fin, rst, hasAck, payloadLength, isCorrupt }: Observation): void {
    if (isCorrupt) {
      if (isPowerOfTen(++this.corrupt[side])) this.add(side, 'c')
    } else if (fin && rst) this.once(side, SEVERAL, 'i')
    else if (syn && (fin || rst)) this.once(side, SEVERAL, 'q')
    else if (syn) this.again(side, SYN, hasAck ? 'h' : 's', seq)
    else if (fin) this.again(side, FIN, 'f', (seq + payloadLength) | 0)
    else if (rst) this.again(side, RST, 'r', seq)
    else if (payloadLength > 0) this.once(side, DATA, 'd')
    else if (hasAck) this.once(side, ACK, 'a')
  }

  private once(side: Side, kind: number, letter: string): void {
    this.again(side, kind, letter, 0)
  }

  /** Adds the letter when its kind was never added for the side, or for another number. */
  private again(side: Side, kind: number, letter: string, seq: number): void {
    const at = side * KINDS + kind
    if (this.added[at] === seq) return
    this.added[at] = seq
    this.add(side, letter)
  }
}

/** Zeek notes what may happen often at its first, tenth, hundredth time, and so on. */
export function isPowerOfTen(count: number): boolean {
  let power = 1
  while (power < count) power *= 10
  return power === count
}
