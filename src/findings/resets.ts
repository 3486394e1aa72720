/**
 * Findings about RSTs: who reset what and why, what was ignored, what was forged.
 */
import { viewOf } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { isRefusal, judgeReset, type ResetVerdict } from '../tcp/reset.ts'
import { SIDE_NAMES, type Transition } from '../tcp/timeline.ts'
import type { Finding, Story } from './finding.ts'

export function resetFindings(story: Story): Finding[] {
  const { observations } = story.timeline.exchange
  const isOpen = story.closing.kind !== 'never-opened'
  if (!isOpen) return []
  return observations.flatMap((segment, index) =>
    segment.rst && !segment.isCorrupt ? judged(story, segment, index) : [],
  )
}

function judged(story: Story, reset: Observation, index: number): Finding[] {
  const target = reset.side === 0 ? 1 : 0
  if (isRefusal(viewOf(story.timeline.exchange, reset.side), index)) return []
  const verdict = judgeReset(viewOf(story.timeline.exchange, target), index)
  const by = SIDE_NAMES[reset.side]
  const frames = [reset.frame]
  const found = (code: Finding['code'], values: Finding['values'] = {}): Finding[] => [
    { code, side: by, frames, values: { by, ...values } },
  ]
  const changes = story.timeline.transitions.filter(({ cause }) => cause !== null && isAt(reset, cause.frame))
  if (verdict.isForged && !isStale(verdict)) return found('reset-by-middlebox', { why: whyForged(verdict) })
  if (verdict.place === 'in-window' && !verdict.isAccepted) return found('reset-challenged')
  if (verdict.place === 'outside') return found('reset-ignored')
  const own = changes.find(({ side }) => side === reset.side)
  const others = changes.find(({ side }) => side === target)
  if (own?.from === 'TIME-WAIT' || others?.from === 'TIME-WAIT') return []
  if (own && !others && verdict.refutation === null && !verdict.isAccepted) return found('reset-not-received')
  if (own) return [ended(story, reset, own)]
  return others ? found('connection-reset', { state: others.from, why: reasonOf(story, reset) }) : []
}

function isAt(reset: Observation, frame: number): boolean {
  return reset.frame === frame || reset.lastCopy?.frame === frame
}

/** Outside the window and without effect: nothing needs to have been forged. */
function isStale({ place }: ResetVerdict): boolean {
  return place === 'outside' || place === 'in-window'
}

function whyForged(verdict: ResetVerdict): string {
  return verdict.refutation ? 'both sides went on' : "it goes on, or its IP header is another host's"
}

function ended(story: Story, reset: Observation, own: Transition): Finding {
  const by = SIDE_NAMES[reset.side]
  if (!reset.hasAck && own.from === 'ESTABLISHED')
    return { code: 'half-open-peer', side: by, frames: [reset.frame], values: { by } }
  if (!reset.hasAck)
    return { code: 'reset-after-close', side: by, frames: [reset.frame], values: { by, state: own.from } }
  const values = { by, state: own.from, why: reasonOf(story, reset) }
  return { code: 'connection-reset', side: by, frames: [reset.frame], values }
}

/** As far as the capture tells. */
function reasonOf(story: Story, reset: Observation): string {
  const { halves } = story.timeline.exchange
  const rare = story.connection.rare
  const probes = rare?.events.keepAlives[rare.ends[reset.side]] ?? 0
  if (halves[reset.side === 0 ? 1 : 0].silentFrom < Number.POSITIVE_INFINITY && probes > 0)
    return 'its keep-alive probes were not answered'
  if (!reset.hasAck) return 'it has no socket for this connection'
  const context = reset.context
  const hasUnread = context !== null && context.targetNext !== reset.ack
  if (hasUnread) return 'an abort, with data of the other side not yet acknowledged'
  return 'an abort: close() with SO_LINGER 0 or with unread data, or the process was killed'
}
