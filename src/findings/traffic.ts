/**
 * Findings about the data between opening and close, and about what the capture itself lacks.
 */
import type { Traffic } from '../flow/connection.ts'
import type { Anomaly } from '../flow/rare.ts'
import { peerOf, transmissions } from '../tcp/exchange.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'
import { type Finding, framesOf, type Story, secondsBetween } from './finding.ts'

const COUNTED: [keyof Traffic, FindingCode & Anomaly][] = [
  ['retransmissions', 'retransmission'],
  ['outOfOrder', 'out-of-order'],
  ['zeroWindows', 'zero-window'],
  ['keepAlives', 'keep-alive'],
]

export function trafficFindings(story: Story): Finding[] {
  const found: Finding[] = []
  for (const side of [CLIENT, SERVER] as const) {
    found.push(...counted(story, side), ...silence(story, side), ...quality(story, side))
  }
  return found
}

function counted(story: Story, side: Side): Finding[] {
  const { rare, traffic } = story.connection
  if (!rare) return []
  const name = SIDE_NAMES[side]
  return COUNTED.flatMap(([key, code]) => {
    if (traffic[side][key] === 0) return []
    const shown = rare.events.framesOf(code, rare.ends[side])
    const controls = key === 'retransmissions' ? repeatedControls(story, side) : []
    const count = traffic[side][key] - controls.length
    if (count <= 0) return []
    const frames = shown.filter((frame) => !controls.includes(frame))
    return [{ code, side: name, frames, values: { side: name, count, ...detail(story, side, code) } }]
  })
}

/** FINs without data that were sent again: they are findings of the close. */
function repeatedControls({ timeline }: Story, side: Side): number[] {
  const { observations, halves } = timeline.exchange
  const repeated = transmissions(observations, halves[side].finCopies).slice(1)
  return framesOf(repeated.map((index) => observations[index]!).filter((segment) => segment.payloadLength === 0))
}

/** A probe while the other side's window is closed asks whether it has opened. */
function detail({ connection }: Story, side: Side, code: FindingCode): { isProbe?: number } {
  if (code !== 'keep-alive') return {}
  return { isProbe: Number(connection.traffic[peerOf(side)].zeroWindows > 0) }
}

function silence({ timeline, closing, endNs, maxExamples }: Story, side: Side): Finding[] {
  const { observations, halves } = timeline.exchange
  const half = halves[side]
  if (half.silentFrom === Number.POSITIVE_INFINITY || half.own.length === 0 || closing.kind === 'never-opened')
    return []
  const last = observations[half.last]!
  const asked = halves[peerOf(side)].own
    .filter((index) => index >= half.silentFrom && !observations[index]!.rst)
    .map((index) => observations[index]!)
  const values = {
    side: SIDE_NAMES[side],
    other: SIDE_NAMES[peerOf(side)],
    count: asked.length,
    seconds: secondsBetween(last, asked[asked.length - 1] ?? { ...last, timeNs: endNs }),
    lastFrame: last.frame,
  }
  return [
    {
      code: 'peer-silent',
      side: SIDE_NAMES[side],
      frames: [last.frame, ...framesOf(asked).slice(0, maxExamples)],
      values,
    },
  ]
}

function quality(story: Story, side: Side): Finding[] {
  const { connection, timeline, opening } = story
  const name = SIDE_NAMES[side]
  const other = timeline.exchange.halves[peerOf(side)]
  const found: Finding[] = []
  const isAnswered = timeline.states[other.side] !== null
  if (other.own.length === 0 && connection.traffic[side].segments > 0 && isAnswered && opening.kind !== 'refused') {
    const values = { side: name, other: SIDE_NAMES[other.side] }
    found.push({ code: 'one-sided', side: name, frames: [connection.firstFrame], values })
  }
  const missing = connection.missingBytes[side]
  if (missing > 0) {
    const { events, ends } = connection.rare!
    const values = { side: name, bytes: missing, isLeast: Number(events.hasUncountedHoles(ends[side])) }
    found.push({ code: 'missing-segments', side: name, frames: [], values })
  }
  const corrupt = timeline.exchange.observations.filter((segment) => segment.isCorrupt && segment.side === side)
  if (corrupt.length > 0) {
    const values = { side: name, count: corrupt.length }
    found.push({ code: 'bad-checksum', side: name, frames: framesOf(corrupt), values })
  }
  found.push(...offload(story, side))
  const unlogged = side === CLIENT ? (connection.rare?.events.unlogged ?? 0) : 0
  if (unlogged > 0) found.push({ code: 'log-limit', side: null, frames: [], values: { count: unlogged } })
  return found
}

/** Whether no checksum of a side is right, of those that were verified. */
function offload({ connection: { rare } }: Story, side: Side): Finding[] {
  if (!rare?.events.isOffloaded(rare.ends[side])) return []
  const { bad, offloaded } = rare.events.checksums![rare.ends[side]]
  const name = SIDE_NAMES[side]
  return [{ code: 'checksum-offload', side: name, frames: [], values: { side: name, count: bad + offloaded } }]
}
