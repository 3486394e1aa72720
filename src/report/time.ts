/**
 * Moments and intervals as a reader wants them. Knows no clock: every time comes out of the report.
 */
import { NO_BREAK } from './text.ts'

/** The last day asked for, and when it began: most moments of a report share it, and `Date.parse` takes 0.3 µs. */
let lastDay = ''
let lastDaySeconds = 0

/** `2026-11-20T10:00:00.123456789Z` → whole seconds since 1970. */
function wholeSeconds(time: string): number {
  const day = time.slice(0, 10)
  if (day !== lastDay) {
    lastDay = day
    lastDaySeconds = Date.parse(day) / 1000
  }
  return lastDaySeconds + digits(time, 11, 2) * 3600 + digits(time, 14, 2) * 60 + digits(time, 17, 2)
}

/** The number that `count` digits at `start` write; what is no digit counts as 0. */
function digits(text: string, start: number, count: number): number {
  let value = 0
  for (let at = start; at < start + count; at++) {
    const digit = text.charCodeAt(at) - 48
    value = value * 10 + (digit >= 0 && digit <= 9 ? digit : 0)
  }
  return value
}

/**
 * Seconds from one RFC 3339 moment to another, exact to the nanosecond for intervals of up to 104 days.
 *
 * @param from - RFC 3339 in UTC with nanoseconds, as everywhere in the report
 * @param to - the same
 */
export function secondsBetween(from: string, to: string): number {
  return wholeSeconds(to) - wholeSeconds(from) + (digits(to, 20, 9) - digits(from, 20, 9)) / 1e9
}

const UNITS: readonly [seconds: number, name: string][] = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
]

/** An interval in the unit that suits it, three digits or so: `0 s`, `85 µs`, `12.3 ms`, `61.2 s`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 0) return `-${duration(-seconds)}`
  if (seconds === 0) return '0 s'
  if (seconds < 0.0009995) return `${Math.max(1, Math.round(seconds * 1e6))} µs`
  if (seconds < 0.9995) return `${threeDigits(seconds * 1e3)} ms`
  if (seconds < 99.95) return `${threeDigits(seconds)} s`
  let rest = Math.round(seconds)
  if (rest < 120) return `${rest} s`
  for (let i = 0; i < UNITS.length; i++) {
    const [size, name] = UNITS[i]!
    if (rest < size) continue
    const [nextSize, nextName] = UNITS[i + 1] ?? [1, 's']
    const whole = Math.floor(rest / size)
    rest = Math.floor((rest % size) / nextSize)
    return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${nextName}`
  }
  return `${rest} s`
}

function threeDigits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0)
}

/** `2026-11-20 10:00:00.123`: a moment to read, in UTC, to the millisecond; never broken into two lines. */
export function clockTime(time: string): string {
  return `${time.slice(0, 10)}${NO_BREAK}${time.slice(11, 23)}`
}
