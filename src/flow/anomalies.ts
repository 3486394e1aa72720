/**
 * Retransmissions, out-of-order segments, keep-alives, zero windows, pauses: counted off the fast path, in the terms
 * of Wireshark's TCP analysis.
 */
import { FLAG_ACK, FLAG_FIN, FLAG_RST, FLAG_SYN } from '../decode/segment.ts'
import { distance } from '../tcp/seq.ts'
import type { RareEvents } from './rare.ts'
import { ACK, NEXT } from './record.ts'
import type { Sighting } from './sighting.ts'

/** Data that fill a hole within this time were reordered, not sent again (Wireshark's default when no RTT is known). */
const REORDER_NS = 3e6
const IDLE_NS = 400e6

export class Anomalies {
  /** Whether anything of this segment is to be counted: spares most connections the object. */
  isAnomalous(page: Int32Array, own: number, peer: number, seen: Sighting, wasSeen: boolean, idleNs: number): boolean {
    const { flags, seq, window, ack } = seen.segment
    if (flags & FLAG_RST) return false
    if (idleNs > IDLE_NS) return true
    if (window === 0 && (flags & FLAG_SYN) === 0) return true
    if ((flags & FLAG_ACK) !== 0 && page[peer + NEXT] !== 0 && distance(ack, page[peer + NEXT]!) > 0) return true
    return wasSeen && seq !== page[own + NEXT] && page[own + ACK] !== undefined
  }

  /** Counts what is to be counted; called before the side's words move on. `side` is 0 for end A. */
  count(
    rare: RareEvents,
    page: Int32Array,
    own: number,
    peer: number,
    side: number,
    seen: Sighting,
    wasSeen: boolean,
    idleNs: number,
  ): void {
    const { flags, window, ack, payloadLength } = seen.segment
    const at = side === 0 ? 0 : 1
    if (idleNs > IDLE_NS) rare.idle.add(idleNs)
    if (window === 0 && (flags & FLAG_SYN) === 0) {
      rare.zeroWindows[at]++
      rare.example('zero-window', at, seen.frame)
    }
    const unseen = (flags & FLAG_ACK) !== 0 && page[peer + NEXT] !== 0 ? distance(ack, page[peer + NEXT]!) : 0
    if (unseen > 0 && unseen < 1 << 28) rare.missingBytes[at === 0 ? 1 : 0] += unseen
    if (!wasSeen || seen.segment.seq === page[own + NEXT]) return
    const length = payloadLength + (flags & (FLAG_SYN | FLAG_FIN) ? 1 : 0)
    this.countSequence(rare, page[own + NEXT]!, at, seen, length)
  }

  private countSequence(rare: RareEvents, next: number, side: 0 | 1, seen: Sighting, length: number): void {
    const { seq, flags } = seen.segment
    const isControl = (flags & (FLAG_SYN | FLAG_FIN)) !== 0
    const ahead = distance(seq, next)
    if (ahead > 0) {
      rare.openHole(side, next, seq, seen.timeNs)
      return
    }
    if (ahead === -1 && length <= 1 && !isControl) {
      rare.keepAlives[side]++
      rare.example('keep-alive', side, seen.frame)
      return
    }
    if (length === 0 || (flags & FLAG_SYN) !== 0) return
    if (rare.fillsHole(side, seq, seen.timeNs, REORDER_NS)) {
      rare.outOfOrder[side]++
      rare.example('out-of-order', side, seen.frame)
    } else {
      rare.retransmissions[side]++
      rare.example('retransmission', side, seen.frame)
    }
  }
}
