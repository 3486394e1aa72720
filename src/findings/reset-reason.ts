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
 * without the socket sends such; null for a RST that a program has caused. Of several, the first that brought something
 * after the side had closed, else the last.
 */
export function answeredSegment({ observations, halves }: Exchange, index: number): Observation | null {
  const reset = observations[index]!
  if (reset.hasAck) return null
  const fin = halves[reset.side].finCopies[0] ?? -1
  const fitting = halves[peerOf(reset.side)].own
    .filter((own) => own < index && observations[own]!.hasAck && observations[own]!.ack === reset.seq)
    .filter((own) => !observations[own]!.rst)
  const closing = fin < 0 ? undefined : fitting.find((own) => own > fin && isSequenced(observations[own]!))
  return observations[closing ?? fitting[fitting.length - 1] ?? -1] ?? null
}

function isSequenced({ seq, end }: Observation): boolean {
  return seq !== end
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
    const probes = rare?.events.countOf('keep-alive', rare.ends[reset.side]) ?? 0
    return probes > 0 ? { reason: 'keep-alive', count: probes } : { reason: 'unanswered' }
  }
  if (traffic[target].bytes === 0) return { reason: 'no-data' }
  const unacknowledged = reset.hasAck ? unacknowledgedBytes(reset, halves[target].finEnd) : 0
  if (unacknowledged > 0) return { reason: 'arriving', count: unacknowledged }
  const hasSpoken = lastDataNs[reset.side] > lastDataNs[target]
  return { reason: hasSpoken ? 'read' : 'unread', from: SIDE_NAMES[target] }
}

/** Payload of the other side that the RST does not acknowledge. */
function unacknowledgedBytes({ context, ack }: Observation, finEnd: number | null): number {
  if (!context) return 0
  return distance(context.targetNext, ack) - (finEnd === context.targetNext ? 1 : 0)
}
