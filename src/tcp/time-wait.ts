/**
 * TIME-WAIT as an object: who holds it, from when, what restarted its timer, how it ended (RFC 9293 §3.6.1,
 * RFC 1337, RFC 6191).
 */
import { type Exchange, peerOf } from './exchange.ts'
import type { Observation } from './observation.ts'
import { distance } from './seq.ts'
import type { Moment, Side, Transition } from './timeline.ts'

export type TimeWaitEnd = 'capture-end' | 'expired' | 'reused' | 'assassinated'

export interface TimeWait {
  side: Side
  startNs: number
  /** When 2MSL is over, counted from the last restart. */
  expiresNs: number
  /** Re-sent FINs that started the timer again. */
  restarts: Moment[]
  ended: TimeWaitEnd
  /** The frame that ended it; null for a timer or the end of the capture. */
  endedBy: Moment | null
  /** Case of RFC 6191 §2 of the SYN that met it: A1-A4, B1-B3; null when none did. */
  reuse: string | null
}

/** The TIME-WAIT that `side` entered by `entered`, before its end is known. */
export function openTimeWait(exchange: Exchange, entered: Transition, lifetimeNs: number): TimeWait {
  const { observations, halves } = exchange
  const peer = halves[peerOf(entered.side)]
  const start = entered.cause ?? entered.proof!
  const restarts = peer.finCopies
    .map((index) => observations[index]!)
    .filter((fin) => fin.timeNs > start.timeNs && fin.timeNs > (entered.proof?.timeNs ?? start.timeNs))
  const last = restarts[restarts.length - 1]
  return {
    side: entered.side,
    startNs: start.timeNs,
    expiresNs: (last?.timeNs ?? start.timeNs) + lifetimeNs,
    restarts: restarts.map(({ frame, timeNs, fileIndex }) => ({ frame, timeNs, fileIndex })),
    ended: 'capture-end',
    endedBy: null,
    reuse: null,
  }
}

/** What the last segments of a connection say to RFC 6191: its SYN sender's last timestamp and next sequence number. */
export interface LastOfSender {
  timestamp: number | null
  next: number
}

/** As far as the capture has seen it: of the last segment that `side` sent, a RST left out. */
export function lastOfSender({ observations, halves }: Exchange, side: Side): LastOfSender {
  const last = halves[side].own.map((index) => observations[index]!).findLast((segment) => !segment.rst)
  return { timestamp: last?.timestamps?.value ?? null, next: halves[side].finEnd ?? last?.end ?? 0 }
}

/** The case of RFC 6191 §2 that decides about `syn` in TIME-WAIT. A1-A3 and B1, B2 accept it; A4 and B3 do not. */
export function reuseCase(last: LastOfSender, syn: Observation): string {
  const isLater = distance(syn.seq, last.next) > 0
  if (last.timestamp === null) return syn.timestamps ? 'B1' : isLater ? 'B2' : 'B3'
  if (!syn.timestamps) return isLater ? 'A3' : 'A4'
  const step = distance(syn.timestamps.value, last.timestamp)
  if (step > 0) return 'A1'
  return step === 0 && isLater ? 'A2' : 'A4'
}
