/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443) errors, for the header that they quote: a SYN that nobody answers may have been
 * answered by a router.
 */

import type { Cursor } from './cursor.ts'
import { Layer, Outcome, type Step } from './outcome.ts'

/** Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
const ICMP_QUOTING = new Set([3, 4, 5, 11, 12])
/** Destination unreachable, packet too big, time exceeded, parameter problem. */
const ICMPV6_QUOTING = new Set([1, 2, 3, 4])

export function readIcmp(cursor: Cursor): Step {
  return readError(cursor, ICMP_QUOTING)
}

export function readIcmpv6(cursor: Cursor): Step {
  return readError(cursor, ICMPV6_QUOTING)
}

function readError(cursor: Cursor, quoting: ReadonlySet<number>): Step {
  const { view, at } = cursor
  // A message without room for a quotation is complete as it is.
  if (cursor.isQuote || at + 8 >= cursor.end) return Outcome.NO_TCP
  const type = view.getUint8(at)
  if (!quoting.has(type)) return Outcome.NO_TCP
  cursor.isQuote = true
  cursor.icmpType = type
  cursor.icmpCode = view.getUint8(at + 1)
  cursor.at = at + 8
  return Layer.IP
}
