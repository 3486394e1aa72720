/**
 * Why a matcher failed: what was expected and seen, and the ladder diagram around the frames in question.
 */
import type { CheckResult, Violation } from '../report/checks/model.ts'
import { connectionText, framesText, sourceText } from '../report/checks/words.ts'
import { escapeTerminal } from '../report/escape.ts'
import { ladderExcerpt } from '../report/ladder-excerpt.ts'
import type { ConnectionReport } from '../report/model.ts'
import { PLAIN } from '../report/palette.ts'
import { ladderOf } from './subject.ts'

const LADDER = { width: 110, palette: PLAIN, unicode: true } as const

/** One violation in full, the first; the others of its kind are counted. */
export function failureText({ violations, unmet }: CheckResult, connections: readonly ConnectionReport[]): string {
  const [violation] = violations
  if (violation === undefined) return ''
  const filter = violation.filter === '' ? '' : `Wireshark: ${violation.filter}`
  const where = [connectionText(violation), framesText(violation)].filter((text) => text !== '').join(', ')
  const lines = [`seen: ${violation.seen}`, where, filter].filter((line) => line !== '').map(escapeTerminal)
  const more = unmet > 1 ? [`and ${unmet - 1} more`] : []
  const connection = connections.find((each) => each.connection === violation.connection?.connection)
  return [...lines, ...more, ...(connection ? ['', ...excerpt(violation, connection)] : [])].join('\n')
}

/** `connections[0].close: four-way, at web.expect.yaml:3:5`. */
export function expectationText({ key, expected, source }: CheckResult): string {
  return escapeTerminal(`${key}: ${expected}, at ${sourceText(source)}`)
}

function excerpt({ frames }: Violation, connection: ConnectionReport): string[] {
  return ladderExcerpt(ladderOf(connection), frames, LADDER)
}
