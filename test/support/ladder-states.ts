/**
 * What the columns of a ladder say: the states of each side, and the segment that each change belongs to.
 *
 * A figure shows a state "AFTER the departure or arrival of the segment" (RFC 9293 §3.5), but not always beside the
 * segment that brought it: in Figure 13 CLOSING stands beside the ACK that follows the FIN's arrival. So a change
 * belongs to the last segment up to there, after the one of the change before, that an arrow of Figure 5 lets bring it.
 */
import type { TcpState } from '../../src/tcp/states.ts'
import type { Ladder, LadderLine, Passage, Peer } from './ladder.ts'

export interface LadderChange {
  state: TcpState
  /** Null for the state at the start and for a timer. */
  cause: Passage | null
  /** Where the column shows the state. */
  line: LadderLine
  /** Line of the cause: its departure on the side that sent it, else its arrival; null without a cause. */
  causeLine: LadderLine | null
}

/** A segment at one side of the ladder. */
interface Touch {
  line: LadderLine
  passage: Passage
  isSent: boolean
}

/** The states of one column in order, the first one included, each once. */
export function statesOf(ladder: Ladder, peer: Peer): LadderChange[] {
  const touches = touchesOf(ladder, peer)
  const changes: LadderChange[] = []
  let next = 0
  for (const line of ladder.lines) {
    const state = peer === 'A' ? line.left : line.right
    const from = changes.at(-1)?.state
    if (state === null || state === from) continue
    const found = from ? touches.findLastIndex((touch, at) => at >= next && canBring(touch, from, state, line)) : -1
    if (found >= 0) next = found + 1
    const touch = touches[found]
    changes.push({ state, line, cause: touch?.passage ?? null, causeLine: touch?.line ?? null })
  }
  return changes
}

function touchesOf(ladder: Ladder, peer: Peer): Touch[] {
  const touches: Touch[] = []
  for (const passage of ladder.passages) {
    const isSent = passage.segment.from === peer
    const line = isSent ? passage.departure : passage.arrival
    if (line) touches.push({ line, passage, isSent })
  }
  return touches.sort((first, second) => first.line.index - second.line.index)
}

/** Whether an arrow of Figure 5 into `state` bears this segment, by the time the column shows it. */
function canBring({ line, passage, isSent }: Touch, from: TcpState, state: TcpState, shown: LadderLine): boolean {
  // Lines without a number share the number, and the states, of the line above.
  if (line.number > shown.number) return false
  const ctl = passage.segment.ctl.split(',')
  const [isSyn, isFin, isRst, isAck] = ['SYN', 'FIN', 'RST', 'ACK'].map((bit) => ctl.includes(bit))
  switch (state) {
    case 'SYN-SENT':
      return isSent && isSyn === true
    case 'SYN-RECEIVED':
      return !isSent && isSyn === true
    case 'ESTABLISHED':
    case 'FIN-WAIT-2':
      return !isSent && isAck === true
    case 'FIN-WAIT-1':
    case 'LAST-ACK':
      return isSent && isFin === true
    case 'CLOSE-WAIT':
    case 'CLOSING':
      return !isSent && isFin === true
    case 'TIME-WAIT':
      return !isSent && (isAck === true || isFin === true)
    case 'CLOSED':
    case 'LISTEN':
      return isRst === true || (from === 'LAST-ACK' && !isSent && isAck === true)
  }
}
