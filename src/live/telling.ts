/**
 * What to tell of a connection, given what was told before. What is inferred from few segments may turn out otherwise
 * when more have come: then it is taken back before anything else is said, never contradicted in silence.
 */
import { CAPTURE_ENDS } from '../findings/messages/words.ts'
import type { FindingReport, TellingStatus } from '../report/model.ts'
import { CLIENT, type Moment, SERVER, type Transition } from '../tcp/timeline.ts'

/** A transition with what is not of TCP: the call that the program made. */
export interface Known extends Transition {
  call: string | null
}

export interface Telling {
  status: TellingStatus
  transition: Known
}

/**
 * What is to be told so that `now` is known where `told` was: first what is taken back, then the rest in order of time.
 * A side's transitions stand as long as their arrows are the same; from the first other one on all are taken back.
 */
export function tellingsOf(told: readonly Known[], now: readonly Known[]): Telling[] {
  const withdrawn: Telling[] = []
  const amended = new Set<Known>()
  const standing = new Set<Known>()
  for (const side of [CLIENT, SERVER] as const) {
    const before = told.filter((transition) => transition.side === side)
    const after = now.filter((transition) => transition.side === side)
    const changed = before.findIndex((transition, i) => !isSameArrow(transition, after[i]))
    const kept = changed < 0 ? before.length : changed
    for (const transition of before.slice(kept)) withdrawn.push({ status: 'withdrawn', transition })
    for (const [i, transition] of after.slice(0, kept).entries()) {
      if (isKnownAlike(transition, before[i]!)) standing.add(transition)
      else amended.add(transition)
    }
  }
  const rest = now.filter((transition) => !standing.has(transition))
  return [
    ...withdrawn,
    ...rest.map((transition): Telling => ({ status: amended.has(transition) ? 'amended' : 'new', transition })),
  ]
}

function isSameArrow(a: Transition, b: Transition | undefined): boolean {
  return b !== undefined && a.from === b.from && a.to === b.to && a.event === b.event
}

/** The same cause and proof, and so the same grade; and the same call. */
function isKnownAlike(a: Known, b: Known): boolean {
  const isSameEvidence = a.evidence === b.evidence && a.cause?.frame === b.cause?.frame
  return isSameEvidence && a.proof?.frame === b.proof?.frame && a.call === b.call
}

/** A finding of a connection that goes on: it was judged as if the capture ended now, and it does not. */
export function asOfNow(finding: FindingReport): FindingReport {
  return { ...finding, message: finding.message.replace(` ${CAPTURE_ENDS}`, '') }
}

/** The transitions without the segments that they came from, which would be kept alive by them. */
export function toRemember(transitions: readonly Known[]): Known[] {
  return transitions.map((transition) => ({
    ...transition,
    cause: momentOf(transition.cause),
    proof: momentOf(transition.proof),
  }))
}

function momentOf(moment: Moment | null): Moment | null {
  return moment && { frame: moment.frame, timeNs: moment.timeNs, fileIndex: moment.fileIndex }
}
