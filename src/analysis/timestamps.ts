/**
 * Nanoseconds of the run → RFC 3339 in UTC with nine digits. Only here do seconds since 1970 meet nanoseconds.
 */
import type { TimeBase } from '../capture/packet.ts'

/** The last second written and its text: neighbouring moments share it, and a Date costs 2 µs. */
let lastSecond = -1
let lastText = ''

/** `2026-11-20T10:00:00.000000001Z`; years beyond 9999, from damaged headers, are cut to the last moment of 9999. */
export function timestamp(timeBase: TimeBase, timeNs: number): string {
  const whole = Math.floor(timeNs / 1e9)
  const second = Math.min(Math.max((timeBase.seconds ?? 0) + whole, 0), 253_402_300_799)
  const fraction = Math.min(999_999_999, Math.max(0, Math.round(timeNs - whole * 1e9)))
  if (second !== lastSecond) {
    lastSecond = second
    lastText = new Date(second * 1000).toISOString().slice(0, 19)
  }
  return `${lastText}.${String(fraction).padStart(9, '0')}Z`
}
