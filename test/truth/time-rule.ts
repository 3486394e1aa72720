/**
 * The time rule: a transition happened between its cause and its proof. The kernel says when it did, on the clock of
 * the capture.
 *
 * Measured over the captures that this was written with, kernel minus frame: 1 µs to 700 ms after the segment that
 * arrived, never before it; and up to 7 µs after the segment that was sent, because the kernel acknowledges a FIN, and
 * resets a connection whose timer ran out, before it changes the state. Under load that became 280 µs.
 */
import type { Claim } from './claimed.ts'
import type { KernelTransition } from './recording.ts'

/** Both clocks are cut to microseconds. */
const ROUNDING_US = 2

/** From the segment that the kernel sends to the state that it then enters. */
const SENT_FIRST_US = 500

/** From close() to the FIN, on the host itself: 59 µs in 95 of 100 cases. */
const CALL_TO_SEGMENT_US = 1000

/**
 * `early`: the kernel moved long before the segment that shows it left, as with a FIN that waits behind a closed
 * window. The report says "at the latest then", which is true, and no tap can say more.
 */
export type Timing = 'kept' | 'broken' | 'early'

/** Null where the claim names no frame. */
export function timingOf(claim: Claim, kernel: KernelTransition, isAtTap: boolean): Timing | null {
  const { causeUs, proofUs, event } = claim
  if (causeUs === null && proofUs === null) return null
  if (proofUs !== null && kernel.timeUs > proofUs + SENT_FIRST_US) return 'broken'
  if (causeUs === null) return 'kept'
  if (event.startsWith('rcv')) return kernel.timeUs < causeUs - ROUNDING_US ? 'broken' : 'kept'
  if (event.startsWith('snd') && isAtTap && kernel.timeUs < causeUs - CALL_TO_SEGMENT_US) return 'early'
  return 'kept'
}
