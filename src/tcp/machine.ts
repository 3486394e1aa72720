/**
 * The table of `states.ts`, compiled at load into typed arrays. Three outcomes, not two: moved, nothing to do
 * (`NO_ROW` for an event that repeats), or no arrow at all, which the caller holds back and tries again later.
 */
import { type Arrow, EVENTS, STATES, type TcpEvent, type TcpState, TRANSITIONS } from './states.ts'

const NO_ROW = 0xff
const WIDTH = EVENTS.length

/** Index into TRANSITIONS at [state * WIDTH + event]. */
const rowAt = new Uint8Array(STATES.length * WIDTH).fill(NO_ROW)

for (const [index, [from, on]] of TRANSITIONS.entries()) {
  const cell = STATES.indexOf(from) * WIDTH + EVENTS.indexOf(on)
  if (rowAt[cell] !== NO_ROW) throw new Error(`two arrows leave ${from} on ${on}`)
  rowAt[cell] = index
}

/** The arrow that leaves `state` on `event`; null where the figure draws none. */
export function arrow(state: TcpState, event: TcpEvent): Arrow | null {
  const row = rowAt[STATES.indexOf(state) * WIDTH + EVENTS.indexOf(event)]!
  return row === NO_ROW ? null : TRANSITIONS[row]!
}
