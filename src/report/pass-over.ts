/**
 * Which connections a report for readers need not be told in full: those that it would not show, and no finding of which
 * it would tell. Decided once for all that are alike, and counted together: it costs a connection nothing.
 */
import type { FindingsDigest } from './findings-digest.ts'
import type { ConnectionBrief } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'
import type { Candidate, Selection } from './selection.ts'

export interface PassOver {
  /**
   * The number from which on connections of that kind need no report; Infinity while that of each is needed. The more
   * connections have come, the lower.
   */
  from(brief: ConnectionBrief): number
  /** Counts so many connections of that kind, which were not reported. */
  count(brief: ConnectionBrief, connections: number): void
}

export function passOver(selection: Selection<Candidate>, digest: FindingsDigest): PassOver {
  return {
    from({ findings }) {
      const ranks = findings.map(({ severity }) => SEVERITY_RANK[severity])
      const closed = findings.map(({ code }) => digest.closedFrom(code))
      return Math.max(selection.closedFrom(Math.max(-1, ...ranks)), ...closed)
    },
    count({ findings }, connections) {
      selection.count += connections
      for (const { code } of findings) digest.tally(code, connections)
    },
  }
}
