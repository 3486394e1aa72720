/**
 * `quality`: what the capture does not show, though it was there.
 */
import { CUT_SHORT } from '../../capture/info.ts'
import type { CaptureReport, ConnectionReport } from '../../report/model.ts'
import { counted } from '../../report/text.ts'
import type { CaptureRule } from '../language.ts'
import { type Aspect, seen } from './aspect.ts'

export const completeAspect: Aspect = {
  rule: 'quality',
  expected: 'complete',
  judge(connection) {
    const lacks = lacksOf(connection)
    return lacks.length === 0 ? [] : [seen(lacks.join(', '), connection, [])]
  },
}

function lacksOf({ quality }: ConnectionReport): string[] {
  const lacks: string[] = []
  if (quality.oneSided) lacks.push('only one direction was captured')
  if (quality.missing.length > 0) lacks.push(`not captured: ${quality.missing.join(', ')}`)
  return lacks
}

/** What a capture has not, though `quality` expects it; its connections are `completeAspect`'s matter. */
export function captureLacks(capture: CaptureReport, quality: NonNullable<CaptureRule['quality']>): string[] {
  if (quality === 'any') return []
  const lacks = capture.warnings.filter(({ code }) => code === CUT_SHORT).map(({ message }) => message)
  if (quality === 'whole') return lacks
  const { truncated, malformed } = capture.undecoded
  if (capture.dropped !== null && capture.dropped > 0) lacks.push(`${counted(capture.dropped, 'packet')} lost`)
  if (truncated > 0) lacks.push(`${counted(truncated, 'packet')} cut too short to be read`)
  if (malformed > 0) lacks.push(`${counted(malformed, 'packet')} malformed`)
  return lacks
}
