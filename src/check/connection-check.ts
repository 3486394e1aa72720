/**
 * One rule for connections: how many it matches, and whether each of them is as it says.
 */
import type { CheckResult } from '../report/checks/model.ts'
import type { ConnectionReport } from '../report/model.ts'
import { countText, isWithin } from './aspects/count.ts'
import { allowedBy } from './aspects/findings.ts'
import { aspectsOf, type PlacedAspect } from './aspects/index.ts'
import type { ConnectionRule, Count } from './language.ts'
import { filterOf, type Matcher, matcherOf, matchText } from './match.ts'
import type { Expectations } from './parse.ts'
import { numberSeen, Tally } from './tally.ts'

export class ConnectionCheck {
  readonly matches: Matcher
  /** Codes of findings that are allowed in what it matches. */
  readonly allowed: readonly string[]
  readonly #rule: ConnectionRule
  readonly #count: Count
  readonly #countTally: Tally | null
  readonly #aspects: { aspect: PlacedAspect; tally: Tally }[]
  #matched = 0

  constructor(rule: ConnectionRule, index: number, source: Expectations) {
    const path = ['connections', index]
    const name = rule.name ?? null
    this.#rule = rule
    this.matches = matcherOf(rule.match)
    this.allowed = allowedBy(rule.findings)
    this.#count = rule.count ?? (source.isForAll ? {} : { min: 1 })
    const hasCount = rule.count !== undefined || !source.isForAll
    const which = matchText(rule.match)
    const expected = `${countText(this.#count, 'connection')}${which === '' ? '' : ` with ${which}`}`
    const countPath = rule.count === undefined ? path : [...path, 'count']
    this.#countTally = hasCount ? new Tally('count', expected, countPath, source, name) : null
    this.#aspects = aspectsOf(rule).map((aspect) => ({
      aspect,
      tally: new Tally(aspect.rule, aspect.expected, [...path, ...aspect.path], source, name),
    }))
  }

  connection(connection: ConnectionReport, allowed: ReadonlySet<string>): void {
    this.#matched++
    for (const { aspect, tally } of this.#aspects) {
      for (const seen of aspect.judge(connection, allowed)) tally.add(seen, connection)
    }
  }

  end(): CheckResult[] {
    if (!isWithin(this.#count, this.#matched))
      this.#countTally?.add(numberSeen(this.#matched, filterOf(this.#rule.match)), null)
    const counted = this.#countTally === null ? [] : [this.#countTally.end(this.#matched)]
    return [...counted, ...this.#aspects.map(({ tally }) => tally.end(this.#matched))]
  }
}
