/**
 * Findings about TIME-WAIT: restarted, taken over, refused, cut short.
 */
import { reuseCase, type TimeWait } from '../tcp/time-wait.ts'
import { SIDE_NAMES } from '../tcp/timeline.ts'
import type { Finding, Story } from './finding.ts'

export function timeWaitFindings(story: Story): Finding[] {
  return story.timeline.timeWaits.flatMap((timeWait) => [
    ...restarts(timeWait),
    ...ending(timeWait),
    ...refused(story, timeWait),
  ])
}

function restarts({ side, restarts: moments }: TimeWait): Finding[] {
  if (moments.length === 0) return []
  const values = { side: SIDE_NAMES[side], count: moments.length }
  return [{ code: 'time-wait-restarted', side: SIDE_NAMES[side], frames: moments.map(({ frame }) => frame), values }]
}

function ending({ side, ended, endedBy, reuse }: TimeWait): Finding[] {
  const name = SIDE_NAMES[side]
  const frames = endedBy ? [endedBy.frame] : []
  if (ended === 'assassinated') return [{ code: 'time-wait-assassinated', side: name, frames, values: { side: name } }]
  if (ended === 'reused')
    return [{ code: 'time-wait-reused', side: name, frames, values: { side: name, case: reuse ?? '' } }]
  return []
}

/** The next SYN was not answered by a SYN-ACK at first. */
function refused({ connection, timeline }: Story, { side, ended }: TimeWait): Finding[] {
  const next = connection.takenOverBy
  if (!next || next.syn.side === side || ended === 'reused') return []
  const sender = timeline.exchange.halves[next.syn.side]
  const sent = sender.own.map((index) => timeline.exchange.observations[index]!).filter((segment) => segment.timestamps)
  const last = { timestamp: sent[sent.length - 1]?.timestamps?.value ?? null, next: sender.finEnd ?? 0 }
  const values = { side: SIDE_NAMES[side], case: reuseCase(last, next.syn) }
  return [{ code: 'time-wait-reuse-refused', side: SIDE_NAMES[side], frames: [next.syn.frame], values }]
}
