/**
 * The TCP segments of a capture as plain records, read by the decoder alone: no inference has a part in it.
 */
import { readFileSync } from 'node:fs'
import { addressText } from '../../src/bytes/address.ts'
import { type Packet, TimeBase } from '../../src/capture/packet.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { Decoder } from '../../src/decode/decoder.ts'
import { Outcome } from '../../src/decode/outcome.ts'
import { FLAG_FIN, FLAG_RST, FLAG_SYN, Segment } from '../../src/decode/segment.ts'
import type { Endpoint } from './recording.ts'

export interface CapturedSegment {
  frame: number
  timeUs: number
  source: Endpoint
  destination: Endpoint
  syn: boolean
  fin: boolean
  rst: boolean
}

export function segmentsOf(capturePath: string): CapturedSegment[] {
  const [decoder, segment, timeBase] = [new Decoder(), new Segment(), new TimeBase()]
  const segments: CapturedSegment[] = []
  const packet = (packet: Packet): void => {
    if (decoder.decode(packet, segment) !== Outcome.TCP) return
    const timeUs = timeBase.seconds! * 1e6 + packet.timeNs / 1000
    segments.push({ frame: packet.frame, timeUs, ...endpointsOf(segment), ...flagsOf(segment) })
  }
  readCaptureBytes(new Uint8Array(readFileSync(capturePath)), { packet }, timeBase)
  return segments
}

function endpointsOf(segment: Segment): Pick<CapturedSegment, 'source' | 'destination'> {
  const { family, source0, source1, source2, source3, sourcePort } = segment
  const { destination0, destination1, destination2, destination3, destinationPort } = segment
  return {
    source: { address: addressText(family, source0, source1, source2, source3), port: sourcePort },
    destination: {
      address: addressText(family, destination0, destination1, destination2, destination3),
      port: destinationPort,
    },
  }
}

function flagsOf({ flags }: Segment): Pick<CapturedSegment, 'syn' | 'fin' | 'rst'> {
  return { syn: (flags & FLAG_SYN) !== 0, fin: (flags & FLAG_FIN) !== 0, rst: (flags & FLAG_RST) !== 0 }
}
