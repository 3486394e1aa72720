/**
 * What finwait reads of a capture: the decoder, the tracker and the stream numbers as the analyzer uses them, told of
 * every segment.
 */
import { addressText } from '../../src/bytes/address.ts'
import { type Packet, type PacketSink, TimeBase } from '../../src/capture/packet.ts'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { Segment } from '../../src/decode/segment.ts'
import type { Connection } from '../../src/flow/connection.ts'
import { Streams } from '../../src/flow/streams.ts'
import { Tracker } from '../../src/flow/tracker.ts'
import { readCapture } from '../../src/source/read-capture.ts'
import { addSegment, emptyReading, endText, type Reading } from './reading.ts'

const OPTIONS = { timeWaitNs: 60e9, maxConnections: 1e7, seed: 0 }

export interface FinwaitReading extends Reading {
  connections: Connection[]
}

export async function readWithFinwait(capturePath: string): Promise<FinwaitReading> {
  const observer = new Observer()
  const { info } = await readCapture(capturePath, observer, new TimeBase(), { fileIndex: 0 })
  return observer.finish(info.packets)
}

class Observer implements PacketSink {
  private readonly reading: Reading = emptyReading()
  private readonly connections: Connection[] = []
  private readonly decoder: Decoder = new Decoder()
  private readonly segment: Segment = new Segment()
  private readonly streams: Streams = new Streams(OPTIONS.seed)
  private readonly tracker: Tracker

  constructor() {
    const onAnomaly = (kind: keyof Reading['anomalies'], frame: number): void => {
      this.reading.anomalies[kind].add(frame)
    }
    this.tracker = new Tracker({ ...OPTIONS, onAnomaly }, (connection) => this.connections.push(connection))
  }

  packet(packet: Packet): void {
    const outcome = this.decoder.decode(packet, this.segment)
    if (outcome === Outcome.TCP) {
      this.streams.enter(this.segment, -1)
      this.add(packet.frame)
      this.tracker.segment(this.segment, packet)
    } else if (outcome === Outcome.ICMP_ERROR) {
      this.streams.enter(this.segment, -1)
      const quoted = this.reading.streams[this.streams.stream]
      if (quoted) quoted.completeness = this.streams.completeness
      this.tracker.icmpError(this.segment, packet)
    }
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
    addSegment(this.reading, frame, { stream, ...ends, flags, payloadLength }, completeness)
  }

  finish(packets: number): FinwaitReading {
    this.tracker.finish()
    const { reading, connections } = this
    return { ...reading, packets, connections }
  }
}
