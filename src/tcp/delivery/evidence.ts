/**
 * What the wire shows of when a segment arrived: echoed timestamps, repeats, refusals, silence. Shared by the rules.
 */
import { transmissions, type View } from '../exchange.ts'
import type { Observation } from '../observation.ts'
import { distance } from '../seq.ts'

/**
 * Of several copies, the one that X acted on before `proofAt`: the last that could have reached it in time. An echoed
 * timestamp excludes the copies that X had not yet seen (RFC 7323 §4.3), a D-SACK says that an earlier one had arrived.
 */
export function pickCopy(view: View, copies: readonly number[], proofAt: number): number | null {
  const { segments, x } = view
  const proof = segments[proofAt]!
  const sent = transmissions(segments, copies)
  const possible = sent.filter((index) => index < proofAt && !isTooNew(segments[index]!, proof))
  if (possible.length === 0) return copies.findLast((index) => index < proofAt) ?? null
  if (proof.hasDsack && possible.length > 1) return possible[possible.length - 2]!
  const inTime = possible.filter((index) => proof.timeNs - segments[index]!.timeNs >= x.reactionNs / 2)
  return inTime[inTime.length - 1] ?? possible[0]!
}

/** `answer` echoes a timestamp older than `segment`'s: its sender had not received `segment` then. */
export function isTooNew(segment: Observation, answer: Observation): boolean {
  if (!segment.timestamps || !answer.timestamps || answer.syn) return false
  return distance(answer.timestamps.echo, segment.timestamps.value) < 0
}

/** X repeated `copies` after it would have had `segment`: it never got it. A repeat that crosses it on the way says nothing. */
export function contradicted(view: View, segment: Observation, copies: readonly number[]): boolean {
  return copies.slice(1).some((index) => view.segments[index]!.timeNs > segment.timeNs + view.x.reactionNs)
}

/** X stopped answering: what Y sent since is not assumed to have reached it. */
export function isAfterSilence(view: View, index: number): boolean {
  return index >= view.x.silentFrom
}

/** Moves a reception behind what X sent before it can have had it, as its echoed timestamps show. */
export function afterCrossing(view: View, index: number): number {
  const { segments, x } = view
  let at = index + 0.5
  for (const own of x.own) {
    if (own < at) continue
    if (segments[own]!.syn || !isTooNew(segments[index]!, segments[own]!)) break
    at = own + 0.5
  }
  return at
}
