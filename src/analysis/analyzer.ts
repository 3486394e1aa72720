/**
 * A whole run: packets in, report out. Joins decode/, flow/, findings/ and report/; does no I/O and knows no clock.
 */
import type { CaptureInfo } from '../capture/info.ts'
import { type Packet, type PacketSink, TimeBase } from '../capture/packet.ts'
import type { CaptureReport, ConnectionReport, Report } from '../report/model.ts'

export interface AnalyzerOptions {
  /** Maximum segment lifetime in seconds; TIME-WAIT lasts twice as long. Default 30 (Linux: 60 s of TIME-WAIT). */
  mslSeconds?: number
  /** Connections kept at once; the oldest is reported and forgotten beyond it. */
  maxConnections?: number
}

export class Analyzer implements PacketSink {
  readonly timeBase: TimeBase = new TimeBase()

  /** `onConnection` is called once for each connection, as soon as it is final; those still open at `finish`. */
  constructor(_options: AnalyzerOptions, _onConnection: (connection: ConnectionReport) => void) {}

  /** Announces the capture that the next packets come from; returns its index for `Packet.fileIndex`. */
  beginCapture(_file: string): number {
    return 0
  }

  packet(_packet: Packet): void {}

  /** Ends the capture begun last. */
  endCapture(_info: CaptureInfo, _compression: CaptureReport['compression']): void {}

  /** Ends the run: hands over what is still open, and returns everything but the connections. */
  finish(): Omit<Report, 'connections'> {
    throw new Error('not built yet')
  }
}
