/**
 * Findings about the data between opening and close, and about what the capture itself lacks.
 */
import type { Traffic } from '../flow/connection.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'
import type { Finding, Story } from './finding.ts'

const COUNTED: [keyof Traffic, FindingCode][] = [
  ['retransmissions', 'retransmission'],
  ['outOfOrder', 'out-of-order'],
  ['zeroWindows', 'zero-window'],
  ['keepAlives', 'keep-alive'],
]

export function trafficFindings(story: Story): Finding[] {
  return ([CLIENT, SERVER] as const).flatMap((side) => [
    ...counted(story, side),
    ...silence(story, side),
    ...quality(story, side),
  ])
}

function counted({ connection }: Story, side: Side): Finding[] {
  const name = SIDE_NAMES[side]
  return COUNTED.flatMap(([key, code]) => {
    const count = connection.traffic[side][key]
    if (count === 0 || !connection.rare) return []
    const frames = connection.rare.events.framesOf(code, connection.rare.ends[side])
    return [{ code, side: name, frames: [...frames], values: { side: name, count } }]
  })
}

function silence({ timeline, closing }: Story, side: Side): Finding[] {
  const half = timeline.exchange.halves[side]
  if (half.silentFrom === Number.POSITIVE_INFINITY || half.own.length === 0 || closing.kind === 'never-opened')
    return []
  const last = timeline.exchange.observations[half.last]!
  return [{ code: 'peer-silent', side: SIDE_NAMES[side], frames: [last.frame], values: { side: SIDE_NAMES[side] } }]
}

function quality({ connection, timeline, opening }: Story, side: Side): Finding[] {
  const name = SIDE_NAMES[side]
  const other = timeline.exchange.halves[side === CLIENT ? SERVER : CLIENT]
  const found: Finding[] = []
  const isAnswered = timeline.states[other.side] !== null
  if (other.own.length === 0 && connection.traffic[side].segments > 0 && isAnswered && opening.kind !== 'refused') {
    found.push({ code: 'one-sided', side: name, frames: [connection.firstFrame], values: { side: name } })
  }
  const missing = connection.rare?.events.missingBytes[connection.rare.ends[side]] ?? 0
  if (missing > 0)
    found.push({ code: 'missing-segments', side: name, frames: [], values: { side: name, bytes: missing } })
  const corrupt = timeline.exchange.observations.filter((segment) => segment.isCorrupt && segment.side === side)
  if (corrupt.length > 0) {
    found.push({ code: 'bad-checksum', side: name, frames: corrupt.map(({ frame }) => frame), values: { side: name } })
  }
  const unlogged = side === CLIENT ? (connection.rare?.events.unlogged ?? 0) : 0
  if (unlogged > 0) found.push({ code: 'log-limit', side: null, frames: [], values: { count: unlogged } })
  return found
}
