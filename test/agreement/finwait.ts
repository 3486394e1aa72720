/**
 * What finwait reads of a capture: the decoder, the tracker and the stream numbers as the analyzer uses them, told of
 * every segment.
 */
import { addressText } from '../../src/bytes/address.ts'
import { type Packet, type PacketSink, TimeBase } from '../../src/capture/packet.ts'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { FLAG_ACK, FLAG_RST, FLAG_SYN, Segment } from '../../src/decode/segment.ts'
import type { Connection } from '../../src/flow/connection.ts'
import type { AnomalyObserver } from '../../src/flow/rare.ts'
import { Streams } from '../../src/flow/streams.ts'
import { Tracker } from '../../src/flow/tracker.ts'
import { Tuple } from '../../src/flow/tuple.ts'
import { readCapture } from '../../src/source/read-capture.ts'
import { addSegment, emptyReading, endText, type Reading } from './reading.ts'

const OPTIONS = { timeWaitNs: 60e9, maxConnections: 1e7, seed: 0 }

export interface FinwaitReading extends Reading {
  connections: Connection[]
  /**
   * Frames that finwait does not judge by their numbers: what the tap delivered twice; a RST, and what its sender sends
   * after it; a SYN with another number than its sender's first, and the SYN-ACK of a simultaneous open: sent once.
   */
  unjudged: Set<number>
}

export async function readWithFinwait(capturePath: string): Promise<FinwaitReading> {
  const observer = new Observer()
  const { info } = await readCapture(capturePath, observer, new TimeBase(), { fileIndex: 0 })
  return observer.finish(info.packets)
}

class Observer implements PacketSink {
  private readonly reading: Reading = emptyReading()
  private readonly connections: Connection[] = []
  private readonly unjudged: Set<number> = new Set()
  /** By `stream direction`: number of the first SYN, whether it was a SYN-ACK, and whether a RST was sent. */
  private readonly sides: Map<string, Side> = new Map()
  private readonly decoder: Decoder = new Decoder()
  private readonly segment: Segment = new Segment()
  private readonly streams: Streams = new Streams()
  private readonly tuple: Tuple = new Tuple(OPTIONS.seed)
  private readonly tracker: Tracker

  constructor() {
    const onAnomaly: AnomalyObserver = (kind, frame) => {
      const { anomalies } = this.reading
      if (kind === 'duplicate') this.unjudged.add(frame)
      else anomalies[kind === 'syn-retransmission' ? 'retransmission' : kind].add(frame)
    }
    this.tracker = new Tracker({ ...OPTIONS, onAnomaly }, (connection) => this.connections.push(connection))
  }

  packet(packet: Packet): void {
    const outcome = this.decoder.decode(packet, this.segment)
    const isShort = outcome === Outcome.SHORT_TCP
    if (outcome === Outcome.TCP || outcome === Outcome.LONG_TCP || isShort) {
      this.enter(isShort)
      this.add(packet.frame)
      if (outcome === Outcome.TCP) this.tracker.segment(this.segment, packet)
      else this.tracker.brokenHeader(this.segment, packet, isShort)
    } else if (outcome === Outcome.ICMP_ERROR) {
      this.enter(false)
      const quoted = this.reading.streams[this.streams.stream]
      if (quoted) quoted.completeness = this.streams.completeness
      this.tracker.icmpError(this.segment, packet)
    }
  }

  private enter(isShort: boolean): void {
    this.tuple.read(this.segment)
    this.streams.enter(this.tuple, this.segment, -1, isShort)
  }

  private add(frame: number): void {
    const { family, flags, payloadLength, ...at } = this.segment
    const source = addressText(family, at.source0, at.source1, at.source2, at.source3)
    const destination = addressText(family, at.destination0, at.destination1, at.destination2, at.destination3)
    const ends = {
      source: endText(source, at.sourcePort),
      destination: endText(destination, at.destinationPort),
    }
    const { stream, completeness } = this.streams
    this.reading.tcpSegments++
    const { direction } = addSegment(this.reading, frame, { stream, ...ends, flags, payloadLength }, completeness)
    const key = `${stream} ${direction}`
    const side = this.sides.get(key) ?? { synSeq: null, hasAnswered: false, hasReset: false }
    this.sides.set(key, side)
    if (!isJudged(side, this.segment)) this.unjudged.add(frame)
  }

  finish(packets: number): FinwaitReading {
    this.tracker.finish()
    const { reading, connections, unjudged } = this
    return { ...reading, packets, connections, unjudged }
  }
}

interface Side {
  synSeq: number | null
  hasAnswered: boolean
  hasReset: boolean
}

/** Whether the numbers of a segment tell what it is; see `FinwaitReading.unjudged`. Notes it for the next. */
function isJudged(side: Side, { flags, seq }: Segment): boolean {
  if (flags & FLAG_RST) side.hasReset = true
  if ((flags & FLAG_SYN) === 0) return !side.hasReset
  const isFirstAnswer = (flags & FLAG_ACK) !== 0 && !side.hasAnswered
  side.synSeq ??= seq
  if (flags & FLAG_ACK) side.hasAnswered = true
  return !side.hasReset && side.synSeq === seq && !isFirstAnswer
}
