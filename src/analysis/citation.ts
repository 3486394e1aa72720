/**
 * How the report cites frames: by the number that their own capture gives them; where the run has several captures,
 * also by the index of that capture.
 */
import type { TimeBase } from '../capture/packet.ts'
import type { Values } from '../findings/finding.ts'
import { fileOf, frameNumber } from '../flow/frames.ts'
import type { CitedFrames, MomentReport } from '../report/model.ts'
import type { Moment } from '../tcp/timeline.ts'
import type { Names } from './names.ts'
import { timestamp } from './timestamps.ts'

/** What the words of a report depend on besides what they are about. */
export interface Run {
  timeBase: TimeBase
  /** The captures by name. */
  files: readonly string[]
  /** Null unless names are asked for. */
  names: Names | null
}

/** `frames` are those of `Moment.frame`. */
export function cited(frames: readonly number[], run: Run): CitedFrames {
  const numbers = frames.map(frameNumber)
  return hasSeveral(run) ? { frames: numbers, files: frames.map(fileOf) } : { frames: numbers }
}

export function citedMoment({ frame, timeNs }: Moment, run: Run): MomentReport {
  const time = timestamp(run.timeBase, timeNs)
  return hasSeveral(run)
    ? { frame: frameNumber(frame), file: fileOf(frame), time }
    : { frame: frameNumber(frame), time }
}

export function hasSeveral({ files }: Run): boolean {
  return files.length > 1
}

/** The values of a finding's sentence, frames (`…Frame`) as it names them: those of another capture than `file` with it. */
export function citedValues(values: Values, file: number, { files }: Run): Values {
  if (files.length < 2) return values
  const citedOnes = Object.entries(values).map(([name, value]) => {
    if (!name.endsWith('Frame') || typeof value !== 'number') return [name, value] as const
    const number = frameNumber(value)
    return [name, number === 0 || fileOf(value) === file ? number : `${number} of ${files[fileOf(value)]}`] as const
  })
  return Object.fromEntries(citedOnes)
}
