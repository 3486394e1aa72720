/**
 * When does a side receive? The rules of docs/inference.md §2, one function each, a file a family.
 *
 * A tap shows that a side sent a segment, never that the other received it. For one side X this folder lists what
 * happened to it, in its own order: what it sent, and what it must, or may, have received from its peer Y. The result
 * feeds the table of `states.ts` through `endpoint.ts`; no state is looked at here.
 */
import { type Exchange, viewOf } from '../exchange.ts'
import type { Side } from '../timeline.ts'
import { finAndItsAck, sentFin } from './fin.ts'
import { earlierAnswers, receivedAckOfSyn, receivedSyn, sentSyn } from './handshake.ts'
import type { Input } from './input.ts'
import { icmpErrors, resets } from './reset.ts'

/** What happened to `side`, in its own order. */
export function inputsOf(exchange: Exchange, side: Side): Input[] {
  const view = viewOf(exchange, side)
  const syn = receivedSyn(view)
  const inputs = [
    ...sentSyn(view),
    ...earlierAnswers(view),
    ...syn,
    ...receivedAckOfSyn(view, syn[0]),
    ...sentFin(view),
    ...finAndItsAck(view),
    ...resets(view),
    ...icmpErrors(view),
  ]
  return inputs.sort((a, b) => a.at - b.at)
}
