/**
 * Matchers for `expect.extend` of Vitest and Jest. What each expects is an expectation of check/, said in code.
 *
 * With `.not` none of the connections may be so; without it every one must, and there must be one.
 */
import { readFileSync } from 'node:fs'
import { evaluate } from '../check/evaluate.ts'
import { type Expectations, expectationsOf, parseExpectations } from '../check/parse.ts'
import type { Severity } from '../findings/finding.ts'
import type { CheckResult } from '../report/checks/model.ts'
import { endpointText } from '../report/connection-words.ts'
import type { CloseKind, Report } from '../report/model.ts'
import { counted } from '../report/text.ts'
import type { TcpState } from '../tcp/states.ts'
import type { SideName } from '../tcp/timeline.ts'
import { expectationText, failureText } from './failure.ts'
import { reportOf } from './subject.ts'

/** What `toHaveClosed` expects: a way, or one of several, and who closed first. */
export interface ExpectedClose {
  kind?: CloseKind | readonly CloseKind[]
  by?: 'client' | 'server' | 'both' | readonly ('client' | 'server' | 'both')[]
}

/** For a report, one connection, or the path of a capture that is not compressed. */
export interface FinwaitMatchers {
  /** Both sides know that the connection is open. */
  toHaveCompletedHandshake(): void
  toHaveClosed(expected: ExpectedClose): void
  /** The states that the side entered, in order; `...` stands for any number of states. */
  toHaveStates(side: SideName, states: readonly (TcpState | '...')[]): void
  /** Nothing of this severity or worse was found; `note` unless told, as `chat` is what usually happens. */
  toHaveNoFindings(options?: { severity?: Severity }): void
  /** All that an expectation file says is so; the rules for all of `finwait.config.yaml` are not looked at. */
  toMatchExpectation(file: string): void
}

/** What Vitest and Jest want of a matcher. */
interface MatcherResult {
  pass: boolean
  message(): string
}

interface MatcherContext {
  isNot?: boolean
}

type Matcher = (this: MatcherContext, received: unknown, ...expected: never[]) => MatcherResult

export const matchers = {
  toHaveCompletedHandshake(received: unknown) {
    return judge(this, received, 'to have its handshake', { handshake: { completed: true } })
  },
  toHaveClosed(received: unknown, expected: ExpectedClose) {
    return judge(this, received, 'to have closed', { close: expected })
  },
  toHaveStates(received: unknown, side: SideName, states: readonly string[]) {
    return judge(this, received, `to have gone, as ${side}, through the states`, { states: { [side]: states } })
  },
  toHaveNoFindings(received: unknown, { severity = 'note' }: { severity?: Severity } = {}) {
    const report = reportOf(received)
    const source = expectationsOf({ capture: { findings: { none: { severity } }, quality: 'any' } })
    const unmet = evaluate(report, [source]).filter(isUnmet)
    const head = `expected ${subjectText(report)} to have no findings of severity ${severity} or worse`
    return result(report, unmet, unmet.length === 0, head, () => 'expected a finding of that severity, found none')
  },
  toMatchExpectation(received: unknown, file: string) {
    const report = reportOf(received)
    const unmet = evaluate(report, [parseExpectations(readFileSync(file, 'utf8'), file)]).filter(isUnmet)
    const [first] = unmet
    const head = first === undefined ? '' : `expected ${expectationText(first)}`
    return result(report, unmet, unmet.length === 0, head, () => `expected ${file} not to be met, and it is`)
  },
} satisfies Record<string, Matcher> & ThisType<MatcherContext>

/** Whether connections are as a rule says: every one of them, or with `.not` any. */
function judge({ isNot = false }: MatcherContext, received: unknown, what: string, rule: object): MatcherResult {
  const report = reportOf(received)
  const source = expectationsOf({ connections: [rule], capture: { findings: {}, quality: 'any' } })
  const results = evaluate(report, [source])
  const unmet = results.filter(isUnmet)
  const [aspect] = results.filter(({ rule }) => rule !== 'count')
  const isSome = aspect !== undefined && (aspect.checked ?? 0) > aspect.unmet
  const expected = aspect?.expected ?? ''
  const head = `expected ${subjectText(report)} ${what}: ${expected}`
  const whenMet = () => `expected no connection ${what}: ${expected}\n\n${firstMet(report, source)}`
  return result(report, unmet, isNot ? isSome : unmet.length === 0, head, whenMet)
}

/** The first connection that is as it should not be. */
function firstMet({ connections }: Report, source: Expectations): string {
  const met = connections.find((connection) => !evaluate(reportOf(connection), [source]).some(isUnmet))
  if (met === undefined) return ''
  return `connection ${met.connection}, ${endpointText(met.client)} to ${endpointText(met.server)} is so`
}

/** @param whenMet - what to say when it is met, though it should not be */
function result(
  report: Report,
  unmet: readonly CheckResult[],
  pass: boolean,
  head: string,
  whenMet: () => string,
): MatcherResult {
  const message = () => {
    if (pass) return whenMet()
    const [first] = unmet
    return first === undefined ? head : `${head}\n\n${failureText(first, report.connections)}`
  }
  return { pass, message }
}

function isUnmet({ unmet }: CheckResult): boolean {
  return unmet > 0
}

function subjectText({ captures, connections }: Report): string {
  if (captures.length === 0) return 'the connection'
  return connections.length === 1 ? 'the only connection' : `each of ${counted(connections.length, 'connection')}`
}
