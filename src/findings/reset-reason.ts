/**
 * Why a side sent a RST, as far as the capture tells.
 */
import { type Exchange, peerOf } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { distance } from '../tcp/seq.ts'
import { SIDE_NAMES } from '../tcp/timeline.ts'
import type { Story, Values } from './finding.ts'

/**
 * The segment that a RST without ACK answers: its acknowledgment is the RST's sequence number (RFC 9293 §3.5.2). A host
 * without the socket sends such; null for a RST that a program has caused.
 */
export function answeredSegment({ observations, halves }: Exchange, index: number): Observation | null {
  const reset = observations[index]!
  if (reset.hasAck) return null
  const found = halves[peerOf(reset.side)].own.findLast((own) => {
    const segment = observations[own]!
    return own < index && segment.hasAck && !segment.rst && segment.ack === reset.seq
  })
  return found === undefined ? null : observations[found]!
}

/**
 * Why a program aborted: `keep-alive` and `unanswered` when the other side was silent, `arriving` while data of the other
 * side were under way, `no-data` when none ever came, `read` when it has spoken after the last that came, `unread` else.
 */
export function reasonOf({ timeline, connection }: Story, index: number): Values {
  const { observations, halves } = timeline.exchange
  const reset = observations[index]!
  const target = peerOf(reset.side)
  const { rare, traffic, lastDataNs } = connection
  if (halves[target].silentFrom < index) {
    const probes = rare?.events.keepAlives[rare.ends[reset.side]] ?? 0
    return probes > 0 ? { reason: 'keep-alive', count: probes } : { reason: 'unanswered' }
  }
  if (traffic[target].bytes === 0) return { reason: 'no-data' }
  const unacknowledged = reset.context ? distance(reset.context.targetNext, reset.ack) : 0
  if (reset.hasAck && unacknowledged > 0) return { reason: 'arriving', count: unacknowledged }
  const hasSpoken = lastDataNs[reset.side] > lastDataNs[target]
  return { reason: hasSpoken ? 'read' : 'unread', from: SIDE_NAMES[target] }
}
