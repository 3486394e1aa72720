/**
 * Which connections a report for readers need not be told in full: those that it would not show, and no finding of which
 * it would tell.
 */
import type { FindingsDigest } from './findings-digest.ts'
import type { ConnectionBrief } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'
import type { Candidate, Selection } from './selection.ts'

/** Counts connection `number` and is true, or is false when its report is needed. */
export function passOver(
  number: number,
  { findings }: ConnectionBrief,
  selection: Selection<Candidate>,
  digest: FindingsDigest,
): boolean {
  let rank = -1
  for (const finding of findings) {
    if (digest.isOpenTo(number, finding.code)) return false
    rank = Math.max(rank, SEVERITY_RANK[finding.severity])
  }
  if (selection.isOpenTo(number, rank)) return false
  selection.count++
  for (const finding of findings) digest.tally(finding.code)
  return true
}
