/**
 * Where finwait and the kernel differ on the fixtures, because the wire does not show it: all such places, by name.
 * An entry that is no longer needed fails the test, as does a difference without one.
 */
import type { SideName } from './recording.ts'

export interface WireLimit {
  fixture: string
  sides: readonly SideName[]
  reason: string
}

/** Sides with other states than the kernel's. Every wrong state in them is graded `assumed`. */
export const DIFFERENT_STATES: readonly WireLimit[] = [
  {
    fixture: 'mid-close',
    sides: ['client', 'server'],
    reason: 'The first FIN is before the capture, and the one in it is that of a first close as well as of a second.',
  },
  {
    fixture: 'reset-lost',
    sides: ['server'],
    reason: 'The last frame is the RST. That it is lost would show when the server sends something.',
  },
]

/** Sides that were in a state long before the segment that shows it. */
export const EARLIER_STATES: readonly WireLimit[] = [
  {
    fixture: 'connect-abandoned',
    sides: ['client'],
    reason: 'close() in SYN-SENT sends nothing. That the connection is gone shows when the SYN,ACK meets a RST.',
  },
  {
    fixture: 'crash-then-data',
    sides: ['client'],
    reason: 'A crash sends nothing. That the connection is gone shows when data meet a RST.',
  },
  {
    fixture: 'fin-behind-zero-window',
    sides: ['client'],
    reason: 'The FIN waits behind data until the window opens.',
  },
  {
    fixture: 'fin-wait-2-timeout',
    sides: ['client'],
    reason: 'A timer sends nothing. That the connection is gone shows when the FIN of the server meets a RST.',
  },
]

/** Of the sides of a recording, those that a list excuses. */
export function excusedSides(limits: readonly WireLimit[], recording: string): SideName[] {
  return limits.filter(({ fixture }) => fixture === recording).flatMap(({ sides }) => sides)
}
