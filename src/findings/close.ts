/**
 * Findings about the close: crossing FINs, half-close, what had to be sent again, giving up.
 */
import { ackOf } from '../tcp/closing.ts'
import { transmissions } from '../tcp/exchange.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import type { Finding, Story } from './finding.ts'

export function closeFindings(story: Story): Finding[] {
  return [
    ...kindFindings(story),
    ...([CLIENT, SERVER] as const).flatMap((side) => finFindings(story, side)),
    ...timeouts(story),
  ]
}

function kindFindings(story: Story): Finding[] {
  const { closing } = story
  const frames = closing.segments.map((segment) => segment.frame)
  const found: Finding[] = []
  if (closing.kind === 'simultaneous') found.push({ code: 'simultaneous-close', side: null, frames, values: {} })
  if (closing.bytesAfterFin > 0 && closing.by !== null && closing.by !== 'both' && closing.kind !== 'simultaneous') {
    const span = (closing.halfCloseNs ?? story.connection.lastTimeNs - closing.segments[0]!.timeNs) / 1e9
    found.push({
      code: 'half-close',
      side: closing.by,
      frames,
      values: { by: closing.by, bytes: closing.bytesAfterFin, seconds: span },
    })
  }
  return found
}

/** What happened to one side's FIN on its way. */
function finFindings(story: Story, side: Side): Finding[] {
  const { exchange, transitions } = story.timeline
  const { observations, halves } = exchange
  const sent = transmissions(observations, halves[side].finCopies).map((index) => observations[index]!)
  const first = sent[0]
  if (!first) return []
  const by = SIDE_NAMES[side]
  const found: Finding[] = []
  const acked = ackOf(exchange, first)
  const late = acked ? sent.filter((copy) => copy.timeNs > acked.timeNs + halves[side].reactionNs) : []
  const frames = sent.map((copy) => copy.frame)
  if (late.length > 0) {
    found.push({
      code: 'last-ack-lost',
      side: by,
      frames: [acked!.frame, ...late.map((copy) => copy.frame)],
      values: { by },
    })
  } else if (sent.length > 1) {
    found.push({ code: 'fin-retransmission', side: by, frames, values: { by, count: sent.length - 1 } })
  }
  const taken = transitions.find((transition) => transition.side !== side && transition.event.startsWith('rcv FIN'))
  const isLate = taken?.cause && !sent.some((copy) => isAt(copy, taken.cause!.frame))
  if (isLate) found.push({ code: 'fin-before-data', side: by, frames: [first.frame, taken.cause!.frame], values: {} })
  if (!taken && !acked && story.isCaptureEnd && !transitions.some(({ event }) => event.includes('RST'))) {
    found.push({ code: 'fin-in-flight', side: by, frames, values: { by } })
  }
  return found
}

function isAt(copy: { frame: number; lastCopy: { frame: number } | null }, frame: number): boolean {
  return copy.frame === frame || copy.lastCopy?.frame === frame
}

function timeouts({ timeline }: Story): Finding[] {
  const { exchange, transitions } = timeline
  return transitions
    .filter(({ event, from }) => event === 'user timeout' && from !== 'SYN-SENT')
    .map(({ side, from }) => {
      const half = exchange.halves[side]
      const copies = from === 'SYN-RECEIVED' ? half.synCopies : half.finCopies
      const frames = copies.map((index) => exchange.observations[index]!.frame)
      return {
        code: 'timed-out',
        side: SIDE_NAMES[side],
        frames,
        values: { side: SIDE_NAMES[side], state: from, count: frames.length },
      }
    })
}
