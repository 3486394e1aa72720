/**
 * The promises that a report must keep against the truth of a world. Each returns what is wrong, as sentences.
 *
 * What a tap can know (and so what is promised) depends on what it sees:
 * 1. Whatever the tap: an `observed` or `proved` event has happened at that host, by the time of its proof.
 * 2. A tap that sees every segment sent: `observed` and `proved` transitions are true ones, in the true order, and
 *    the true moment lies between cause and proof; none that the wire shows is missing. `assumed` may be wrong:
 *    nothing shows a tap what is lost behind it.
 * 3. In a network that, moreover, loses and reorders nothing: the sequences are the true ones, `assumed` included.
 */
import { type Claim, isGone, isSameState } from './claims.ts'
import { ACK, FIN, type HostIndex, minus, plus, RST, type Sent, SYN } from './segment.ts'
import type { TrueTransition } from './truth.ts'
import type { World } from './world.ts'

/** Whether the tap saw every segment that was sent, once at least. */
export function isTapComplete({ sent, crossings, spec }: World): boolean {
  if (spec.network.fates.length === 0 && spec.tap.misses.length === 0 && spec.tap.fromMs === 0) {
    return spec.tap.sees === 'both'
  }
  const seen = new Set(crossings.map((crossing) => crossing.sent))
  return sent.every((segment) => seen.has(segment))
}

/** Whether everything that was sent arrived once, in order, at a host that was there. */
export function isFaithful(world: World): boolean {
  const isAway = world.spec.hosts.some(
    ({ opens, application }) => opens === 'silent' || application.actions.some(({ call }) => call === 'crash'),
  )
  return isTapComplete(world) && world.spec.network.isOrdered && world.spec.network.fates.length === 0 && !isAway
}

/** Promise 1. */
export function eventsHappened(world: World, host: HostIndex, claims: readonly Claim[]): string[] {
  return claims
    .filter((claim) => claim.evidence !== 'assumed' && !hasHappened(world, host, claim))
    .map((claim) => `this never happened: ${claim.text}`)
}

function hasHappened(world: World, host: HostIndex, claim: Claim): boolean {
  const [direction, what = ''] = [claim.event.slice(0, 3), claim.event.slice(4)]
  const byUs = (claim.evidence === 'observed' ? claim.causeUs : claim.proofUs) ?? Number.NEGATIVE_INFINITY
  if (direction === 'snd') {
    return world.sent.some((sent) => sent.from === host && sent.departsUs <= byUs && isKind(world, host, sent, what))
  }
  if (direction !== 'rcv') return false
  return world.sent.some(
    (sent) =>
      sent.from !== host &&
      sent.copies.some(({ arrivesUs }) => arrivesUs !== null && arrivesUs <= byUs) &&
      isKind(world, host, sent, what),
  )
}

function isKind(world: World, host: HostIndex, sent: Sent, what: string): boolean {
  const { flags } = sent
  if (what.startsWith('SYN,ACK')) return (flags & (SYN | ACK)) === (SYN | ACK)
  if (what.startsWith('SYN')) return (flags & SYN) !== 0
  if (what.startsWith('FIN')) return (flags & FIN) !== 0
  if (what.startsWith('RST')) return (flags & RST) !== 0
  const acknowledged = what === 'ACK of FIN' ? FIN : SYN
  return world.sent.some(
    (own) =>
      own.from === host &&
      own.flags & acknowledged &&
      minus(sent.ack, plus(own.seq, own.payloadLength)) > 0 &&
      flags & ACK,
  )
}

/** Promise 2. */
export function statesAreTrue(world: World, host: HostIndex, claims: readonly Claim[]): string[] {
  const { transitions } = world.truths[host]
  const wrong: string[] = []
  let next = 0
  let isGuessing = false
  for (const claim of claims) {
    if (claim.evidence === 'assumed') {
      isGuessing = true
      continue
    }
    const found = transitions.findIndex(
      (truth, at) => at >= next && isSameState(truth.to, claim.to) && isWithin(claim, truth),
    )
    const truth = transitions[found]
    if (!truth) wrong.push(`not so, or not then: ${claim.text}`)
    else if (!isGuessing && !isSameState(truth.from, claim.from)) wrong.push(`it was in ${truth.from}: ${claim.text}`)
    if (found >= 0) next = found + 1
    isGuessing = false
  }
  return [...wrong, ...missing(transitions, claims, (truth) => truth.shown === 'sent' || truth.acknowledgedUs !== null)]
}

/** Promise 3. */
export function sequenceIsTrue(world: World, host: HostIndex, claims: readonly Claim[]): string[] {
  const { transitions } = world.truths[host]
  const wrong: string[] = []
  let next = 0
  for (const claim of claims) {
    const found = transitions.findIndex(
      (truth, at) => at >= next && isSameState(truth.to, claim.to) && isWithin(claim, truth),
    )
    if (found >= 0) next = found + 1
    else if (!isTooLate(world, host, claim)) wrong.push(`not so, or not then: ${claim.text}`)
  }
  return [...wrong, ...missing(transitions, claims, isShown)]
}

function isShown(truth: TrueTransition): boolean {
  if (truth.shown === 'received') return truth.acknowledgedUs !== null
  return truth.shown !== 'silent'
}

/**
 * The segment passed the tap before the host's own RST did, but reached a host that had sent it already. Two
 * segments crossed, and a tap cannot know.
 */
function isTooLate(world: World, host: HostIndex, claim: Claim): boolean {
  if (claim.evidence !== 'assumed') return false
  const cause = world.crossings.find(({ frame }) => frame === claim.causeFrame)
  const arrivesUs = cause?.copy.arrivesUs ?? null
  return world.truths[host].transitions.some(
    (truth) => isGone(truth.to) && arrivesUs !== null && truth.us <= arrivesUs && truth.us > arrivesUs - 1_000_000,
  )
}

/** Whether the true moment lies between cause and proof; on the sender's own account, before the tap saw it. */
function isWithin(claim: Claim, truth: TrueTransition): boolean {
  if (claim.evidence === 'observed') return claim.causeUs === null || truth.us <= claim.causeUs
  const isAfterCause = claim.causeUs === null || truth.us >= claim.causeUs
  return isAfterCause && (claim.proofUs === null || truth.us <= claim.proofUs)
}

function missing(
  transitions: readonly TrueTransition[],
  claims: readonly Claim[],
  isRequired: (truth: TrueTransition) => boolean,
): string[] {
  const wrong: string[] = []
  let next = 0
  for (const truth of transitions) {
    const found = claims.findIndex((claim, at) => at >= next && isSameState(claim.to, truth.to))
    if (found >= 0 && isRequired(truth)) next = found + 1
    else if (isRequired(truth))
      wrong.push(`missing: ${truth.from} > ${truth.to} at ${truth.us / 1e6} s (${truth.shown})`)
  }
  return wrong
}
