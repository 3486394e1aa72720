/**
 * The text of an expectation file → what it expects, and where each part of it stands.
 */
import { isMap, isScalar, LineCounter, parseDocument, type Document as YamlDocument } from 'yaml'
import type { Place } from '../report/checks/model.ts'
import { EXPECTATION, type Expectation } from './language.ts'
import { type Path, type Problem, problemsOf } from './problems.ts'

export interface Expectations {
  file: string
  content: Expectation
  /** Whether they are rules for all captures, those of `finwait.config.yaml`. */
  isForAll: boolean
  /** Where a part stands: the key of a map, the item of a list. */
  placeOf(path: Path): Place
}

/** Everything that is wrong with a file, from its top to its bottom, a line each: `FILE:LINE:COLUMN: what`. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError'
  readonly problems: readonly (Place & { message: string })[]

  constructor(problems: readonly (Place & { message: string })[]) {
    const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    super(inOrder.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'))
    this.problems = inOrder
  }
}

/**
 * @param file - its name, for messages
 * @throws ExpectationError
 */
export function parseExpectations(text: string, file: string, isForAll = false): Expectations {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  if (document.errors.length > 0) {
    throw new ExpectationError(
      document.errors.map(({ message, pos }) => ({ ...place(pos[0]), message: `not YAML: ${message}` })),
    )
  }
  const value = dataOf(document, place)
  const parsed = EXPECTATION.safeParse(value)
  const problems: Problem[] = parsed.success ? contradictions(parsed.data) : problemsOf(parsed.error.issues, value)
  if (problems.length > 0 || !parsed.success) {
    throw new ExpectationError(problems.map(({ path, message }) => ({ ...place(offsetOf(document, path)), message })))
  }
  return { file, content: parsed.data, isForAll, placeOf: (path) => place(offsetOf(document, path)) }
}

/**
 * Expectations that no file says.
 *
 * @throws TypeError with what is wrong with them, in the words of expectation files
 */
export function expectationsOf(content: Expectation | { connections: object[] }): Expectations {
  const parsed = EXPECTATION.safeParse(content)
  if (!parsed.success) {
    throw new TypeError(
      problemsOf(parsed.error.issues, content)
        .map(({ message }) => message)
        .join('; '),
    )
  }
  return { file: '', content: parsed.data, isForAll: false, placeOf: () => ({ file: '', line: 1, column: 1 }) }
}

function dataOf(document: YamlDocument.Parsed, place: (offset: number) => Place): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    // An alias without its anchor, or more aliases than any person writes.
    throw new ExpectationError([
      { ...place(0), message: `not YAML: ${cause instanceof Error ? cause.message : cause}` },
    ])
  }
}

/** What each part allows, and the whole does not. */
function contradictions({ connections = [], capture }: Expectation): Problem[] {
  const problems: Problem[] = []
  const look = (
    path: Path,
    { none, has = [], allow = [] }: { none?: unknown; has?: unknown; allow?: unknown } = {},
  ) => {
    const forbidden = typeof none === 'string' ? [none] : Array.isArray(none) ? none : []
    for (const code of [has, allow].flat()) {
      if (forbidden.includes(code)) problems.push({ path, message: `${code} is in none, and allowed beside it` })
    }
  }
  for (const [i, { findings }] of connections.entries()) look(['connections', i, 'findings', 'none'], findings)
  look(['capture', 'findings', 'none'], capture?.findings)
  if (connections.length === 0 && capture === undefined)
    problems.push({ path: [], message: 'expects nothing: expected connections or capture' })
  return problems
}

/** Where the key or the item of `path` begins; that of the nearest part around it where there is none. */
function offsetOf(document: YamlDocument.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    const key = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last)?.key : null
    const node = isScalar(key) ? key : document.getIn(path.slice(0, length), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null
    if (Array.isArray(range)) return range[0]
  }
  return document.contents?.range[0] ?? 0
}
