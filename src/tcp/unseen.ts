/**
 * What a capture shows to be missing of a side, besides bytes that it jumped over. Read with exchange.ts.
 */
import type { Half } from './exchange.ts'
import { isOrdinary, type Observation } from './observation.ts'
import { distance } from './seq.ts'

/** Whether the side has sent something, maybe a FIN, that is not in the capture. */
export function isPartlyUnseen(observations: readonly Observation[], half: Half, peer: Half): boolean {
  return (
    hasUnseenOpening(observations, half, peer) ||
    skipsAtStart(observations, half) ||
    isAcknowledgedUnseen(observations, half, peer)
  )
}

/**
 * The peer's SYN is there, its own is not: what it sent before it is first seen is not known. Nor is it when nothing of
 * it is there and the peer's acknowledgment of its SYN is missing, too.
 */
function hasUnseenOpening(observations: readonly Observation[], half: Half, peer: Half): boolean {
  if (half.synCopies.length > 0 || peer.synCopies.length === 0) return false
  const spoken = peer.own.find((index) => isOrdinary(observations[index]!))
  return half.own.length > 0 || (spoken !== undefined && observations[spoken]!.fin)
}

/** What it sends first stands behind the number after its SYN. */
function skipsAtStart(observations: readonly Observation[], half: Half): boolean {
  const first = half.own.find((index) => isOrdinary(observations[index]!))
  if (first === undefined || half.iss === null) return false
  const syn = observations[half.synCopies[0] ?? -1]
  return distance(observations[first]!.seq, half.iss) > 1 + (syn?.payloadLength ?? 0)
}

/** Nothing of it was captured, and the peer acknowledges more than its SYN. */
function isAcknowledgedUnseen(observations: readonly Observation[], half: Half, peer: Half): boolean {
  if (half.own.length > 0) return false
  const end = half.iss === null ? null : (half.iss + 1) | 0
  return peer.own.some((index) => isOrdinary(observations[index]!) && observations[index]!.ack !== end)
}
