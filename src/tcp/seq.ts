/**
 * Sequence numbers mod 2^32 (RFC 9293 §3.4), kept as int32 throughout.
 */

/** How far `a` is beyond `b`: positive when later, negative when earlier, valid within ±2^31. */
export function distance(a: number, b: number): number {
  return (a - b) | 0
}

/** Whether an acknowledgment `ack` covers everything before `end`. */
export function covers(ack: number, end: number): boolean {
  return ((ack - end) | 0) >= 0
}

/** Whether `seq` lies in `[start, end)`. */
export function within(seq: number, start: number, end: number): boolean {
  return ((seq - start) | 0) >= 0 && ((end - seq) | 0) > 0
}
