/**
 * A live connection as it was judged last.
 */
import type { Judged } from '../analysis/judged.ts'
import type { Finding, Severity } from '../findings/finding.ts'
import type { ConnectionCitation, FindingReport } from '../report/model.ts'
import type { TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, type Side } from '../tcp/timeline.ts'
import type { Known } from './telling.ts'

type Pair<Of> = [client: Of, server: Of]

/** A finding that is there. */
export interface WatchedFinding {
  code: string
  severity: Severity
  sinceNs: number
  /** As it was told; null while it may still go away. */
  told: FindingReport | null
}

export interface Watched extends ConnectionCitation {
  /** Its record in the tracker, for what is read without judging. */
  record: number
  states: Pair<TcpState | null>
  /** When each side came into its state. */
  sinceNs: Pair<number>
  /** When something was seen of it that may change a state, or when it was first seen. */
  changedNs: number
  /** Of the handshake; null when it was not seen. */
  roundTripNs: number | null
  told: readonly Known[]
  findings: Map<string, WatchedFinding>
  /** When it is to be looked at again; Infinity when only a segment may change it. */
  dueNs: number
}

/** Which finding it is, among those of one connection. */
export function keyOf({ code, side }: Finding): string {
  return `${code} ${side}`
}

/** When `side` came into the state that it is in. */
export function enteredNs({ story }: Judged, side: Side): number {
  const last = story.timeline.transitions.findLast((transition) => transition.side === side)
  return last ? (last.timerNs ?? (last.cause ?? last.proof)!.timeNs) : story.connection.firstTimeNs
}

/** States that end by themselves, or should: by a timer, by a segment that is repeated, by a program that is slow. */
const PASSING: readonly (TcpState | null)[] = [
  'SYN-SENT',
  'SYN-RECEIVED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
]
/** A finding is told when it has held for so long: most that come and go are gone sooner. */
export const SETTLED_NS = 1e9
const LONGEST_NS = 240e9

/** When time alone may change what is inferred: a timer runs out, somebody gives up, something is stuck. */
export function dueNs({ story }: Judged, watched: Watched, nowNs: number): number {
  const expiries = story.timeline.timeWaits.filter(({ ended }) => ended === 'capture-end')
  const untold = [...watched.findings.values()].filter(({ told }) => told === null)
  const times = [...expiries.map(({ expiresNs }) => expiresNs), ...untold.map(({ sinceNs }) => sinceNs + SETTLED_NS)]
  if ([CLIENT, SERVER].some((side) => PASSING.includes(watched.states[side]!))) {
    times.push(nowNs + Math.min(LONGEST_NS, Math.max(SETTLED_NS, nowNs - watched.changedNs)))
  }
  return Math.min(...times)
}
