/**
 * Packets that several captures of a run show, because their taps see the same traffic: the first sight of a packet
 * is the packet, the others are copies.
 *
 * A capture may show a packet twice by itself (it was sent twice with the same numbers), so sights are counted: the
 * n-th of one capture is a copy when another one has had n already. Wrong where something between the taps changes
 * sequence numbers, or where one of them sees segments before the network card has cut them up.
 */
import type { Packet } from '../capture/packet.ts'
import type { Segment } from '../decode/segment.ts'
import { parseTcpOptions, TcpOptions } from '../decode/tcp-options.ts'
import { fold, mix } from './tuple.ts'

/** The clocks of two taps, and the way between them, may differ by this. */
export const COPIES_WITHIN_NS = 2e9

/** Hashes of packets, of 53 bits → how often each was seen. */
type Sights = Map<number, number>

export class TapCopies {
  /** Packets forgotten before their time because there were too many. */
  forgotten = 0
  private readonly options: TcpOptions = new TcpOptions()
  private readonly seed: number
  /** Packets of a generation; there are two. A full one ends early. */
  private readonly maxPackets: number
  private sinceNs = Number.NEGATIVE_INFINITY
  private young: Sights = new Map()
  private old: Sights = new Map()
  private low = 0
  private high = 0

  /** `seed`: as `TrackerOptions.seed`. */
  constructor(seed: number, maxPackets: number) {
    this.seed = seed
    this.maxPackets = maxPackets
  }

  /** Takes a sight of a packet in. Returns whether another capture has shown it before. */
  isCopy(segment: Segment, packet: Packet): boolean {
    const { timeNs, fileIndex } = packet
    const isOver = Math.abs(timeNs - this.sinceNs) > COPIES_WITHIN_NS
    // Two sights a packet: in any capture, and in its own.
    if (isOver || this.young.size >= 2 * this.maxPackets) {
      if (!isOver) this.forgotten += this.old.size / 2
      this.old = this.young
      this.young = new Map()
      this.sinceNs = timeNs
    }
    this.hash(segment)
    const inAny = key(this.low, this.high)
    const inOwn = key(mix(this.low ^ fileIndex), this.high ^ (fileIndex + 1))
    const most = this.count(inAny)
    const own = this.count(inOwn) + 1
    this.young.set(inOwn, own)
    this.young.set(inAny, Math.max(own, most))
    return own <= most
  }

  private count(of: number): number {
    return this.young.get(of) ?? this.old.get(of) ?? 0
  }

  /** Of all that no router changes: a tag, a tunnel, a hop more make no other packet. */
  private hash(segment: Segment): void {
    const { seed, options } = this
    parseTcpOptions(segment, options)
    const { source0, source1, source2, source3, destination0, destination1, destination2, destination3 } = segment
    const { sourcePort, destinationPort, seq, ack, flags, window, payloadLength, ipId } = segment
    const source = fold(source0, source1, source2, source3, seed)
    const destination = fold(destination0, destination1, destination2, destination3, seed)
    const ends = fold(source, destination, (sourcePort << 16) | destinationPort, options.tsVal, seed)
    const rest = fold(seq, ack, (flags << 16) | window, (payloadLength << 16) ^ ipId, seed)
    this.low = mix(ends ^ rest)
    this.high = mix(Math.imul(ends, 0x9e3779b1) + rest)
  }
}

function key(low: number, high: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0)
}
