/**
 * The captures of a run: what is counted of each while its packets come, and its entry of the report.
 */
import type { CaptureInfo } from '../capture/info.ts'
import type { TimeBase } from '../capture/packet.ts'
import { linkTypeName } from '../decode/link-types.ts'
import { Outcome } from '../decode/outcome.ts'
import { MAX_CAPTURES } from '../flow/frames.ts'
import type { CaptureReport, LiveReport } from '../report/model.ts'
import { timestamp } from './timestamps.ts'

/** How a capture came: packed, or from an interface. */
export interface Origin {
  compression: CaptureReport['compression']
  live: LiveReport | null
}

/** What is counted of the packets of one capture. */
export class CaptureCounts {
  tcpSegments = 0
  readonly undecoded: CaptureReport['undecoded'] = { truncated: 0, malformed: 0, unsupported: 0, fragment: 0 }

  /** A packet that is no TCP segment. */
  other(outcome: Outcome): void {
    const { undecoded } = this
    if (outcome === Outcome.TRUNCATED) undecoded.truncated++
    else if (outcome === Outcome.UNSUPPORTED) undecoded.unsupported++
    else if (outcome === Outcome.FRAGMENT) undecoded.fragment++
    else if (outcome === Outcome.MALFORMED || outcome === Outcome.LONG_TCP || outcome === Outcome.SHORT_TCP)
      undecoded.malformed++
  }
}

interface Capture {
  file: string
  counts: CaptureCounts
  report: CaptureReport | null
}

export class Captures {
  /** By index of the capture. */
  readonly files: string[] = []
  private readonly captures: Capture[] = []

  /** The index of a further one. @throws RangeError for the 32,769th */
  begin(file: string): number {
    if (this.captures.length === MAX_CAPTURES) throw new RangeError(`more than ${MAX_CAPTURES} captures in one run`)
    this.files.push(file)
    return this.captures.push({ file, counts: new CaptureCounts(), report: null }) - 1
  }

  /** Index of the one begun last. */
  get last(): number {
    return this.captures.length - 1
  }

  /** What is counted of the capture with that index; of none that was begun, it is not reported. */
  countsOf(index: number): CaptureCounts {
    return this.captures[index]?.counts ?? new CaptureCounts()
  }

  end(index: number, info: CaptureInfo, { compression, live }: Origin, timeBase: TimeBase): void {
    const capture = this.captures[index]!
    const { tcpSegments, undecoded } = capture.counts
    const time = (timeNs: number | null): string | null => (timeNs === null ? null : timestamp(timeBase, timeNs))
    capture.report = {
      file: capture.file,
      format: info.format,
      compression,
      linkTypes: [...new Set(info.interfaces.map(({ linkType }) => linkTypeName(linkType)))],
      packets: info.packets,
      bytes: info.bytes,
      tcpSegments,
      undecoded,
      start: time(info.firstTimeNs),
      end: time(info.lastTimeNs),
      dropped: info.dropped,
      ...(live ? { live } : {}),
      warnings: info.warnings,
    }
  }

  /** Of those that have ended. */
  reports(): CaptureReport[] {
    return this.captures.flatMap(({ report }) => report ?? [])
  }
}
