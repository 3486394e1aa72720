/**
 * `close`: how a connection closes, and who closes first.
 */
import { byText, closedText } from '../../report/connection-words.ts'
import type { CloseReport } from '../../report/model.ts'
import type { CloseRule } from '../language.ts'
import { listOf } from '../match.ts'
import { type Aspect, either, framesOr, seen } from './aspect.ts'

export function closeAspect(rule: CloseRule): Aspect {
  const { kind, by, complete } = typeof rule === 'string' || Array.isArray(rule) ? { kind: rule } : rule
  const kinds = kind === undefined ? null : listOf(kind)
  const sides = by === undefined ? null : listOf(by)
  const expected: string[] = []
  if (kinds !== null) expected.push(either(kinds))
  if (sides !== null) expected.push(`by ${either(sides)}`)
  if (complete !== undefined) expected.push(completeText(complete))
  const isAsExpected = (close: CloseReport) =>
    (kinds === null || kinds.includes(close.kind)) &&
    (sides === null || (close.by !== null && sides.includes(close.by))) &&
    (complete === undefined || close.complete === complete)
  return {
    rule: 'close',
    expected: expected.join(' '),
    judge(connection) {
      const { close } = connection
      if (isAsExpected(close)) return []
      const said = [
        closedText(connection),
        byText(connection),
        complete === undefined ? '' : completeText(close.complete),
      ]
      return [seen(said.filter((text) => text !== '').join(' '), connection, framesOr(close, connection))]
    },
  }
}

function completeText(isComplete: boolean): string {
  return isComplete ? 'with every FIN acknowledged' : 'with a FIN that is not acknowledged'
}
