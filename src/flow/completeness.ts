/**
 * Wireshark's tcp.completeness, by Wireshark's own rules: which kinds of segment a stream has shown.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'

export const COMPLETENESS_SYN = 1
const COMPLETENESS_SYN_ACK = 2
const COMPLETENESS_ACK = 4
const COMPLETENESS_DATA = 8
const COMPLETENESS_FIN = 16
const COMPLETENESS_RST = 32

/** Bits that the first segment of a stream adds at once: those of a SYN. What else it shows counts from the second on. */
export function firstCompleteness(flags: number, payloadLength: number): number {
  if ((flags & (FLAG_SYN | FLAG_ACK)) !== FLAG_SYN) return 0
  return COMPLETENESS_SYN | (payloadLength > 0 ? COMPLETENESS_DATA : 0)
}

/** Bits that a segment adds; a SYN none, unless it is the first. */
export function completenessOf(flags: number, payloadLength: number): number {
  const isSyn = (flags & FLAG_SYN) !== 0
  const hasAck = (flags & FLAG_ACK) !== 0
  let bits = 0
  if (isSyn && hasAck) bits |= COMPLETENESS_SYN_ACK
  if (!isSyn && hasAck) bits |= payloadLength > 0 ? COMPLETENESS_DATA : COMPLETENESS_ACK
  if (hasAck && (flags & FLAG_FIN) !== 0) bits |= COMPLETENESS_FIN
  if ((flags & FLAG_RST) !== 0) bits |= COMPLETENESS_RST
  return bits
}

const COMPLETE = [23, 39, 55]
const COMPLETE_WITH_DATA = [31, 47, 63]

/** Wireshark's words for a value. */
export function completenessText(value: number): string {
  if (value === 1) return 'Incomplete, SYN_SENT'
  if (value === 3) return 'Incomplete, CLIENT_ESTABLISHED'
  if (value === 7) return 'Incomplete, ESTABLISHED'
  if (value === 15) return 'Incomplete, DATA'
  if (COMPLETE.includes(value)) return 'Complete, NO_DATA'
  return COMPLETE_WITH_DATA.includes(value) ? 'Complete, WITH_DATA' : 'Incomplete'
}
