/**
 * How the report cites frames: by the number that their own capture gives them; where the run has several captures,
 * also by the index of that capture.
 */
import type { TimeBase } from '../capture/packet.ts'
import { fileOf, frameNumber } from '../flow/frames.ts'
import type { CitedFrames, MomentReport } from '../report/model.ts'
import type { Moment } from '../tcp/timeline.ts'
import { timestamp } from './timestamps.ts'

/** What the words of a report depend on besides what they are about. */
export interface Run {
  timeBase: TimeBase
  hasSeveralCaptures: boolean
}

/** `frames` are those of `Moment.frame`. */
export function cited(frames: readonly number[], { hasSeveralCaptures }: Run): CitedFrames {
  const numbers = frames.map(frameNumber)
  return hasSeveralCaptures ? { frames: numbers, files: frames.map(fileOf) } : { frames: numbers }
}

export function citedMoment({ frame, timeNs }: Moment, { timeBase, hasSeveralCaptures }: Run): MomentReport {
  const file = hasSeveralCaptures ? { file: fileOf(frame) } : {}
  return { frame: frameNumber(frame), ...file, time: timestamp(timeBase, timeNs) }
}
