/**
 * What came out of inference for each shape of connection that was seen before, so that the next one of that shape
 * needs no inference: most connections of a capture have one of a few shapes. Inference, judgement and report of one
 * connection cost 40 to 60 µs, a precedent 0.3 µs. What a shape is, and why it is enough: flow/shape.ts.
 */
import type { Story } from '../findings/finding.ts'
import { isStuck } from '../findings/stuck.ts'
import type { Shape } from '../flow/shape.ts'
import type { ConnectionBrief, ConnectionReport } from '../report/model.ts'
import type { TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, type Side } from '../tcp/timeline.ts'

/** Shapes remembered; a capture with more has its other connections inferred one by one. */
const MAX_SHAPES = 1 << 14

export interface Precedent extends ConnectionBrief {
  states: readonly [TcpState | null, TcpState | null]
  /** Whose, and from which of the shape's segments on. */
  timeWaits: readonly { side: Side; from: number }[]
}

interface Known {
  words: Int32Array
  /** Null: the shape says too little of such a connection. */
  precedent: Precedent | null
  /** Another shape of the same hash. */
  next: Known | null
}

export class Precedents {
  private readonly known: Map<number, Known> = new Map()
  private count = 0
  /** The shape that was asked for last and is not known. */
  private unknown: Shape | null = null

  /** What came out for the shape; null when that is not known, or not always the same. */
  find(shape: Shape): Precedent | null {
    this.unknown = null
    for (let known = this.known.get(shape.hash); known; known = known.next ?? undefined) {
      if (isSame(known.words, shape)) return known.precedent
    }
    this.unknown = shape
    return null
  }

  /** Remembers what came out for the connection whose shape was just asked for in vain. */
  learn(story: Story, report: ConnectionReport): void {
    const shape = this.unknown
    this.unknown = null
    if (!shape || shape.number !== report.connection || this.count >= MAX_SHAPES) return
    const words = shape.words.slice(0, shape.length)
    const next = this.known.get(shape.hash) ?? null
    this.known.set(shape.hash, { words, precedent: precedentOf(shape, story, report), next })
    this.count++
  }
}

function isSame(words: Int32Array, shape: Shape): boolean {
  if (words.length !== shape.length) return false
  for (let i = 0; i < words.length; i++) if (words[i] !== shape.words[i]) return false
  return true
}

/** Null where more is needed than the shape has: a leak names frames, a TIME-WAIT may be cut short. */
function precedentOf(shape: Shape, story: Story, report: ConnectionReport): Precedent | null {
  const { timeline } = story
  const sides = [CLIENT, SERVER] as const
  if (sides.some((side) => timeline.states[side] === 'CLOSE-WAIT' && isStuck(story, side))) return null
  const times = shape.times.subarray(0, shape.length - 1)
  const timeWaits = timeline.timeWaits.map(({ side, startNs }) => ({ side, from: times.indexOf(startNs) }))
  const isPlain = timeline.timeWaits.every(({ endedBy, restarts }) => endedBy === null && restarts.length === 0)
  if (!isPlain || timeWaits.some(({ from }) => from < 0)) return null
  return {
    open: { kind: report.open.kind },
    close: { kind: report.close.kind },
    findings: report.findings.map(({ code, severity }) => ({ code, severity })),
    states: timeline.states,
    timeWaits,
  }
}
