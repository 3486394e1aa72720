/**
 * A capture's report held against expectations: which are met, and where those are not met that are not.
 *
 * Takes the connections as they become final, in any order, and keeps none of them.
 */
import type { CheckResult } from '../report/checks/model.ts'
import type { ReportEnd } from '../report/format.ts'
import type { ConnectionReport, Report } from '../report/model.ts'
import { allowedBy } from './aspects/findings.ts'
import { CaptureCheck } from './capture-check.ts'
import { ConnectionCheck } from './connection-check.ts'
import type { CaptureRule } from './language.ts'
import type { Expectations } from './parse.ts'

/** What holds where no file says anything else. */
const DEFAULTS: CaptureRule = { findings: { none: { severity: 'error' } }, quality: 'whole' }

/** All results on a whole report. */
export function evaluate({ connections, ...rest }: Report, sources: readonly Expectations[]): CheckResult[] {
  const evaluation = new Evaluation(sources)
  for (const connection of connections) evaluation.connection(connection)
  return evaluation.end(rest)
}

export class Evaluation {
  readonly #rules: ConnectionCheck[]
  readonly #captures: CaptureCheck[]
  /** Codes that nothing forbids in this capture. */
  readonly #allowed: ReadonlySet<string>

  /** @param sources - the files that say something about this capture; none for the default policy */
  constructor(sources: readonly Expectations[]) {
    this.#rules = sources.flatMap((source) =>
      (source.content.connections ?? []).map((rule, i) => new ConnectionCheck(rule, i, source)),
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

/** The default policy, as far as no file has another. */
function defaultsBeside(sources: readonly Expectations[]): CaptureRule {
  const isSaid = (key: string) => sources.some(({ content }) => Object.hasOwn(content.capture ?? {}, key))
  return Object.fromEntries(Object.entries(DEFAULTS).filter(([key]) => !isSaid(key)))
}
