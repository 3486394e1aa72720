/**
 * One connection that a generated capture is made of: what its two ends say, a segment at a time.
 */
import { ACK, type CaptureWriter, type End, FIN, PSH, RST, SYN } from './capture-writer.ts'
import type { Dice } from './dice.ts'

const MSS = 1448

/** What is said after the handshake. */
interface Talk {
  /** Bytes of request and response, in turn, as often as there are pairs. */
  exchanges: readonly (readonly [request: number, response: number])[]
  /** How it ends: by FINs in three or four segments, by a reset, or not at all. */
  ending: 'three' | 'four' | 'reset' | 'open'
  /** Who ends it; the client unless told. */
  closer?: EndIndex
  /** Whether the last segment before the end is sent twice. */
  isLossy: boolean
}

/** The client is end 0. */
type EndIndex = 0 | 1

/** A segment; the same object once more is the same segment sent again. */
interface Said {
  end: EndIndex
  flags: number
  length: number
}

/** All segments of a connection, in their order. */
export type Script = readonly Said[]

export class Conversation {
  private readonly ends: readonly [End, End]
  private readonly next: [number, number]
  private readonly ipIds: [number, number]
  private readonly script: Script
  private spoken = 0

  constructor(ends: readonly [End, End], script: Script, dice: Dice) {
    this.ends = ends
    this.next = [dice.below(0x1_0000_0000) | 0, dice.below(0x1_0000_0000) | 0]
    this.ipIds = [dice.below(0x10000), dice.below(0x10000)]
    this.script = script
  }

  /** Writes the next segment, `microseconds` after the one before in the capture. False when there is none. */
  speak(writer: CaptureWriter, microseconds: number, dice: Dice): boolean {
    const said = this.script[this.spoken]
    if (!said) return false
    const { end, flags, length } = said
    const peer: EndIndex = end === 0 ? 1 : 0
    const isAgain = said === this.script[this.spoken - 1]
    const taken = length + (flags & (SYN | FIN) ? 1 : 0)
    this.ipIds[end] = (this.ipIds[end] + 1) & 0xffff
    const seq = isAgain ? (this.next[end] - taken) | 0 : this.next[end]
    writer.segment(
      {
        source: this.ends[end],
        destination: this.ends[peer],
        flags,
        seq,
        ack: this.next[peer],
        payloadLength: length,
        tsVal: writer.packets,
        tsEcr: flags === SYN ? 0 : writer.packets - 1,
        ipId: this.ipIds[end],
      },
      microseconds,
      dice,
    )
    if (!isAgain) this.next[end] = (seq + taken) | 0
    this.spoken++
    return true
  }
}

export function scriptOf({ exchanges, ending, closer = 0, isLossy }: Talk): Script {
  const script: Said[] = [
    { end: 0, flags: SYN, length: 0 },
    { end: 1, flags: SYN | ACK, length: 0 },
    { end: 0, flags: ACK, length: 0 },
  ]
  for (const [request, response] of exchanges) script.push(...sent(0, request, isLossy), ...sent(1, response, false))
  const other: EndIndex = closer === 0 ? 1 : 0
  if (ending === 'reset') script.push({ end: closer, flags: RST | ACK, length: 0 })
  if (ending === 'three' || ending === 'four') {
    script.push({ end: closer, flags: FIN | ACK, length: 0 })
    if (ending === 'four') script.push({ end: other, flags: ACK, length: 0 })
    script.push({ end: other, flags: FIN | ACK, length: 0 })
    script.push({ end: closer, flags: ACK, length: 0 })
  }
  return script
}

/** In segments of the MSS, of which the other end acknowledges every second one, and the last. */
function sent(end: EndIndex, bytes: number, isLossy: boolean): Said[] {
  const peer: EndIndex = end === 0 ? 1 : 0
  const script: Said[] = []
  for (let left = bytes, count = 1; left > 0; left -= MSS, count++) {
    const isLast = left <= MSS
    const segment = { end, flags: isLast ? PSH | ACK : ACK, length: Math.min(left, MSS) }
    script.push(segment)
    if (isLossy && isLast) script.push(segment)
    if (isLast || count % 2 === 0) script.push({ end: peer, flags: ACK, length: 0 })
  }
  return script
}
