/**
 * `open` and `handshake`: how a connection opens.
 */
import { counted } from '../../report/text.ts'
import { duration } from '../../report/time.ts'
import type { OpenKind } from '../../tcp/opening.ts'
import type { HandshakeRule } from '../language.ts'
import { listOf } from '../match.ts'
import { type Aspect, either, framesOr, seen } from './aspect.ts'
import { countText, isWithin } from './count.ts'

/** The ways to open after which both sides know that the connection is open. */
const COMPLETED: readonly OpenKind[] = ['three-way', 'simultaneous', 'split', 'fast-open']

export function openAspect(open: OpenKind | readonly OpenKind[]): Aspect {
  const kinds = listOf(open)
  return {
    rule: 'open',
    expected: either(kinds),
    judge(connection) {
      const { kind } = connection.open
      return kinds.includes(kind) ? [] : [seen(kind, connection, framesOr(connection.open, connection))]
    },
  }
}

export function handshakeAspect({ completed, rtt, retransmissions }: HandshakeRule): Aspect {
  const limit = rtt === undefined ? null : limitOf(rtt)
  const expected: string[] = []
  if (completed !== undefined) expected.push(completed ? 'completed' : 'not completed')
  if (rtt !== undefined) expected.push(`round trip ${rtt}`)
  if (retransmissions !== undefined) expected.push(countText(retransmissions, 'retransmission'))
  return {
    rule: 'handshake',
    expected: expected.join(', '),
    judge(connection) {
      const { open } = connection
      const sentAgain = open.synRetransmissions + open.synAckRetransmissions
      const said: string[] = []
      if (completed !== undefined && COMPLETED.includes(open.kind) !== completed)
        said.push(completed ? `not completed: ${open.kind}` : `completed: ${open.kind}`)
      if (limit !== null && (open.rtt === null || !limit(open.rtt)))
        said.push(open.rtt === null ? 'no round trip was seen' : `round trip ${duration(open.rtt)}`)
      if (retransmissions !== undefined && !isWithin(retransmissions, sentAgain))
        said.push(counted(sentAgain, 'retransmission'))
      return said.length === 0 ? [] : [seen(said.join(', '), connection, framesOr(open, connection))]
    },
  }
}

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 }

/** `< 50ms` → whether a number of seconds is within. */
function limitOf(text: string): (seconds: number) => boolean {
  const [, operator, number, unit] = /^(<=?)\s*([\d.]+)\s*(\S+)$/.exec(text) as unknown as [
    string,
    string,
    string,
    string,
  ]
  const limit = Number(number) * SECONDS[unit]!
  return operator === '<' ? (seconds) => seconds < limit : (seconds) => seconds <= limit
}
