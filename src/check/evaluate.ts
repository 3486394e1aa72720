/**
 * A capture's report held against expectations: which are met, and where those are not met that are not.
 *
 * Takes the connections as they become final, in any order, and keeps none of them.
 */

import type { CheckResult, RuleName, Violation } from '../report/checks/model.ts'
import { endpointText } from '../report/connection-words.ts'
import type { ReportEnd } from '../report/format.ts'
import type { ConnectionReport, FindingReport, Report } from '../report/model.ts'
import type { Seen } from './aspects/aspect.ts'
import { countText, isWithin } from './aspects/count.ts'
import { allowedBy, findingsText, forbiddenAmong, foundText, missing } from './aspects/findings.ts'
import { aspectsOf, type PlacedAspect } from './aspects/index.ts'
import { captureLacks, completeAspect } from './aspects/quality.ts'
import type { CaptureRule, ConnectionRule, Count, FindingsRule } from './language.ts'
import { filterOf, listOf, type Matcher, matcherOf, matchText } from './match.ts'
import type { Expectations } from './parse.ts'
import type { Path } from './problems.ts'

/** What holds where no file says anything else. */
const DEFAULT_FINDINGS: FindingsRule = { none: { severity: 'error' } }
const DEFAULT_QUALITY: NonNullable<CaptureRule['quality']> = 'whole'

/** Violations of one expectation that are told in full; the rest are counted. */
const TOLD = 20

/** All results on a whole report. */
export function evaluate({ connections, ...rest }: Report, sources: readonly Expectations[]): CheckResult[] {
  const evaluation = new Evaluation(sources)
  for (const connection of connections) evaluation.connection(connection)
  return evaluation.end(rest)
}

export class Evaluation {
  readonly #rules: RuleCheck[]
  readonly #captures: CaptureCheck[]
  /** Codes that nothing forbids in this capture. */
  readonly #allowed: ReadonlySet<string>

  /** @param sources - the files that say something about this capture; none for the default policy */
  constructor(sources: readonly Expectations[]) {
    this.#rules = sources.flatMap((source) =>
      (source.content.connections ?? []).map((rule, i) => new RuleCheck(rule, i, source)),
    )
    this.#captures = sources.map((source) => new CaptureCheck(source.content.capture ?? {}, source))
    this.#captures.push(new CaptureCheck(defaultsBeside(sources), null))
    this.#allowed = new Set(sources.flatMap(({ content }) => allowedBy(content.capture?.findings)))
  }

  connection(connection: ConnectionReport): void {
    const matching = this.#rules.filter(({ matches }) => matches(connection))
    const allowed = new Set([...this.#allowed, ...matching.flatMap(({ allowed }) => allowed)])
    for (const rule of matching) rule.connection(connection, allowed)
    for (const capture of this.#captures) capture.connection(connection, allowed)
  }

  end(rest: ReportEnd): CheckResult[] {
    return [
      ...this.#rules.flatMap((rule) => rule.end()),
      ...this.#captures.flatMap((capture) => capture.end(rest, this.#allowed)),
    ]
  }
}

/** The default policy, where no file has another. */
function defaultsBeside(sources: readonly Expectations[]): CaptureRule {
  const has = (key: keyof CaptureRule) => sources.some(({ content }) => content.capture?.[key] !== undefined)
  return {
    ...(has('findings') ? {} : { findings: DEFAULT_FINDINGS }),
    ...(has('quality') ? {} : { quality: DEFAULT_QUALITY }),
  }
}

/** Counts what is not met, and keeps the first of it. */
class Tally {
  readonly #result: CheckResult

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

  add(seen: Seen, of: ConnectionReport | null): void {
    this.#result.unmet++
    // Connections come in any order: enough are kept that the first by number are among them, as a rule.
    if (this.#result.violations.length < 50 * TOLD) this.#result.violations.push({ connection: violating(of), ...seen })
  }

  end(checked: number | null): CheckResult {
    const number = ({ connection }: Violation) => connection?.connection ?? -1
    const violations = this.#result.violations.toSorted((a, b) => number(a) - number(b)).slice(0, TOLD)
    return { ...this.#result, checked, violations }
  }
}

/** One rule for connections. */
class RuleCheck {
  readonly matches: Matcher
  readonly allowed: string[]
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
    const expected = `${countText(this.#count)} ${which === '' ? 'connections' : `with ${which}`}`
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

/** One rule for the capture as a whole. */
class CaptureCheck {
  readonly #rule: CaptureRule
  readonly #connections: Tally
  readonly #findings: Tally
  readonly #quality: Tally
  /** Of the codes that must be found, those that no connection has yet. */
  #wanted: string[]
  #count = 0

  constructor(rule: CaptureRule, source: Expectations | null) {
    const { connections = {}, findings = {}, quality = DEFAULT_QUALITY } = rule
    this.#rule = rule
    this.#connections = new Tally('connections', countText(connections), ['capture', 'connections'], source)
    this.#findings = new Tally('findings', findingsText(findings), ['capture', 'findings'], source)
    const expected = quality === 'whole' ? 'not cut short' : quality
    this.#quality = new Tally('quality', expected, ['capture', 'quality'], source)
    this.#wanted = findings.has === undefined ? [] : [...listOf(findings.has)]
  }

  connection(connection: ConnectionReport, allowed: ReadonlySet<string>): void {
    const { findings, quality } = this.#rule
    this.#count++
    if (findings !== undefined) this.#judge(connection.findings, findings, allowed, connection)
    if (quality !== 'complete') return
    for (const seen of completeAspect.judge(connection, allowed)) this.#quality.add(seen, connection)
  }

  end({ captures, findings }: ReportEnd, allowed: ReadonlySet<string>): CheckResult[] {
    const { connections, findings: rule, quality } = this.#rule
    const results: CheckResult[] = []
    if (connections !== undefined) {
      if (!isWithin(connections, this.#count)) this.#connections.add(numberSeen(this.#count, ''), null)
      results.push(this.#connections.end(null))
    }
    if (rule !== undefined) {
      this.#judge(findings, rule, allowed, null)
      for (const code of this.#wanted) this.#findings.add({ ...NOTHING, seen: `no ${code}` }, null)
      results.push(this.#findings.end(null))
    }
    if (quality !== undefined) {
      const lacks = captures.flatMap((capture) => captureLacks(capture, quality))
      for (const text of lacks) this.#quality.add({ ...NOTHING, seen: text }, null)
      results.push(this.#quality.end(null))
    }
    return results
  }

  #judge(
    found: readonly FindingReport[],
    rule: FindingsRule,
    allowed: ReadonlySet<string>,
    of: ConnectionReport | null,
  ): void {
    for (const finding of forbiddenAmong(found, rule, allowed)) this.#findings.add(foundText(finding), of)
    if (this.#wanted.length > 0) this.#wanted = missing(this.#wanted, found)
  }
}

const NOTHING = { side: null, frames: [], filter: '' } as const satisfies Omit<Seen, 'seen'>

function numberSeen(number: number, filter: string): Seen {
  return { ...NOTHING, frames: [], seen: number === 0 ? 'none' : String(number), filter }
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
