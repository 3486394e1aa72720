/**
 * Findings of a whole run gathered by their code, loudest first, with a bounded number of cases of each.
 */
import type { Severity } from '../findings/finding.ts'
import type { ConnectionReport, FindingReport } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'
import { grouped } from './text.ts'

export interface FindingCase {
  /** null: of the capture as a whole. */
  connection: number | null
  /** Index of the capture that the frames are of; null when it is not that of one capture. */
  file: number | null
  finding: FindingReport
}

export interface FindingGroup {
  code: string
  severity: Severity
  ref: string
  count: number
  /** In order of the connections; fewer than `count` when there were too many to keep. */
  cases: FindingCase[]
  /** Connection of the last case, once there have been too many to keep. */
  last: number | null
  /** How many of the cases to tell in full: all when all were asked for, else a few. */
  told: number
}

/** A few cases explain a code; the rest are numbers. Notes are told for completeness. */
const TOLD: Record<Severity, number> = { error: 3, warn: 3, note: 1, chat: 0 }

export class FindingsDigest {
  readonly #groups = new Map<string, FindingGroup>()
  readonly #limit: number

  /** @param limit - cases of a code kept at most; 0: all, and all to be told */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit
  }

  addConnection({ connection, file, findings }: ConnectionReport): void {
    for (const finding of findings) this.#add({ connection, file, finding })
  }

  /** Adds what was found of the capture as a whole. */
  addCapture(findings: readonly FindingReport[]): void {
    for (const finding of findings) this.#add({ connection: null, file: null, finding })
  }

  /** The connection from which on no finding of that kind will be among the cases kept: it is only counted. */
  closedFrom(code: string): number {
    const last = this.#groups.get(code)?.last ?? null
    return last === null ? Number.POSITIVE_INFINITY : last + 1
  }

  /** Counts findings of a known kind without their cases. */
  tally(code: string, findings: number): void {
    this.#groups.get(code)!.count += findings
  }

  #add(found: FindingCase): void {
    const { code, severity, ref } = found.finding
    let group = this.#groups.get(code)
    if (group === undefined) {
      const told = this.#limit === Number.POSITIVE_INFINITY ? this.#limit : TOLD[severity]
      group = { code, severity, ref, count: 0, cases: [], last: null, told }
      this.#groups.set(code, group)
    }
    group.count++
    group.cases.push(found)
    if (group.cases.length >= 2 * this.#limit) cutCases(group, this.#limit)
  }

  /** Findings of `severity`. */
  count(severity: Severity): number {
    let count = 0
    for (const group of this.#groups.values()) if (group.severity === severity) count += group.count
    return count
  }

  /** Codes of that severity or louder: the loudest first, of these the most frequent. */
  groups(quietest: Severity): FindingGroup[] {
    const rank = (group: FindingGroup) => SEVERITY_RANK[group.severity]
    const groups = [...this.#groups.values()].filter((group) => rank(group) >= SEVERITY_RANK[quietest])
    for (const group of groups) cutCases(group, this.#limit)
    return groups.sort((a, b) => rank(b) - rank(a) || b.count - a.count || (a.code < b.code ? -1 : 1))
  }
}

function cutCases(group: FindingGroup, limit: number): void {
  group.cases.sort((a, b) => (a.connection ?? -1) - (b.connection ?? -1))
  group.cases.length = Math.min(group.cases.length, limit)
  if (group.cases.length === limit) group.last = group.cases.at(-1)?.connection ?? null
}

/** `connections 12, 13, 14 and 40 more`: the cases that are not told; the empty string when all are. */
export function untoldText({ count, cases, told }: FindingGroup): string {
  const rest = count - Math.min(told, cases.length)
  if (rest <= 0) return ''
  const known = cases.slice(told).flatMap(({ connection }) => connection ?? [])
  const named = [...new Set(known)].slice(0, CONNECTIONS_NAMED)
  const more = rest - named.length
  if (named.length === 0) return `${grouped(rest)} more`
  const names = `${named.length === 1 ? 'connection' : 'connections'} ${named.join(', ')}`
  return more > 0 ? `${names} and ${grouped(more)} more` : names
}

const CONNECTIONS_NAMED = 12
