/**
 * One thing that a rule expects of each connection it matches. A new one is a key in language.ts, a file here, and a
 * line in index.ts.
 */
import type { RuleName, Violation } from '../../report/checks/model.ts'
import type { CitedFrames, ConnectionReport } from '../../report/model.ts'

export interface Aspect {
  rule: RuleName
  /** What is expected, in a few words. */
  expected: string
  /** What was seen instead; empty when it is as expected. `allowed`: codes of findings that are no matter here. */
  judge(connection: ConnectionReport, allowed: ReadonlySet<string>): Seen[]
}

/** A violation by a connection that whoever asks knows. */
export type Seen = Omit<Violation, 'connection'>

/** What was seen of the connection as a whole, or in these frames of it. */
export function seen(
  text: string,
  { stream, firstFrame, lastFrame }: ConnectionReport,
  frames: readonly number[],
  side: Seen['side'] = null,
): Seen {
  const inStream = `tcp.stream eq ${stream}`
  const filter = frames.length === 0 ? inStream : `${inStream} and frame.number in {${frames.join(', ')}}`
  return { side, seen: text, frames: frames.length === 0 ? [firstFrame, lastFrame] : [...frames], filter }
}

/** The frames of what happened, or the first one of the connection when there are none. */
export function framesOr({ frames }: CitedFrames, { firstFrame }: ConnectionReport): readonly number[] {
  return frames.length === 0 ? [firstFrame] : frames
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly (string | number)[]): string {
  return words.length < 2 ? String(words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
