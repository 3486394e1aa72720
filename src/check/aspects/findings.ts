/**
 * `findings`: what must be found, and what must not.
 */
import { SEVERITIES } from '../../findings/finding.ts'
import type { FindingReport } from '../../report/model.ts'
import type { FindingsRule } from '../language.ts'
import { listOf } from '../match.ts'
import { type Aspect, either, type Seen, seen } from './aspect.ts'

export function findingsAspect(rule: FindingsRule): Aspect {
  const { has } = rule
  const wanted = has === undefined ? [] : listOf(has)
  return {
    rule: 'findings',
    expected: findingsText(rule),
    judge(connection, allowed) {
      const { findings } = connection
      return [...forbiddenAmong(findings, rule, allowed).map(foundText), ...missing(wanted, findings).map(lost)]

      function lost(code: string): Seen {
        return seen(`no ${code}`, connection, [])
      }
    },
  }
}

/** The findings that the rule forbids, and that nothing allows. */
export function forbiddenAmong(
  findings: readonly FindingReport[],
  { none }: FindingsRule,
  allowed: ReadonlySet<string>,
): FindingReport[] {
  if (none === undefined) return []
  const isForbidden = forbids(none)
  return findings.filter((finding) => isForbidden(finding) && !allowed.has(finding.code))
}

/** Codes that are not among the findings. */
export function missing(codes: readonly string[], findings: readonly FindingReport[]): string[] {
  return codes.filter((code) => !findings.some((finding) => finding.code === code))
}

export function foundText({ side, severity, code, message, frames, filter }: FindingReport): Seen {
  return { side, seen: `${severity} ${code}: ${message}`, frames: [...frames], filter }
}

/** Codes that a rule says may be found: because they must, or by name. */
export function allowedBy({ has = [], allow = [] }: FindingsRule = {}): string[] {
  return [...listOf(has), ...listOf(allow)]
}

export function findingsText({ none, has, allow }: FindingsRule): string {
  const parts: string[] = []
  if (has !== undefined) parts.push(listOf(has).join(' and '))
  if (none !== undefined) parts.push(`no ${noneText(none)}`)
  if (allow !== undefined) parts.push(`${either(listOf(allow))} allowed`)
  return parts.join('; ')
}

function noneText(none: NonNullable<FindingsRule['none']>): string {
  if (typeof none !== 'string' && 'severity' in none)
    return none.severity === 'error' ? 'finding of severity error' : `finding of severity ${none.severity} or worse`
  return either(listOf(none))
}

function forbids(none: NonNullable<FindingsRule['none']>): (finding: FindingReport) => boolean {
  if (typeof none !== 'string' && 'severity' in none) {
    const least = SEVERITIES.indexOf(none.severity)
    return ({ severity }) => SEVERITIES.indexOf(severity) >= least
  }
  const codes = listOf(none)
  return ({ code }) => codes.includes(code)
}
