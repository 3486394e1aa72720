/**
 * One rule for the capture as a whole.
 */
import type { CheckResult } from '../report/checks/model.ts'
import type { ReportEnd } from '../report/format.ts'
import type { ConnectionReport, FindingReport } from '../report/model.ts'
import { countText, isWithin } from './aspects/count.ts'
import { findingsText, forbiddenAmong, foundText, missing } from './aspects/findings.ts'
import { captureLacks, completeAspect } from './aspects/quality.ts'
import type { CaptureRule, FindingsRule } from './language.ts'
import { listOf } from './match.ts'
import type { Expectations } from './parse.ts'
import { numberSeen, seenOfAll, Tally } from './tally.ts'

export class CaptureCheck {
  readonly #rule: CaptureRule
  readonly #connections: Tally
  readonly #findings: Tally
  readonly #quality: Tally
  /** Of the codes that must be found, those that no connection has yet. */
  #wanted: string[]
  #count = 0

  constructor(rule: CaptureRule, source: Expectations | null) {
    const { connections = {}, findings = {}, quality = 'whole' } = rule
    this.#rule = rule
    this.#connections = new Tally(
      'connections',
      countText(connections, 'connection'),
      ['capture', 'connections'],
      source,
    )
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
      if (!isWithin(connections, this.#count)) this.#connections.add(numberSeen(this.#count), null)
      results.push(this.#connections.end(null))
    }
    if (rule !== undefined) {
      this.#judge(findings, rule, allowed, null)
      for (const code of this.#wanted) this.#findings.add(seenOfAll(`no ${code}`), null)
      results.push(this.#findings.end(null))
    }
    if (quality !== undefined) {
      const lacks = captures.flatMap((capture) => captureLacks(capture, quality))
      for (const text of lacks) this.#quality.add(seenOfAll(text), null)
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
