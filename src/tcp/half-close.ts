/**
 * What a side does after its own FIN: does it still take data? Only shutdown(SHUT_WR) leaves a socket that reads; after
 * close() the kernel answers data with a RST (RFC 9293 §3.6.1).
 */
import { acknowledges, type Exchange, peerOf } from './exchange.ts'
import type { Observation } from './observation.ts'
import type { Side } from './timeline.ts'

/**
 * The side's first acknowledgment of data that it can only have received after it sent its FIN, as all that pass the tap
 * after that FIN are; null without.
 */
export function takesDataAfterFin({ observations, halves }: Exchange, side: Side): Observation | null {
  const own = halves[side]
  const finAt = own.finCopies[0]
  if (finAt === undefined) return null
  const fin = observations[finAt]!
  for (const index of halves[peerOf(side)].own) {
    const data = observations[index]!
    if (data.payloadLength === 0 || index < finAt) continue
    if (acknowledges(fin, dataEnd(data))) continue
    const answer = own.own.find(
      (at) => at > index && !observations[at]!.rst && acknowledges(observations[at]!, dataEnd(data)),
    )
    if (answer !== undefined) return observations[answer]!
  }
  return null
}

/** Sequence number after the payload, without a FIN. */
function dataEnd({ end, fin }: Observation): number {
  return fin ? (end - 1) | 0 : end
}
