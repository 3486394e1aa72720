/**
 * What an analyzer must say of a side, from what the kernel did. A capture does not show everything that the kernel
 * does, so some states are optional: they may be left out, but what is said must be true and in order.
 *
 * - What happened before the capture is not asked for (`before`); a timer that runs out after it is not either.
 * - A transition without a segment in the capture is optional. So is the CLOSED between a TIME-WAIT and the connection
 *   that takes its endpoints over: RFC 9293 §3.6.1 goes there directly.
 * - Where one segment makes two transitions, the state between is optional: the kernel passes through FIN-WAIT-2 where
 *   RFC 9293 §3.3.2 Note 2 goes from FIN-WAIT-1 to TIME-WAIT.
 * - With one direction only, all that follows the first transition of either side that is not visible is optional.
 * - LISTEN is CLOSED: the request of a passive open just disappears in the kernel.
 */
import type { TcpState } from '../../src/index.ts'
import { type KernelConnection, type KernelTransition, type Recording, SIDES, type SideName } from './recording.ts'

export interface ExpectedState {
  state: TcpState
  isOptional: boolean
  kernel: KernelTransition
}

export interface Expectation {
  /** Entered before the capture began. */
  before: TcpState[]
  entered: ExpectedState[]
}

/** Two transitions of one frame lie no further apart. */
const ONE_FRAME_US = 1000

export function expectationOf(connection: KernelConnection, side: SideName, recording: Recording): Expectation {
  const before: TcpState[] = []
  const entered: ExpectedState[] = []
  for (const kernel of connection.sides[side]?.transitions ?? []) {
    const state = kernel.state === 'LISTEN' ? 'CLOSED' : kernel.state
    if (!kernel.isVisible && kernel.timeUs > recording.stopUs) break
    if (!kernel.isVisible && kernel.timeUs < recording.startUs) before.push(state)
    else entered.push({ state, isOptional: !kernel.isVisible || kernel.isTakeover, kernel })
  }
  if (recording.isOneSided) excuseWhatFollowsSilence(entered, firstSilence(connection, recording))
  excusePassages(entered)
  return { before, entered: withoutBeginning(withoutRepeats(entered), before) }
}

/** When the first transition of either side went unseen, from the start of the capture on. */
function firstSilence(connection: KernelConnection, { startUs }: Recording): number {
  const all = SIDES.flatMap((side) => connection.sides[side]?.transitions ?? [])
  return Math.min(...all.filter(({ isVisible, timeUs }) => !isVisible && timeUs >= startUs).map(({ timeUs }) => timeUs))
}

function excuseWhatFollowsSilence(entered: ExpectedState[], silenceUs: number): void {
  for (const expected of entered) expected.isOptional ||= expected.kernel.timeUs >= silenceUs
}

function excusePassages(entered: ExpectedState[]): void {
  entered.forEach((expected, at) => {
    const next = entered[at + 1]?.kernel
    const { frame, timeUs } = expected.kernel
    if (next && frame !== null && frame === next.frame && next.timeUs - timeUs < ONE_FRAME_US)
      expected.isOptional = true
  })
}

function withoutRepeats(entered: ExpectedState[]): ExpectedState[] {
  return entered.filter(({ state }, at) => state !== entered[at - 1]?.state)
}

/** CLOSED is where every side starts, and no transition. */
function withoutBeginning(entered: ExpectedState[], before: readonly TcpState[]): ExpectedState[] {
  if (before.length > 0) return entered
  const first = entered.findIndex(({ state }) => state !== 'CLOSED')
  return first < 0 ? [] : entered.slice(first)
}
