/**
 * Findings of a whole run gathered by their code, loudest first, with a bounded number of examples of each.
 */
import type { Severity } from '../findings/finding.ts'
import type { FindingReport } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'

export interface FindingExample {
  /** null: of the capture as a whole. */
  connection: number | null
  finding: FindingReport
}

export interface FindingGroup {
  code: string
  severity: Severity
  ref: string
  count: number
  /** In order of the connections; fewer than `count` when cut. */
  examples: FindingExample[]
}

const NOTES_SHOWN = 3

export class FindingsDigest {
  readonly #groups = new Map<string, FindingGroup>()
  readonly #limit: number

  /** @param limit - findings listed at most; 0: all */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit
  }

  add(connection: number | null, finding: FindingReport): void {
    const { code, severity, ref } = finding
    const key = `${severity} ${code}`
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { code, severity, ref, count: 0, examples: [] }
      this.#groups.set(key, group)
    }
    group.count++
    group.examples.push({ connection, finding })
    if (group.examples.length >= 2 * this.#limit) cutExamples(group, this.#limit)
  }

  /** Findings of `severity`. */
  count(severity: Severity): number {
    let count = 0
    for (const group of this.#groups.values()) if (group.severity === severity) count += group.count
    return count
  }

  /**
   * Loudest first. When there are more findings than the limit, each code gets an equal share of it, one at least;
   * of mere notes three are enough in any case, unless all were asked for.
   */
  groups(quietest: Severity): FindingGroup[] {
    const groups = [...this.#groups.values()]
      .filter((group) => SEVERITY_RANK[group.severity] >= SEVERITY_RANK[quietest])
      .sort(
        (a, b) =>
          SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || b.count - a.count || (a.code < b.code ? -1 : 1),
      )
    const total = groups.reduce((sum, group) => sum + group.count, 0)
    const share = total <= this.#limit ? this.#limit : Math.max(1, Math.floor(this.#limit / groups.length))
    for (const group of groups) {
      const isMild = this.#limit !== Number.POSITIVE_INFINITY && SEVERITY_RANK[group.severity] < SEVERITY_RANK.warn
      cutExamples(group, isMild ? Math.min(share, NOTES_SHOWN) : share)
    }
    return groups
  }
}

function cutExamples(group: FindingGroup, limit: number): void {
  group.examples.sort((a, b) => (a.connection ?? -1) - (b.connection ?? -1))
  group.examples.length = Math.min(group.examples.length, limit)
}
