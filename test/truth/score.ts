/**
 * A report against what the kernels did, counted.
 */
import type { ConnectionReport, Report } from '../../src/index.ts'
import { type Claim, type Claims, claimsOf, comparable } from './claimed.ts'
import { type Expectation, expectationOf } from './expected.ts'
import { assignIncarnations } from './incarnations.ts'
import { isAsExpected, type Pairing, paired } from './match.ts'
import { type Endpoint, type KernelConnection, pairOf, type Recording, SIDES, type SideName } from './recording.ts'
import { type Timing, timingOf } from './time-rule.ts'

export type Evidence = Claim['evidence']

/** One of the report's transitions that the kernel did not make, or not then. */
export interface Objection {
  /** Which recording, connection and side. */
  where: string
  side: SideName
  claim: Claim
}

export interface Difference {
  where: string
  recording: string
  side: SideName
  kernel: string
  finwait: string
}

export interface Score {
  connections: number
  /** Of the kernel's, not in the report. */
  missing: number
  /** Of the report's, not the kernel's. */
  spurious: number
  sides: number
  /** Sides whose states are the kernel's. */
  right: number
  /** The same, and every optional state is there. */
  exact: number
  /** The kernel's transitions that are not optional, and how many of them the report has. */
  required: number
  found: number
  /** Transitions of the report, and how many of them the kernel made. */
  stated: number
  correct: number
  /** Transitions whose frame the truth names, and how many name the same. */
  frames: number
  sameFrame: number
  /** By grade: what the kernel made at that time, and what it did not. */
  grades: Record<Evidence, { right: number; wrong: number }>
  timing: Record<Timing, number>
  differences: Difference[]
  /** Transitions that the kernel did not make. */
  false: Objection[]
  /** Outside of cause and proof. */
  mistimed: Objection[]
  /** The kernel moved long before the segment that shows it. */
  early: Objection[]
}

export function emptyScore(): Score {
  const grade = () => ({ right: 0, wrong: 0 })
  return {
    ...{ connections: 0, missing: 0, spurious: 0, sides: 0, right: 0, exact: 0 },
    ...{ required: 0, found: 0, stated: 0, correct: 0, frames: 0, sameFrame: 0 },
    grades: { observed: grade(), proved: grade(), assumed: grade() },
    timing: { kept: 0, broken: 0, early: 0 },
    ...{ differences: [], false: [], mistimed: [], early: [] },
  }
}

export function scoreOf(recording: Recording, report: Report): Score {
  const score = emptyScore()
  const reports = byPair(report.connections)
  const kernels = byPair(recording.connections)
  for (const [pair, connections] of kernels) {
    const { found, spurious } = assignIncarnations(connections, reports.get(pair) ?? [])
    for (const { kernel, report } of found) scoreConnection(score, recording, kernel, report)
    countSpurious(score, spurious)
  }
  for (const [pair, connections] of reports) {
    if (!kernels.has(pair) && !recording.isWithoutSocket(pair)) countSpurious(score, connections)
  }
  return score
}

function byPair<T extends { client: Endpoint; server: Endpoint }>(connections: readonly T[]): Map<string, T[]> {
  const pairs = new Map<string, T[]>()
  for (const connection of connections) {
    const pair = pairOf(connection.client, connection.server)
    pairs.set(pair, [...(pairs.get(pair) ?? []), connection])
  }
  return pairs
}

function countSpurious(score: Score, connections: readonly ConnectionReport[]): void {
  score.spurious += connections.length
  for (const { transitions } of connections) score.stated += transitions.length
}

function scoreConnection(
  score: Score,
  recording: Recording,
  kernel: KernelConnection,
  report: ConnectionReport | null,
): void {
  score.connections++
  if (report === null) score.missing++
  const { address, port } = kernel.client
  const isSwapped = report !== null && (report.client.address !== address || report.client.port !== port)
  for (const side of SIDES) {
    if (kernel.sides[side] === null) continue
    const expectation = expectationOf(kernel, side, recording)
    const reported = isSwapped ? other(side) : side
    const claims = comparable(report ? claimsOf(report, reported) : [], expectation)
    scoreSide(score, { recording, kernel, side, expectation, claims, isMissing: report === null })
  }
}

function other(side: SideName): SideName {
  return side === 'client' ? 'server' : 'client'
}

interface Side {
  recording: Recording
  kernel: KernelConnection
  side: SideName
  expectation: Expectation
  claims: Claims
  isMissing: boolean
}

function scoreSide(score: Score, side: Side): void {
  const { entered } = side.expectation
  const claims = side.claims.entered
  const pairings = paired(entered, claims)
  const isRight = !side.isMissing && isAsExpected(entered, claims)
  const isExact = isRight && entered.length === claims.length
  score.sides++
  if (isRight) score.right++
  else score.differences.push(differenceOf(side))
  if (isExact) score.exact++
  score.required += entered.filter(({ isOptional }) => !isOptional).length
  score.found += pairings.filter(({ expected }) => !expected.isOptional).length
  score.stated += claims.length
  score.correct += pairings.length
  countFrames(score, pairings)
  countGrades(score, side, pairings)
}

function countFrames(score: Score, pairings: readonly Pairing[]): void {
  for (const { expected, claim } of pairings) {
    if (expected.kernel.frame === null || claim.frame === null) continue
    score.frames++
    if (expected.kernel.frame === claim.frame) score.sameFrame++
  }
}

function countGrades(score: Score, side: Side, pairings: readonly Pairing[]): void {
  const where = whereIs(side)
  for (const claim of side.claims.before) score.grades[claim.evidence].right++
  for (const claim of side.claims.entered) {
    const pairing = pairings.find((one) => one.claim === claim)
    const isAtTap = side.kernel.sides[side.side]?.isAtTap ?? false
    const timing = pairing ? timingOf(claim, pairing.expected.kernel, isAtTap) : null
    if (timing !== null) score.timing[timing]++
    if (!pairing) score.false.push({ where, side: side.side, claim })
    if (timing === 'broken') score.mistimed.push({ where, side: side.side, claim })
    if (timing === 'early') score.early.push({ where, side: side.side, claim })
    score.grades[claim.evidence][pairing && timing !== 'broken' ? 'right' : 'wrong']++
  }
}

function whereIs({ recording, kernel: { client, server }, side }: Side): string {
  return `${recording.name} ${client.address}:${client.port} – ${server.address}:${server.port} ${side}`
}

function differenceOf(side: Side): Difference {
  const { before, entered } = side.expectation
  const states = entered.map(({ state, isOptional }) => (isOptional ? `(${state})` : state))
  const lead = before.length > 0 ? [`[${before.at(-1)}]`] : []
  return {
    where: whereIs(side),
    recording: side.recording.name,
    side: side.side,
    kernel: [...lead, ...states].join(' ') || 'nothing',
    finwait: side.isMissing
      ? 'no such connection'
      : side.claims.entered.map(({ state }) => state).join(' ') || 'nothing',
  }
}
