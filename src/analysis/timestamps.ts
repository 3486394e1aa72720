/**
 * Nanoseconds of the run → RFC 3339 in UTC with nine digits. Only here do seconds since 1970 meet nanoseconds.
 */
import type { TimeBase } from '../capture/packet.ts'

/**
 * Texts made lately, each at a place that its number gives. Of seconds, for neighbouring moments share them and a Date
 * costs 2 µs; of moments, for a report names each of its few moments about four times.
 */
const RECENT = 256
const seconds = new Float64Array(RECENT).fill(Number.NaN)
const secondTexts: string[] = new Array(RECENT).fill('')
const moments = new Float64Array(RECENT).fill(Number.NaN)
const momentBases = new Float64Array(RECENT)
const momentTexts: string[] = new Array(RECENT).fill('')

/** `000` to `999`: digits in threes take a quarter of the time of `String` and `padStart`. */
const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

/** `2026-11-20T10:00:00.000000001Z`; years beyond 9999, from damaged headers, are cut to the last moment of 9999. */
export function timestamp(timeBase: TimeBase, timeNs: number): string {
  const base = timeBase.seconds ?? 0
  const at = (timeNs / 1000) & (RECENT - 1)
  if (moments[at] !== timeNs || momentBases[at] !== base) {
    moments[at] = timeNs
    momentBases[at] = base
    momentTexts[at] = momentText(base, timeNs)
  }
  return momentTexts[at]!
}

function momentText(base: number, timeNs: number): string {
  const whole = Math.floor(timeNs / 1e9)
  const second = Math.min(Math.max(base + whole, 0), 253_402_300_799)
  const fraction = Math.min(999_999_999, Math.max(0, Math.round(timeNs - whole * 1e9)))
  const micros = Math.trunc(fraction / 1000)
  const digits =
    THREE_DIGITS[Math.trunc(micros / 1000)]! + THREE_DIGITS[micros % 1000]! + THREE_DIGITS[fraction % 1000]!
  return `${secondText(second)}${digits}Z`
}

/** `2026-11-20T10:00:00.` */
function secondText(second: number): string {
  const at = second & (RECENT - 1)
  if (seconds[at] !== second) {
    seconds[at] = second
    secondTexts[at] = new Date(second * 1000).toISOString().slice(0, 20)
  }
  return secondTexts[at]!
}
