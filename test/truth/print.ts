/**
 * Scores as text.
 */
import type { Claim } from './claimed.ts'
import type { Objection, Score } from './score.ts'
import { byKind, meanShare, type Scored, sumOf } from './totals.ts'

const WIDTHS = [36, 6, 5, 5, 10, 7, 7, 7, 7, 7, 9] as const
const HEADINGS = [
  ...['', 'conn.', 'miss.', 'spur.', 'sides', 'right', 'exact', 'recall', 'precis.', 'frame', 'in time'],
] as const

/** One line a recording, one a kind, the sums and what is wrong; `isVerbose` adds what differs to every recording. */
export function scoreText(all: readonly Scored[], isVerbose: boolean): string {
  const rows = all.flatMap((one) => [row(one), ...(isVerbose ? differences(one.score) : [])])
  const kinds = byKind(all)
  const hasKinds = kinds.length < all.length
  const total = sumOf(all.map(({ score }) => score))
  return [
    line(HEADINGS),
    ...rows,
    ...(hasKinds ? ['', ...kinds.map(({ kind, ...rest }) => row({ kind, ...rest, name: `all of ${kind}` }))] : []),
    '',
    row({ name: 'total', kind: '', score: total }),
    '',
    ...(isVerbose ? [] : differences(total)),
    ...summary(all, kinds, total),
  ].join('\n')
}

function row({ name, score }: Scored): string {
  const { connections, missing, spurious, right, sides, exact, required, found, stated, correct } = score
  const { frames, sameFrame, timing } = score
  return line([
    name,
    ...[connections, missing, spurious].map(String),
    `${right}/${sides}`,
    ...[share(right, sides), share(exact, sides), share(found, required), share(correct, stated)],
    ...[share(sameFrame, frames), `${timing.kept + timing.early}/${timing.kept + timing.early + timing.broken}`],
  ])
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[at] ?? 0)))
  return padded.join(' ').trimEnd()
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : percent(part / whole)
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

function differences({ differences }: Score): string[] {
  return differences.map(
    ({ where, kernel, finwait }) => `    ${where}\n        kernel   ${kernel}\n        finwait  ${finwait}`,
  )
}

function summary(all: readonly Scored[], kinds: readonly Scored[], total: Score): string[] {
  const isRight = ({ score }: Scored): boolean => score.right === score.sides && score.spurious === 0
  const { grades } = total
  const grade = (name: keyof Score['grades']): string =>
    `${name} ${grades[name].right} true, ${grades[name].wrong} false`
  const mean = (part: 'right' | 'found' | 'correct', of = all): string => percent(meanShare(of, part))
  return [
    `grades: ${grade('observed')}; ${grade('proved')}; ${grade('assumed')}`,
    ...objections('not made by the kernel', total.false),
    ...objections('outside of cause and proof', total.mistimed),
    ...objections('made long before the segment that shows it left', total.early),
    `mean of the captures: right ${mean('right')}, recall ${mean('found')}, precision ${mean('correct')}; ` +
      `of ${kinds.length} kinds: right ${mean('right', kinds)}`,
    `captures with every side right: ${all.filter(isRight).length}/${all.length}`,
  ]
}

function objections(what: string, list: readonly Objection[]): string[] {
  const lines = list.map(({ where, claim }) => `    ${where}: ${claimText(claim)}`)
  return [`${what}: ${list.length}`, ...lines]
}

function claimText({ state, event, evidence, frame }: Claim): string {
  return `${state}, ${event}, ${evidence}${frame === null ? '' : `, frame ${frame}`}`
}
