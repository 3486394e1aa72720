/**
 * `states`: which states a side enters, in order.
 */
import type { ConnectionReport, TransitionReport } from '../../report/model.ts'
import type { SideName } from '../../tcp/timeline.ts'
import { ANY_STATES } from '../language.ts'
import { type Aspect, seen } from './aspect.ts'

/** @param expected - states, and `...` for any number of them */
export function statesAspect(side: SideName, expected: readonly string[]): Aspect {
  return {
    rule: 'states',
    expected: expected.join(', '),
    judge(connection) {
      const entered = enteredBy(side, connection)
      const agreed = agreement(
        expected,
        entered.map(({ to }) => to),
      )
      if (agreed === null) return []
      return [seen(seenText(entered, agreed), connection, framesAt(entered, agreed, connection), side)]
    },
  }
}

/** The transitions of a side, by which it enters its states. */
export function enteredBy(side: SideName, { transitions }: ConnectionReport): TransitionReport[] {
  return transitions.filter((transition) => transition.side === side)
}

/**
 * How many of the states agree with the pattern before the first that cannot: as many as there are when the pattern
 * wants more. null when all agree.
 */
function agreement(pattern: readonly string[], states: readonly string[]): number | null {
  // reached[i]: whether the first i parts of the pattern are met by the states so far.
  let reached = closure(pattern, new Set([0]))
  for (const [i, state] of states.entries()) {
    const next = new Set<number>()
    for (const at of reached) {
      if (pattern[at] === ANY_STATES) next.add(at)
      else if (pattern[at] === state) next.add(at + 1)
    }
    if (next.size === 0) return i
    reached = closure(pattern, next)
  }
  return reached.has(pattern.length) ? null : states.length
}

/** `...` may also stand for nothing. */
function closure(pattern: readonly string[], reached: Set<number>): Set<number> {
  for (const at of reached) if (pattern[at] === ANY_STATES) reached.add(at + 1)
  return reached
}

/** All states that the side entered; the first that was not expected stands between marks. */
function seenText(entered: readonly TransitionReport[], agreed: number): string {
  if (entered.length === 0) return 'none'
  const words = entered.map(({ to }, i) => (i === agreed ? `>${to}<` : to))
  return `${words.join(', ')}${agreed === entered.length ? ' and no more' : ''}`
}

/** The frame of the first state that was not expected, or of the last one when more were. */
function framesAt(entered: readonly TransitionReport[], agreed: number, connection: ConnectionReport): number[] {
  const transition = entered[agreed] ?? entered.at(-1)
  const moment = transition?.cause ?? transition?.proof
  return moment ? [moment.frame] : [connection.lastFrame]
}
