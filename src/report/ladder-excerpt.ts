/**
 * The part of a ladder diagram around the frames in question, each of these marked: for the message of a test that fails.
 */
import type { SideName } from '../tcp/timeline.ts'
import { type LadderOptions, ladderLines } from './ladder.ts'
import type { LadderSegment, ShowReport, TransitionReport } from './model.ts'

/** Segments shown before the first frame in question and after the last. */
const AROUND = 4

/** Lines of the diagram; `>` stands in front of the frames in question. */
export function ladderExcerpt(report: ShowReport, frames: readonly number[], options: LadderOptions): string[] {
  const marked = new Set(frames)
  return ladderLines(excerptOf(report, marked), options).map((line) => {
    const frame = /^\s*(\d+)\s/.exec(line)?.[1]
    return `${frame !== undefined && marked.has(Number(frame)) ? '>' : ' '} ${line}`.trimEnd()
  })
}

function excerptOf(report: ShowReport, marked: ReadonlySet<number>): ShowReport {
  const { connection, segments } = report
  const isMarked = ({ frame }: LadderSegment) => marked.has(frame)
  const from = Math.max(0, segments.findIndex(isMarked) - AROUND)
  const to = Math.min(segments.length, (segments.findLastIndex(isMarked) + 1 || segments.length) + AROUND)
  const shown = segments.slice(from, to)
  const [first] = shown
  if (first === undefined) return report
  const before = first.omittedBefore + from
  const isShown = (transition: TransitionReport) => isBetween(transition, shown, to === segments.length)
  const stateBefore = (side: SideName) =>
    connection.transitions.find((each) => each.side === side && isShown(each))?.from
  return {
    ...report,
    segments: [{ ...first, omittedBefore: before }, ...shown.slice(1)],
    connection: {
      ...connection,
      client: { ...connection.client, state: stateBefore('client') ?? connection.client.state },
      server: { ...connection.server, state: stateBefore('server') ?? connection.server.state },
      transitions: connection.transitions.filter(isShown),
    },
  }
}

/** Whether a transition belongs to one of these segments, or to the time between them. */
function isBetween({ cause, proof, time }: TransitionReport, shown: readonly LadderSegment[], isEnd: boolean): boolean {
  const at = (cause ?? proof)?.time ?? time ?? ''
  return at >= shown[0]!.time && (isEnd || at <= shown.at(-1)!.time)
}
