/**
 * The record of a live connection: 36 int32 words in a page of typed array (arena.ts). Named here once, for this folder
 * only. An object a connection costs 3 to 4 times the memory and all the garbage collections.
 */

export const RECORD_WORDS = 36

/** Key: addresses (IPv6: folded to 32 bits, in full beside the page), ports A << 16 | B, path << 1 | isIpv6. */
export const ADDRESS_A = 0
export const ADDRESS_B = 1
export const PORTS = 2
export const KEY = 3
/** Index of the full IPv6 address pair. */
export const IPV6 = 4
/** Bits below. */
export const STATE = 5
/** Entries of `SegmentLog`: first and last; 0 is none. */
export const LOG_HEAD = 6
export const LOG_TAIL = 7
/** Number of this connection, and Wireshark's stream. */
export const NUMBER = 8
export const STREAM = 9
/** Entry of `Asides`; 0 while there is none. */
export const RARE = 10
/** Segments logged since the last SYN, FIN or RST: of A, of B (8 bits each), and all entries of the log (16 bits). */
export const PHASE = 11
export const PHASE_ENTRIES_SHIFT = 16
export const LAST_FRAME = 12
/** Captures: of the first segment (16 bits), and of the last one << 16. */
export const FILES = 13
/** What the connection looks like so far: shape.ts. */
export const SHAPE = 14
/** Index + 1 of the stream's entry in streams.ts, where it was when last looked up; 0 when nobody has. */
export const STREAM_ENTRY = 15
/** Where each side's words start. */
export const SIDE_A = 16
export const SIDE_WORDS = 10

/** Words of a side: highest sequence number sent + 1, highest acknowledgment, right edge of its window, segments; as doubles, at even words: payload bytes, when `NEXT` moved last, when it was last heard of. */
export const NEXT = 0
export const ACK = 1
export const EDGE = 2
export const SEGMENTS = 3
/** In the highest bits of `SEGMENTS`: whether the side has sent a segment with data, and a bare ACK. */
export const SENT_ACK = 1 << 30
export const SENT_DATA = 1 << 31
export const SEGMENTS_MASK = 0x3fffffff
export const BYTES = 4
export const NEXT_TIME = 6
export const LAST_TIME = 8

/** Nothing is pending: segments in order only count (the fast path). */
export const SETTLED = 1 << 0
/** `SEEN << direction`, and so on: bits in pairs, A then B. */
export const SEEN = 1 << 1
/** The side's SYN or FIN has not been acknowledged yet. */
export const UNACKED = 1 << 3
export const FIN = 1 << 5
/** The side has acknowledged something: its ACK word counts. */
export const HAS_ACK = 1 << 7
/** A segment of the side had a correct checksum, so a wrong one is no offloading. */
export const GOOD_SUM = 1 << 9
export const RST = 1 << 11
/** Seen on several paths: packets of any path belong to it. */
export const ANY_PATH = 1 << 12
/** The tap delivers packets twice: every segment must be compared with the one before. */
export const TAP_COPIES = 1 << 13
/** A SYN that may be a new connection's is waiting for its answer. */
export const CONTESTED = 1 << 14
export const FULL_DUPLEX = 1 << 15
/** Bits 16-21: Wireshark's tcp.completeness. */
export const COMPLETENESS_SHIFT = 16
export const COMPLETENESS_MASK = 0x3f
/** Bits 22-25 and 26-29: window scale of A and B. */
export const SCALE_SHIFT = 22
export const CUT = 1 << 30
export const OFFLOAD = 1 << 31
