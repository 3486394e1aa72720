/**
 * What came out of inference for each kind of undisturbed connection that was seen before, so that the next one of that
 * kind needs no inference: most connections of a capture are of few kinds. Inference, judgement and report of one
 * connection cost 40 to 60 µs, a look-up here 0.1 µs. Why outlines are enough: flow/shape.ts.
 */
import type { Story } from '../findings/finding.ts'
import { isStuck } from '../findings/stuck.ts'
import type { Outline } from '../flow/outline.ts'
import type { ConnectionBrief, ConnectionReport } from '../report/model.ts'
import { CLIENT, SERVER } from '../tcp/timeline.ts'
import { type AlikeOutcome, outcomeOf } from './hosts.ts'

/** What is remembered; a capture with more kinds of connections has the others inferred one by one. */
const MAX_KNOWN = 1 << 16

export interface Precedent extends ConnectionBrief, AlikeOutcome {
  /** From this number on, connections like it may be passed over: as asked last. */
  passedFrom: number
  /** How many were passed over. */
  passed: number
}

export class Precedents {
  /** By `Outline.key`; null: the outline says too little of such a connection. */
  private readonly known: Map<number, Precedent | null> = new Map()
  /** The outline that was asked for last and is not known. */
  private unknown: Outline | null = null

  /** What came out for such a connection; null when that is not known, or not always the same. */
  find(outline: Outline): Precedent | null {
    const known = this.known.get(outline.key)
    this.unknown = known === undefined ? outline : null
    return known ?? null
  }

  /** Those by which connections were passed over. */
  *used(): Generator<Precedent> {
    for (const precedent of this.known.values()) if (precedent && precedent.passed > 0) yield precedent
  }

  /** Remembers what came out for the connection that was just asked for in vain. */
  learn(story: Story, report: ConnectionReport): void {
    const outline = this.unknown
    this.unknown = null
    if (!outline || outline.number !== report.connection || this.known.size >= MAX_KNOWN) return
    this.known.set(outline.key, precedentOf(outline, story, report))
  }
}

/** Null where more is needed than the outline has: a leak names frames, a TIME-WAIT may be cut short. */
function precedentOf(outline: Outline, story: Story, report: ConnectionReport): Precedent | null {
  const { timeline } = story
  const sides = [CLIENT, SERVER] as const
  if (sides.some((side) => timeline.states[side] === 'CLOSE-WAIT' && isStuck(story, side))) return null
  const timeWaits = timeline.timeWaits.map(({ side, startNs }) => ({ side, from: outline.times.indexOf(startNs) }))
  const isPlain = timeline.timeWaits.every(({ endedBy, restarts }) => endedBy === null && restarts.length === 0)
  if (!isPlain || timeWaits.some(({ from }) => from < 0)) return null
  return {
    open: { kind: report.open.kind },
    close: { kind: report.close.kind },
    findings: report.findings.map(({ code, severity }) => ({ code, severity })),
    ...outcomeOf(report, timeline),
    timeWaits,
    passedFrom: Number.POSITIVE_INFINITY,
    passed: 0,
  }
}
