/**
 * One expectation while a capture is held against it: counts what is not as expected, and keeps the first of it.
 */
import type { CheckResult, RuleName, Violation } from '../report/checks/model.ts'
import { endpointText } from '../report/connection-words.ts'
import type { ConnectionReport } from '../report/model.ts'
import type { Seen } from './aspects/aspect.ts'
import type { Expectations } from './parse.ts'
import type { Path } from './problems.ts'

/** Violations of one expectation that are told in full, the first by the number of their connection. */
const TOLD = 20

export class Tally {
  readonly #result: CheckResult

  /** @param source - null for the default policy */
  constructor(rule: RuleName, expected: string, path: Path, source: Expectations | null, name: string | null = null) {
    this.#result = {
      rule,
      key: keyText(path),
      name,
      expected,
      source: source === null ? null : source.placeOf(path),
      checked: null,
      unmet: 0,
      violations: [],
    }
  }

  /** @param of - null when it is about the capture as a whole */
  add(seen: Seen, of: ConnectionReport | null): void {
    const { violations } = this.#result
    this.#result.unmet++
    violations.push({ connection: violating(of), ...seen })
    if (violations.length >= 2 * TOLD) this.#cut()
  }

  end(checked: number | null): CheckResult {
    this.#cut()
    return { ...this.#result, checked }
  }

  /** Connections come in any order. */
  #cut(): void {
    const number = ({ connection }: Violation) => connection?.connection ?? -1
    this.#result.violations = this.#result.violations.toSorted((a, b) => number(a) - number(b)).slice(0, TOLD)
  }
}

/** What is seen of a capture as a whole: no side, no frames. */
export function seenOfAll(seen: string, filter = ''): Seen {
  return { side: null, seen, frames: [], filter }
}

export function numberSeen(number: number, filter = ''): Seen {
  return seenOfAll(number === 0 ? 'none' : String(number), filter)
}

function violating(connection: ConnectionReport | null): Violation['connection'] {
  if (connection === null) return null
  const { connection: number, stream, client, server } = connection
  return { connection: number, stream, client: endpointText(client), server: endpointText(server) }
}

/** `['connections', 0, 'close']` → `connections[0].close`. */
function keyText(path: Path): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}
