/**
 * Where the decoder stands in a packet: every header function moves it over its own header. All reading of packet
 * bytes happens between `at` and `end`; nothing here throws, and nothing allocates but the reassembly of fragments.
 */

import type { Packet } from '../capture/packet.ts'
import type { DecodeLimits } from './limits.ts'
import { Outcome } from './outcome.ts'
import { type PathKind, PathTable } from './path.ts'
import { Reassembly } from './reassembly.ts'

/** No length field has been seen yet. */
const UNLIMITED = 0x7fffffff
/** Longest packet believed in: some captures carry nonsense as the original length. */
const MAX_ORIGINAL_LENGTH = 0x3fffffff

/** Why a packet stopped before TCP, for the report's counts. The texts are constants. */
export class Stop {
  /** The header that could not be read: `ethernet`, `ipv4`, `tcp`, … */
  layer = ''
  reason = ''
  /** Where it starts, from the first byte of the packet (or of the reassembled datagram). */
  offset = 0
  /** Bytes that it needs and bytes that there are; both 0 when length was not the matter. */
  need = 0
  have = 0
}

export class Cursor {
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the next header starts; may lie after `end`. */
  at = 0
  /** Reading stops here: the end of what was captured, or an earlier `limit`. */
  end = 0
  /**
   * Where the data ends by the innermost length field (IP, PPPoE, 802.3 …), captured or not. Ethernet padding lies
   * after it.
   */
  limit = 0
  /** `PathTable` id of the tags and tunnels so far. */
  path = 0
  /** The packet's first byte, and its end on the wire. */
  start = 0
  wireEnd = 0
  timeNs = 0
  /** Inside an ICMP error: everything from here on is a quotation, and usually a short one. */
  isQuote = false
  icmpType = 0
  icmpCode = 0
  /** A radio header said that the 802.11 header is padded to four bytes. */
  isWlanPadded = false

  readonly paths: PathTable
  readonly reassembly: Reassembly
  readonly stop = new Stop()

  constructor(limits: DecodeLimits) {
    this.paths = new PathTable(limits.maxPaths)
    this.reassembly = new Reassembly(limits)
  }

  begin(packet: Packet): void {
    const { offset, capturedLength, originalLength } = packet
    this.view = packet.view
    this.at = offset
    this.start = offset
    this.end = offset + capturedLength
    this.wireEnd = offset + Math.max(Math.min(originalLength, MAX_ORIGINAL_LENGTH), capturedLength)
    this.limit = UNLIMITED
    this.path = 0
    this.timeNs = packet.timeNs
    this.isQuote = false
    this.isWlanPadded = false
  }

  /** Goes on in a reassembled datagram instead of the packet. */
  beginDatagram(datagram: DataView): void {
    this.view = datagram
    this.at = 0
    this.start = 0
    this.end = datagram.byteLength
    this.wireEnd = datagram.byteLength
    this.limit = datagram.byteLength
  }

  /** Adds a tag or tunnel to the path. */
  enter(kind: PathKind, value: number): void {
    this.path = this.paths.extend(this.path, kind, value)
  }

  /** Moves over a header whose length comes from the packet and may be anything. */
  skip(length: number): void {
    this.at = Math.min(this.at + length, this.end)
  }

  /** Accepts a length field that says the data ends at `limit`; an outer one that ends earlier wins. */
  narrow(limit: number): void {
    if (limit >= this.limit) return
    this.limit = limit
    if (limit < this.end) this.end = limit
  }

  /** Where the data ends when the IP header does not say: the outer length field, else the packet's own length. */
  outerLimit(): number {
    return this.limit === UNLIMITED ? this.wireEnd : this.limit
  }

  /**
   * The header at `at` needs more bytes than there are. Truncated by the capture, unless a length field of an outer
   * header already says that there is no room for it: then no longer capture would help.
   */
  short(layer: string, need: number): Outcome {
    const isMalformed = this.at + need > this.limit
    this.#stopAt(layer, isMalformed ? 'the enclosing length leaves no room for it' : 'cut by the capture')
    this.stop.need = need
    this.stop.have = Math.max(0, this.end - this.at)
    return isMalformed ? Outcome.MALFORMED : Outcome.TRUNCATED
  }

  malformed(layer: string, reason: string): Outcome {
    this.#stopAt(layer, reason)
    return Outcome.MALFORMED
  }

  unsupported(layer: string, reason: string): Outcome {
    this.#stopAt(layer, reason)
    return Outcome.UNSUPPORTED
  }

  #stopAt(layer: string, reason: string): void {
    const stop = this.stop
    stop.layer = layer
    stop.reason = reason
    stop.offset = this.at - this.start
    stop.need = 0
    stop.have = 0
  }
}
