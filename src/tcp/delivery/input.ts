/**
 * Something that happened to a side, and how that is known.
 */
import type { Observation } from '../observation.ts'
import type { TcpEvent } from '../states.ts'
import type { Evidence } from '../timeline.ts'

export interface Input {
  /** Place in the side's own order, on the scale of observation indexes. */
  at: number
  event: TcpEvent
  evidence: Evidence
  cause: Observation | null
  proof: Observation | null
  /** What happened before it may not all be in the capture: this, and what follows from it, is no more than assumed. */
  isGuess?: boolean
}

/** What a side itself sent. */
export function observed(at: number, event: TcpEvent, cause: Observation): Input {
  return { at, event, evidence: 'observed', cause, proof: cause }
}
