/**
 * How far a connection has come since its last SYN, FIN or RST, in the word `PHASE` of its record: which segments are
 * kept in the log, and when there are enough of them.
 */
import { PHASE_ENTRIES_SHIFT } from './record.ts'

/** Segments without SYN, FIN or RST kept of each side after one of these: enough to prove what it led to. */
const PLAIN_KEPT = 8
/** As many of each side, or of both together, and nothing unacknowledged: the connection is settled. */
const PLAIN_ENOUGH = 2
const PLAIN_TOTAL = 24
const PLAIN_MASK = 0xff

/** Whether a plain segment of end `direction` is kept whatever it says. */
export function keepsPlain(phase: number, direction: number): boolean {
  return ((phase >>> (8 * direction)) & PLAIN_MASK) < PLAIN_KEPT
}

/** The phase after one more segment. */
export function phaseAfter(phase: number, direction: number, isControl: boolean): number {
  if (isControl) return phase & ~0xffff
  const shift = 8 * direction
  return ((phase >>> shift) & PLAIN_MASK) < PLAIN_MASK ? phase + (1 << shift) : phase
}

/** Whether both sides have said enough. */
export function isEnough(phase: number): boolean {
  const a = phase & PLAIN_MASK
  const b = (phase >>> 8) & PLAIN_MASK
  return (a >= PLAIN_ENOUGH && b >= PLAIN_ENOUGH) || a + b >= PLAIN_TOTAL
}

/** Entries of the log that the connection has. */
export function entriesIn(phase: number): number {
  return phase >>> PHASE_ENTRIES_SHIFT
}
