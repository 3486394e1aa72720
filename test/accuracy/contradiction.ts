/**
 * The marking rule: what a verdict claims, in its tool's own words, and whether the truth says the opposite. A verdict
 * that claims nothing, or less than there is to know, is never wrong.
 */
import type { FinwaitVerdict } from './finwait.ts'
import type { Peer } from './peers.ts'
import type { Story, TrueConnection, TrueSide } from './story.ts'

export interface Contradiction {
  /** What the tool says, and what is true. */
  text: string
  /** Whether the capture shows that it is wrong. */
  isShown: boolean
}

/** What a verdict claims of its connection; what it does not speak of is left out. */
interface Claim {
  /** The handshake was completed. */
  isOpened?: true
  /** The connection is over on both sides, or goes on. */
  isOver?: boolean
  /** A RST ended it, or kept it from beginning. */
  isReset?: true
}

const CLAIMS: Record<Peer, readonly (readonly [RegExp, Claim])[]> = {
  tshark: [
    [/^\d+ Complete/, { isOpened: true, isOver: true }],
    [/^\d+ Incomplete, ESTABLISHED/, { isOpened: true }],
  ],
  tcptrace: [
    [/^yes/, { isOpened: true, isOver: true }],
    [/^RESET/, { isReset: true }],
  ],
  argus: [
    [/^RST/, { isReset: true }],
    [/^CON/, { isOpened: true, isOver: false }],
  ],
}

/** argus counts flow records, of which a connection may have several, and several connections one. */
const COUNTS_CONNECTIONS: Record<Peer, boolean> = { tshark: true, tcptrace: true, argus: false }

export function peerContradictions(story: Story, peer: Peer, verdicts: readonly string[]): Contradiction[] {
  // A tool that cannot read the link layer, or sees nothing, claims nothing.
  if (verdicts.length === 0) return []
  const count = COUNTS_CONNECTIONS[peer] ? countContradictions(story, verdicts.length) : []
  if (verdicts.length !== story.connections.length) return count
  return story.connections.flatMap((connection, at) => {
    const claims = CLAIMS[peer].filter(([words]) => words.test(verdicts[at]!))
    return claims.flatMap(([, claim]) => claimContradictions(connection, claim, verdicts[at]!))
  })
}

function countContradictions({ connections, isAll }: Story, count: number): Contradiction[] {
  if (!isAll || count === connections.length) return []
  const counted = `${count} connection${count === 1 ? '' : 's'}`
  return [{ text: `${counted} (truth: ${connections.length})`, isShown: true }]
}

function claimContradictions(connection: TrueConnection, claim: Claim, verdict: string): Contradiction[] {
  const truth = oppositeOf(connection, claim)
  return truth === null ? [] : [{ text: `“${verdict}” (truth: ${truth.text})`, isShown: truth.isShown }]
}

/** What is true of the connection and the opposite of the claim; null when nothing is. */
function oppositeOf(connection: TrueConnection, { isOpened, isOver, isReset }: Claim): Contradiction | null {
  const sides = [connection.client, connection.server]
  const known = sides.filter(({ states }) => states !== null)
  const open = known.filter(({ states }) => !isFinal(states!.at(-1)))
  const isAnyShown = (some: readonly TrueSide[]): boolean => some.some(({ isShown }) => isShown)
  if (isOpened && !known.every(({ states }) => states!.some(isSynchronized))) {
    return { text: 'one side never was ESTABLISHED', isShown: true }
  }
  if (isReset && known.length === sides.length && !known.some(({ states }) => isAborted(states!))) {
    return { text: 'no RST ended it', isShown: true }
  }
  const text = endsOf(connection)
  if (isOver === true && open.length > 0) return { text, isShown: isAnyShown(open) }
  if (isOver === false && open.length === 0) return { text, isShown: isAnyShown(sides) }
  return null
}

export function finwaitContradictions(story: Story, verdicts: readonly FinwaitVerdict[]): Contradiction[] {
  const count = countContradictions(story, verdicts.length)
  if (count.length > 0 || !story.isAll) return count
  return story.connections.flatMap((connection, at) =>
    (['client', 'server'] as const).flatMap((name) => stateContradictions(connection[name], name, verdicts[at]![name])),
  )
}

function stateContradictions({ states, isShown }: TrueSide, name: string, claimed: string | null): Contradiction[] {
  if (claimed === null || states === null) return []
  const truth = states.at(-1) ?? 'CLOSED'
  const isSame = claimed === truth || (isGone(claimed) && isGone(truth))
  return isSame ? [] : [{ text: `${name} ${claimed} (truth: ${truth})`, isShown }]
}

/** `TIME-WAIT / CLOSED`; a dash where there is no socket, or nobody knows. */
export function endsOf({ client, server }: TrueConnection): string {
  return [client, server].map(({ states }) => states?.at(-1) ?? '–').join(' / ')
}

function isSynchronized(state: string): boolean {
  return !['CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED'].includes(state)
}

function isGone(state: string): boolean {
  return state === 'CLOSED' || state === 'LISTEN'
}

function isFinal(state: string | undefined): boolean {
  return state === undefined || isGone(state) || state === 'TIME-WAIT'
}

/** Gone from a state that no close ends in; from TIME-WAIT, a RST may have done it. */
function isAborted(states: readonly string[]): boolean {
  return states.some((state, at) => isGone(state) && states[at - 1] !== 'LAST-ACK')
}
