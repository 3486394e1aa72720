/**
 * Comparisons of many captures → the score of each field, as text, and whether it is good enough.
 */
import type { Comparison, Field } from './compare.ts'

export interface Compared {
  capture: string
  comparison: Comparison
}

/** Percent that must agree, and what is counted. docs/agreement.md explains what is missing. */
const FIELDS: Record<Field, { unit: string; floor: number }> = {
  packets: { unit: 'captures', floor: 98 },
  'TCP segments': { unit: 'captures', floor: 99 },
  streams: { unit: 'captures', floor: 98 },
  'stream: ends': { unit: 'streams', floor: 98 },
  'stream: segments and bytes': { unit: 'streams', floor: 98 },
  'stream: completeness': { unit: 'streams', floor: 98 },
  'segment: stream': { unit: 'segments', floor: 96 },
  'segment: flags and length': { unit: 'segments', floor: 99 },
  'connection: stream': { unit: 'connections', floor: 98 },
  'connection: completeness': { unit: 'connections', floor: 99 },
  retransmission: { unit: 'frames', floor: 99 },
  'out-of-order': { unit: 'frames', floor: 85 },
  'keep-alive': { unit: 'frames', floor: 97 },
  'zero-window': { unit: 'frames', floor: 99 },
}

export const FIELD_NAMES = Object.keys(FIELDS) as Field[]

export interface Score {
  field: Field
  unit: string
  compared: number
  agreeing: number
  byRule: number
  /** Share that agrees, of what does not differ by rule; null when nothing was there to compare. */
  percent: number | null
  floor: number
}

export function scoresOf(all: readonly Compared[]): Score[] {
  return FIELD_NAMES.map((field) => {
    const tallies = all.flatMap(({ comparison }) => comparison[field] ?? [])
    const compared = tallies.reduce((sum, tally) => sum + tally.compared, 0)
    const byRule = tallies.reduce((sum, tally) => sum + tally.byRule, 0)
    const agreeing = compared - byRule - tallies.reduce((sum, tally) => sum + tally.differences.length, 0)
    const percent = compared === byRule ? null : (100 * agreeing) / (compared - byRule)
    return { field, ...FIELDS[field], compared, agreeing, byRule, percent }
  })
}

/** Fields that agree less than they must, or were never compared. */
export function belowFloor(scores: readonly Score[]): Score[] {
  return scores.filter(({ percent, floor }) => percent === null || percent < floor)
}

export function scoreText(scores: readonly Score[], captures: number): string {
  const rows = scores.map(({ field, unit, compared, agreeing, byRule, percent, floor }) => [
    field,
    unit,
    String(compared),
    String(byRule),
    String(agreeing),
    percent === null ? '-' : percentText(percent),
    `${floor}`,
  ])
  const lines = aligned([['field', 'of', 'compared', 'by rule', 'agree', '%', 'floor'], ...rows])
  return `${captures} captures\n\n${lines.join('\n')}\n`
}

/** Rounded down: 100.00 means all. */
function percentText(percent: number): string {
  return (Math.floor(percent * 100) / 100).toFixed(2)
}

function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '),
  )
}

/** The captures with the most differences, worst first, and in which fields. */
export function worstText(all: readonly Compared[], count: number): string {
  const ranked = all
    .map(({ capture, comparison }) => ({ capture, fields: differing(comparison) }))
    .filter(({ fields }) => fields.length > 0)
    .sort((a, b) => total(b.fields) - total(a.fields))
  const lines = ranked
    .slice(0, count)
    .map(({ capture, fields }) => `  ${capture}: ${fields.map(([field, number]) => `${number} ${field}`).join(', ')}`)
  return [`${ranked.length} captures differ in something${lines.length > 0 ? '; most:' : ''}`, ...lines, ''].join('\n')
}

function differing(comparison: Comparison): [Field, number][] {
  return FIELD_NAMES.map((field): [Field, number] => [field, comparison[field]?.differences.length ?? 0]).filter(
    ([, number]) => number > 0,
  )
}

function total(fields: readonly [Field, number][]): number {
  return fields.reduce((sum, [, number]) => sum + number, 0)
}

/** Every difference of one field, a line each. */
export function differencesText(all: readonly Compared[], field: Field): string {
  return all
    .flatMap(({ capture, comparison }) => (comparison[field]?.differences ?? []).map((line) => `${capture}: ${line}\n`))
    .join('')
}
