/**
 * The Internet checksum (RFC 1071), and what it says of a TCP segment.
 */

/** What is needed of a segment; `Segment` of decode/ has it all. */
interface ChecksummedSegment {
  family: number
  source0: number
  source1: number
  source2: number
  source3: number
  destination0: number
  destination1: number
  destination2: number
  destination3: number
  view: DataView
  /** Where the header ends when it has no options: 20 bytes after its start. */
  optionsOffset: number
  payloadOffset: number
  payloadLength: number
  isCut: boolean
}

/**
 * `offloaded`: the sender left the checksum to its network card, and the capture was taken before that; the field holds
 * the sum of the pseudo-header alone (Linux, BSD) or zero (Windows). `unknown`: not all bytes were captured.
 */
export type ChecksumState = 'good' | 'bad' | 'offloaded' | 'unknown'

const HEADER_LENGTH = 20
const CHECKSUM_OFFSET = 16
const TCP = 6

/**
 * Verifies the checksum over pseudo-header, header and payload (RFC 9293 §3.1, RFC 8200 §8.1). Wrong for IPv6 packets
 * with a routing header on their way: their pseudo-header has the final destination, which a segment does not keep.
 */
export function verifyTcpChecksum(segment: ChecksummedSegment): ChecksumState {
  if (segment.isCut) return 'unknown'
  const start = segment.optionsOffset - HEADER_LENGTH
  const end = segment.payloadOffset + segment.payloadLength
  const pseudoHeader = pseudoHeaderSum(segment, end - start)
  if (fold(pseudoHeader + sum16(segment.view, start, end)) === 0xffff) return 'good'
  const found = segment.view.getUint16(start + CHECKSUM_OFFSET)
  return found === 0 || found === fold(pseudoHeader) ? 'offloaded' : 'bad'
}

/** The checksum of `[start, end)`, as it stands in a header whose checksum field was zero. */
export function internetChecksum(view: DataView, start: number, end: number): number {
  return ~fold(sum16(view, start, end)) & 0xffff
}

function pseudoHeaderSum(segment: ChecksummedSegment, length: number): number {
  let sum = sumWord(segment.source0) + sumWord(segment.destination0) + sumWord(length) + TCP
  if (segment.family === 6) {
    sum += sumWord(segment.source1) + sumWord(segment.source2) + sumWord(segment.source3)
    sum += sumWord(segment.destination1) + sumWord(segment.destination2) + sumWord(segment.destination3)
  }
  return sum
}

function sumWord(word: number): number {
  return (word >>> 16) + (word & 0xffff)
}

/** The sum of 16-bit words, read two at a time; an odd last byte is the high half of a word. */
function sum16(view: DataView, start: number, end: number): number {
  let sum = 0
  let at = start
  for (; at + 4 <= end; at += 4) sum += sumWord(view.getInt32(at))
  if (at + 2 <= end) {
    sum += view.getUint16(at)
    at += 2
  }
  return at < end ? sum + view.getUint8(at) * 256 : sum
}

/** Adds the carries back in (RFC 1071 §1). Sums of less than 2^32: no datagram has more than 2^16 words. */
function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}
