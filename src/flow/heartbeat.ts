/**
 * Whether a silent connection speaks at regular times: keep-alives, pings. A beat is what comes after a pause. Kept in
 * words of a page, not in an object: where connections are open for long, nearly every one of them pauses.
 */

/** Bytes of both ends in one beat: what carries more transfers something. */
const MAX_BYTES = 1460
/** Beats are regular when each comes within this part of the mean period. */
const TOLERANCE = 0.2
/** As many periods in a row, at least. */
const ENOUGH = 3

/**
 * Words: as doubles, when the last pause ended, payload of both ends until then, the mean period of the row of regular
 * beats that goes on, and of the longest; how many beats there are in the one, and in the other, 0 before the first.
 */
const LAST = 0
const LAST_BYTES = 2
const MEAN = 4
const LONGEST_MEAN = 6
const BEATS = 8
const LONGEST_BEATS = 9
export const HEARTBEAT_WORDS = 10

/** Notes in the words from `at` on, an even number, that a pause ended. `bytes`: payload of both ends until then. */
export function beat(words: Int32Array, doubles: Float64Array, at: number, timeNs: number, bytes: number): void {
  const half = at >> 1
  const before = words[at + BEATS]!
  const isTransfer = bytes - doubles[half + (LAST_BYTES >> 1)]! > MAX_BYTES
  if (before === 0 || isTransfer) words[at + BEATS] = 1
  else enter(words, doubles, at, timeNs - doubles[half]!)
  doubles[half + (LAST >> 1)] = timeNs
  doubles[half + (LAST_BYTES >> 1)] = bytes
}

function enter(words: Int32Array, doubles: Float64Array, at: number, periodNs: number): void {
  const mean = (at + MEAN) >> 1
  const meanNs = doubles[mean]!
  const isRegular = words[at + BEATS] === 1 || Math.abs(periodNs - meanNs) <= meanNs * TOLERANCE
  const periods = isRegular ? words[at + BEATS]! : 1
  doubles[mean] = periods === 1 ? periodNs : meanNs + (periodNs - meanNs) / periods
  words[at + BEATS] = periods + 1
  if (words[at + BEATS]! < words[at + LONGEST_BEATS]!) return
  words[at + LONGEST_BEATS] = periods + 1
  doubles[(at + LONGEST_MEAN) >> 1] = doubles[mean]!
}

/** Of the longest row of regular beats, in seconds; null when there was none. */
export function periodSeconds(words: Int32Array, doubles: Float64Array, at: number): number | null {
  return words[at + LONGEST_BEATS]! <= ENOUGH ? null : doubles[(at + LONGEST_MEAN) >> 1]! / 1e9
}
