/**
 * The segments of one connection for its ladder diagram. Every segment with SYN, FIN or RST and the beginning of each
 * phase is kept; the middle of long data phases is counted only.
 */
import type { Story } from '../findings/finding.ts'
import type { LadderSegment } from '../report/model.ts'
import { isNetworkCopy } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { SIDE_NAMES } from '../tcp/timeline.ts'
import { citedMoment, type Run } from './citation.ts'

export function ladderOf(story: Story, run: Run): { segments: LadderSegment[]; omitted: number } {
  const { connection, timeline } = story
  const shown = timeline.exchange.observations.filter((segment) => !segment.icmp)
  const segments = shown.map((segment, index) => ladderSegment(story, segment, shown.slice(0, index), run))
  const total = connection.traffic[0].segments + connection.traffic[1].segments
  return { segments, omitted: Math.max(0, total - segments.length) }
}

function ladderSegment(
  { timeline }: Story,
  segment: Observation,
  before: readonly Observation[],
  run: Run,
): LadderSegment {
  const { halves, observations } = timeline.exchange
  const own = halves[segment.side]
  const peer = halves[segment.side === 0 ? 1 : 0]
  const scale = scaleOf(observations, segment)
  return {
    ...citedMoment(segment, run),
    side: SIDE_NAMES[segment.side],
    flags: flagNames(segment),
    seq: (segment.seq - (own.iss ?? firstSeq(observations, segment.side))) >>> 0,
    ack: segment.hasAck ? (segment.ack - (peer.iss ?? firstSeq(observations, segment.side === 0 ? 1 : 0))) >>> 0 : null,
    payloadLength: segment.payloadLength,
    window: segment.syn ? segment.window : segment.window * 2 ** scale,
    note: noteOf(segment, before),
    omittedBefore: 0,
  }
}

/** Without a SYN, Wireshark counts from the first segment of a direction. */
function firstSeq(observations: readonly Observation[], side: number): number {
  const first = observations.find((segment) => segment.side === side)
  if (first) return (first.seq - 1) | 0
  const answer = observations.find((segment) => segment.hasAck)
  return answer ? (answer.ack - 1) | 0 : 0
}

function scaleOf(observations: readonly Observation[], segment: Observation): number {
  const scales = [0, 1].map(
    (side) => observations.find((other) => other.syn && other.side === side)?.synOptions?.windowScale ?? -1,
  )
  return scales.every((scale) => scale >= 0) ? scales[segment.side]! : 0
}

function flagNames(segment: Observation): string {
  const names: string[] = []
  if (segment.fin) names.push('FIN')
  if (segment.syn) names.push('SYN')
  if (segment.rst) names.push('RST')
  if (segment.hasAck) names.push('ACK')
  return names.join(',')
}

function noteOf(segment: Observation, before: readonly Observation[]): string | null {
  if (segment.isCorrupt) return 'bad checksum'
  const sent = before.filter(
    (earlier) => earlier.side === segment.side && earlier.end === segment.end && earlier.seq === segment.seq,
  )
  const isRepeat = sent.length > 0 && segment.end !== segment.seq
  if (!isRepeat) return null
  return sent.some((earlier) => isNetworkCopy(earlier, segment)) ? 'duplicate' : 'retransmission'
}
