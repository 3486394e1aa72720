/**
 * What a finding is. Codes, severities and references are in `catalogue.ts`, the sentences in `messages.ts`.
 */
import type { Connection } from '../flow/connection.ts'
import type { Closing } from '../tcp/closing.ts'
import type { Timeline } from '../tcp/infer.ts'
import type { Opening } from '../tcp/opening.ts'
import type { Moment, SideName } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'

/** Wireshark's Expert Info severities, mildest first. */
export const SEVERITIES = ['chat', 'note', 'warn', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Finding {
  code: FindingCode
  side: SideName | null
  /** As in `Moment`. */
  frames: number[]
  /**
   * Values for the sentence in `messages/`. Times are seconds; a frame or a flag that there is not is 0; the name of a
   * frame ends with `Frame`.
   */
  values: Values
}

export type Values = Record<string, string | number>

/** Everything that is known of one connection when it is judged. */
export interface Story {
  connection: Connection
  timeline: Timeline
  opening: Opening
  closing: Closing
  /** The capture's clock at its end, in nanoseconds. */
  endNs: number
  /** Whether the capture simply ended, so that nothing is known of what came after. */
  isCaptureEnd: boolean
  /** Frames named of many that are alike. */
  maxExamples: number
}

export function framesOf(segments: readonly Moment[]): number[] {
  return segments.map((segment) => segment.frame)
}

/** Never negative, though the clock of a capture may be set back. */
export function secondsBetween(from: Moment, to: Moment): number {
  return Math.max(0, to.timeNs - from.timeNs) / 1e9
}
