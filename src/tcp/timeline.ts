/**
 * The two state timelines of one connection: what inference produces and every report shows.
 */
import type { TcpState } from './states.ts'

/** Index of a side in every pair of this program. */
export const CLIENT = 0
export const SERVER = 1
export type Side = typeof CLIENT | typeof SERVER
export const SIDE_NAMES = ['client', 'server'] as const
export type SideName = (typeof SIDE_NAMES)[number]

/**
 * How a transition is known. `observed`: the side itself sent the segment that causes it. `proved`: a later segment
 * of the same side could only be sent by a TCP that had received the cause. `assumed`: nothing contradicts it,
 * nothing proves it.
 */
export const EVIDENCE = ['observed', 'proved', 'assumed'] as const
export type Evidence = (typeof EVIDENCE)[number]

/** A frame and when the tap saw it. */
export interface Moment {
  /** Tells the frame from all others of the run, those of other captures too. */
  frame: number
  timeNs: number
  /** Index of the capture among those of the run. */
  fileIndex: number
}

export interface Transition {
  side: Side
  from: TcpState
  to: TcpState
  /** Label of the arrow, as in RFC 9293 Figure 5. */
  event: string
  /** Section of the arrow. */
  ref: string
  evidence: Evidence
  cause: Moment | null
  proof: Moment | null
  /** Only for a timer, which no frame shows: when it ran out. */
  timerNs: number | null
}
