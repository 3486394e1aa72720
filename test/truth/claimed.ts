/**
 * What a report says of a side, made comparable with what the kernel did.
 */
import type { ConnectionReport, TcpState, TransitionReport } from '../../src/index.ts'
import type { Expectation } from './expected.ts'
import { microseconds, type SideName } from './recording.ts'

/** A state that the report has a side enter. */
export interface Claim {
  state: TcpState
  evidence: TransitionReport['evidence']
  event: string
  /** Of the cause, else of the proof. */
  frame: number | null
  /** The same, or of the timer that no frame shows. */
  timeUs: number | null
  causeUs: number | null
  proofUs: number | null
}

export interface Claims {
  /** Says what the kernel did before the capture began; true and in order. */
  before: Claim[]
  entered: Claim[]
}

export function claimsOf({ transitions }: ConnectionReport, side: SideName): Claim[] {
  return transitions.filter((transition) => transition.side === side).map(claimOf)
}

function claimOf({ to, evidence, event, cause, proof, time }: TransitionReport): Claim {
  const at = (text: string | undefined | null): number | null => (text ? microseconds(text) : null)
  const moment = cause ?? proof
  return {
    state: to === 'LISTEN' ? 'CLOSED' : to,
    evidence,
    event,
    frame: moment?.frame ?? null,
    timeUs: at(moment?.time ?? time),
    causeUs: at(cause?.time),
    proofUs: at(proof?.time),
  }
}

/** Time of the first state that is not where every side begins. */
export function beginningOf(connection: ConnectionReport): number {
  const claims = [...claimsOf(connection, 'client'), ...claimsOf(connection, 'server')].filter(
    ({ timeUs }) => timeUs !== null,
  )
  const begun = claims.filter(({ state }) => state !== 'CLOSED')
  return Math.min(...(begun.length > 0 ? begun : claims).map(({ timeUs }) => timeUs!))
}

/** What is to be compared with `expectation.entered`, and what goes before it. */
export function comparable(all: readonly Claim[], { before, entered }: Expectation): Claims {
  let claims = [...all]
  while (claims[0]?.state === 'CLOSED' && (before.length === 0 || claims.length > 1)) claims = claims.slice(1)
  claims = claims.filter(({ state }, at) => state !== claims[at - 1]?.state)
  const leading = leadingUpTo(claims, before)
  claims = claims.slice(leading)
  const endsAfterTimeWait = claims.at(-1)?.state === 'CLOSED' && claims.at(-2)?.state === 'TIME-WAIT'
  // TIME-WAIT ends beyond the capture.
  if (endsAfterTimeWait && !entered.some(({ state }) => state === 'CLOSED')) claims.pop()
  return { before: claims.slice(0, leading), entered: claims }
}

/** How many of the claims are states from before the capture, in their true order. */
function leadingUpTo(claims: readonly Claim[], before: readonly TcpState[]): number {
  let from = 0
  for (const [at, { state }] of claims.entries()) {
    const found = before.indexOf(state, from)
    if (found < 0) return at
    from = found + 1
  }
  return claims.length
}
