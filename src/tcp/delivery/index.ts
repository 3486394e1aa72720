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
  const inputs: Input[] = []
  insert(inputs, sentSyn(view))
  insert(inputs, earlierAnswers(view))
  insert(inputs, syn)
  insert(inputs, receivedAckOfSyn(view, syn[0]))
  insert(inputs, sentFin(view))
  insert(inputs, finAndItsAck(view))
  insert(inputs, resets(view))
  insert(inputs, icmpErrors(view))
  return inputs
}

/** Each in its place: behind what happened before it, or was inserted for the same place. Few, and most come in order. */
function insert(inputs: Input[], more: readonly Input[]): void {
  for (const input of more) {
    let place = inputs.length
    for (; place > 0 && inputs[place - 1]!.at > input.at; place--) inputs[place] = inputs[place - 1]!
    inputs[place] = input
  }
}
