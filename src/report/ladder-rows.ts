/**
 * Which transition stands beside which segment: the rows of a ladder diagram, before anything is drawn.
 *
 * As in RFC 9293 §3.5 a row shows the states after the departure or arrival of its segment. When a side *takes* a
 * segment is not seen by a tap; the row of the segment is the earliest moment it can have been.
 */
import type { SideName } from '../tcp/timeline.ts'
import type { LadderSegment, MomentReport, ShowReport, TransitionReport } from './model.ts'

export interface LadderRow {
  time: string
  /** null for a timer. */
  frame: number | null
  /** As `MomentReport.file`. */
  file: number | undefined
  /** null for a timer, and when the frame is not one of the connection's segments. */
  segment: LadderSegment | null
  /** Segments left out before this row. */
  omittedBefore: number
  transitions: Record<SideName, TransitionReport[]>
}

/** Rows in order of the capture; every transition of the connection is in exactly one of them. */
export function ladderRows({ connection, segments }: ShowReport): LadderRow[] {
  const rows: LadderRow[] = segments.map((segment) => ({
    time: segment.time,
    frame: segment.frame,
    file: segment.file,
    segment,
    omittedBefore: segment.omittedBefore,
    transitions: { client: [], server: [] },
  }))
  for (const side of ['client', 'server'] as const) {
    let earliest = -1
    for (const transition of connection.transitions) {
      if (transition.side !== side) continue
      const row = rowOf(transition, rows, earliest)
      row.transitions[side].push(transition)
      earliest = rows.indexOf(row)
    }
  }
  return rows
}

/**
 * The row of the cause, or of the proof where the cause was not captured; never before the side's last transition:
 * in a simultaneous close each FIN is taken after the own one was sent (RFC 9293 Figure 13).
 */
function rowOf(transition: TransitionReport, rows: LadderRow[], earliest: number): LadderRow {
  const moment = transition.cause ?? transition.proof
  const time = moment?.time ?? transition.time ?? ''
  const at = rows.findIndex(({ segment }) => segment !== null && segment.time === time && isOf(moment, segment))
  if (at !== -1) return rows[Math.max(at, earliest)]!
  const bare: LadderRow = {
    time,
    frame: moment?.frame ?? null,
    file: moment?.file,
    segment: null,
    omittedBefore: 0,
    transitions: { client: [], server: [] },
  }
  let before = rows.findIndex((row, i) => i > earliest && row.time > time)
  if (before === -1) before = rows.length
  rows.splice(before, 0, bare)
  return bare
}

function isOf(moment: MomentReport | null, segment: LadderSegment): boolean {
  return moment !== null && moment.frame === segment.frame && moment.file === segment.file
}
