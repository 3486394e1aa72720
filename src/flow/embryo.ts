/**
 * An embryonic connection: one SYN, and nothing else so far. In a SYN flood or a scan that is all there ever is, so it
 * takes 16 int32 words, a cache line, where a record and its log take 336 bytes. When something follows, the SYN is
 * entered into a record as if it had come just now.
 */
import type { ChecksumState } from '../bytes/checksum.ts'
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { COMPLETENESS_SYN } from './completeness.ts'
import { frameId } from './frames.ts'
import { KEY, NUMBER, STREAM } from './record.ts'
import type { Sighting } from './sighting.ts'

export const EMBRYO_WORDS = 16

/** Beside the key, `NUMBER` and `STREAM`, which stand where record.ts has them. */
const SEQ = 5
const TS_VALUE = 6
/** window << 16 | IP identification. */
const WINDOW_ID = 7
const FRAME = 10
/** ttl << 24 | window scale (255 none) << 16 | mss. */
const EXTRA = 11
/** Flags of the header in the lowest 9, bits below, and the file index in the top 16. */
const BITS = 12
/** As a double. */
const TIME = 14

const FLAGS = 0x1ff
const HAS_TIMESTAMPS = 1 << 9
const SACK_PERMITTED = 1 << 10
const IS_AUTHENTICATED = 1 << 11
const IS_CUT = 1 << 12
const CHECKSUM_SHIFT = 13
const CHECKSUM_MASK = 3
const FILE_SHIFT = 16

const CHECKSUMS: readonly ChecksumState[] = ['unknown', 'good', 'offloaded', 'bad']

/** Whether the words hold all that there is to say of a segment: a plain SYN. */
export function isEmbryonic({ segment, options }: Sighting): boolean {
  const { flags, payloadLength, ack, isIcmpQuote } = segment
  if ((flags & (FLAG_SYN | FLAG_ACK | FLAG_FIN | FLAG_RST)) !== FLAG_SYN || isIcmpQuote) return false
  const hasMore = payloadLength > 0 || ack !== 0 || options.tsEcr !== 0 || options.sackBlocks > 0
  return !hasMore && options.fastOpenCookieLength < 0
}

/** Writes a SYN whose checksum was verified; the key is there already. */
export function writeEmbryo(
  page: Int32Array,
  doubles: Float64Array,
  base: number,
  seen: Sighting,
  number: number,
): void {
  const { segment, options } = seen
  let bits = segment.flags | (seen.fileIndex << FILE_SHIFT) | (CHECKSUMS.indexOf(seen.checksum!) << CHECKSUM_SHIFT)
  if (options.hasTimestamps) bits |= HAS_TIMESTAMPS
  if (options.sackPermitted) bits |= SACK_PERMITTED
  if (options.isAuthenticated) bits |= IS_AUTHENTICATED
  if (segment.isCut) bits |= IS_CUT
  page[base + NUMBER] = number
  page[base + STREAM] = seen.stream
  page[base + FRAME] = seen.frame
  page[base + SEQ] = segment.seq
  page[base + TS_VALUE] = options.tsVal
  page[base + WINDOW_ID] = (segment.window << 16) | (segment.ipId & 0xffff)
  page[base + EXTRA] = (segment.ttl << 24) | ((options.windowScale & 0xff) << 16) | options.mss
  page[base + BITS] = bits
  doubles[(base + TIME) >> 1] = seen.timeNs
}

/** The SYN again, but for its addresses and bytes; it is the first of its stream. */
export function readEmbryo(page: Int32Array, doubles: Float64Array, base: number, seen: Sighting): void {
  const { segment, options } = seen
  const bits = page[base + BITS]!
  const isIpv6 = (page[base + KEY]! & 1) === 1
  const extra = page[base + EXTRA]!
  segment.family = isIpv6 ? 6 : 4
  segment.path = page[base + KEY]! >>> 1
  segment.flags = bits & FLAGS
  segment.seq = page[base + SEQ]!
  segment.window = page[base + WINDOW_ID]! >>> 16
  segment.ipId = isIpv6 ? -1 : page[base + WINDOW_ID]! & 0xffff
  segment.ttl = extra >>> 24
  segment.isCut = (bits & IS_CUT) !== 0
  options.hasTimestamps = (bits & HAS_TIMESTAMPS) !== 0
  options.sackPermitted = (bits & SACK_PERMITTED) !== 0
  options.isAuthenticated = (bits & IS_AUTHENTICATED) !== 0
  options.tsVal = page[base + TS_VALUE]!
  options.windowScale = ((extra >>> 16) & 0xff) === 0xff ? -1 : (extra >>> 16) & 0xff
  options.mss = extra & 0xffff
  seen.timeNs = doubles[(base + TIME) >> 1]!
  seen.fileIndex = bits >>> FILE_SHIFT
  seen.frame = frameId(page[base + FRAME]! >>> 0, seen.fileIndex)
  seen.checksum = CHECKSUMS[(bits >>> CHECKSUM_SHIFT) & CHECKSUM_MASK]!
  seen.stream = page[base + STREAM]!
  seen.completeness = COMPLETENESS_SYN
}

/** When the SYN was seen. */
export function timeOfEmbryo(doubles: Float64Array, base: number): number {
  return doubles[(base + TIME) >> 1]!
}
