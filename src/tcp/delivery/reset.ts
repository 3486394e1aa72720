/**
 * RSTs of both sides, as `../reset.ts` judges them, and ICMP errors.
 */
import { reversed, type View } from '../exchange.ts'
import { isRefusal, isStray, judgeReset } from '../reset.ts'
import { isAfterSilence } from './evidence.ts'
import { type Input, observed } from './input.ts'

/**
 * RSTs of both sides, as `reset.ts` judges them. That a RST arrived cannot be proved: a target that later answers as a
 * closed one may have closed before.
 */
export function resets(view: View): Input[] {
  const { segments, x, y } = view
  const inputs: Input[] = []
  for (const index of x.own) {
    const segment = segments[index]!
    if (!segment.rst || isRefusal(view, index)) continue
    const isOthers = isStray(reversed(view), index) || judgeReset(reversed(view), index).isForged
    if (!isOthers) inputs.push(observed(index, 'snd RST', segment))
  }
  for (const index of y.own) {
    const segment = segments[index]!
    if (!segment.rst || isAfterSilence(view, index)) continue
    const verdict = judgeReset(view, index)
    if (!verdict.isAccepted) continue
    inputs.push({ at: verdict.at, event: 'rcv RST', evidence: 'assumed', cause: segment, proof: null })
  }
  return inputs
}

/** An ICMP error ends a connection attempt only (RFC 9293 §3.9.2.2: hard errors; on others it is a soft one). */
export function icmpErrors(view: View): Input[] {
  const { segments, x } = view
  const last = segments.findLastIndex((segment) => segment.icmp !== null && segment.side === x.side)
  if (last < 0 || x.last > last) return []
  return [{ at: last, event: 'rcv ICMP error', evidence: 'assumed', cause: segments[last]!, proof: null }]
}
