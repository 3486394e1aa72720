/**
 * The promises that a report must keep against the truth of a world. Each returns what is wrong, as sentences.
 *
 * What a tap can know (and so what is promised) depends on what it sees:
 * 1. Whatever the tap: an `observed` or `proved` event has happened at that host, by the time of its proof.
 * 2. A tap that sees every segment, in the order of the sender: `observed` and `proved` transitions are true ones, in
 *    the true order, and the true moment lies between cause and proof; none that the wire shows is missing. `assumed`
 *    may be wrong: nothing shows a tap what is lost behind it.
 * 3. In a network that, moreover, loses and reorders nothing: the sequences are the true ones, `assumed` included.
 */
import { type Claim, isGone, isSameState } from './claims.ts'
import { ACK, FIN, type HostIndex, minus, plus, RST, type Sent, SYN } from './segment.ts'
import type { TrueTransition } from './truth.ts'
import type { World } from './world.ts'

/** Whether the tap saw every segment when it was sent first, and those of a host in the order in which it sent them. */
export function isTapComplete({ sent, crossings }: World): boolean {
  const seen = new Set(crossings.map(({ copy }) => copy))
  const lastUs = [0, 0]
  return sent.every(({ from, copies }) => {
    const [first] = copies
    const isInOrder = first?.tapUs != null && first.tapUs >= lastUs[from]!
    lastUs[from] = first?.tapUs ?? 0
    return isInOrder && seen.has(first!)
  })
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
  const known = claims.filter(({ evidence }) => evidence !== 'assumed')
  const wrong = untrue(world, transitions, known).map((claim) => `not so, or not then: ${claim.text}`)
  return [...wrong, ...missing(transitions, claims, (truth) => isOnTheWire(transitions, truth))]
}

/** Whether the wire shows a transition, whatever is lost behind the tap. */
function isOnTheWire(transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  // Which came first to a host in FIN-WAIT-1, the FIN or the ACK of its own, is not to be seen when either came twice.
  if (truth.to === 'CLOSING') return false
  return truth.shown === 'sent' || (truth.acknowledgedUs !== null && !isSameSynAgain(transitions, truth))
}

/** A server that lost its memory during the handshake and took the same SYN, sent again, for a new one. */
function isSameSynAgain(transitions: readonly TrueTransition[], { to, cause, mark }: TrueTransition): boolean {
  if (to !== 'SYN-RECEIVED') return false
  return transitions.some((other) => other.mark < mark && other.to === to && other.cause?.seq === cause?.seq)
}

/** Promise 3. */
export function sequenceIsTrue(world: World, host: HostIndex, claims: readonly Claim[]): string[] {
  const { transitions } = world.truths[host]
  const wrong = untrue(world, transitions, claims, (claim) => isTooLate(world, host, claim))
  return [
    ...wrong.map((claim) => `not so, or not then: ${claim.text}`),
    ...missing(transitions, claims, (truth) => isShown(world, transitions, truth)),
  ]
}

/**
 * The claims that no transition bears out, in the order of both, when as many as possible are borne out. Those that
 * are `excused` need not be.
 */
function untrue(
  world: World,
  transitions: readonly TrueTransition[],
  claims: readonly Claim[],
  isExcused: (claim: Claim) => boolean = () => false,
): Claim[] {
  if (isBorneOut(world, transitions, claims)) return []
  // Least cost of claims[at...] against transitions[from...], from the end.
  const width = transitions.length + 1
  const costs = claims.map((claim) => (isExcused(claim) ? 0.01 : 1))
  const least = new Float64Array((claims.length + 1) * width)
  const fits = (at: number, from: number): boolean => bearsOut(world, transitions[from]!, claims[at]!)
  for (let at = claims.length - 1; at >= 0; at--) {
    for (let from = width - 1; from >= 0; from--) {
      let best = costs[at]! + least[(at + 1) * width + from]!
      if (from + 1 < width) best = Math.min(best, least[at * width + from + 1]!)
      if (from + 1 < width && fits(at, from)) best = Math.min(best, least[(at + 1) * width + from + 1]!)
      least[at * width + from] = best
    }
  }
  const wrong: Claim[] = []
  for (let at = 0, from = 0; at < claims.length; ) {
    const best = least[at * width + from]!
    if (from + 1 < width && fits(at, from) && best === least[(at + 1) * width + from + 1]!) {
      at++
      from++
    } else if (from + 1 < width && best === least[at * width + from + 1]!) from++
    else {
      if (costs[at] === 1) wrong.push(claims[at]!)
      at++
    }
  }
  return wrong
}

/** The quick answer, which is nearly always the right one. */
function isBorneOut(world: World, transitions: readonly TrueTransition[], claims: readonly Claim[]): boolean {
  let next = 0
  return claims.every((claim) => {
    while (next < transitions.length && !bearsOut(world, transitions[next]!, claim)) next++
    return next++ < transitions.length
  })
}

function bearsOut(world: World, truth: TrueTransition, claim: Claim): boolean {
  return isSameState(truth.to, claim.to) && isWithin(world, claim, truth)
}

/** Whether a tap can know of a transition in a faithful network. */
function isShown(world: World, transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  if (truth.shown === 'received') return truth.acknowledgedUs !== null
  return truth.shown !== 'silent' && !isOverflow(world, transitions, truth)
}

/**
 * A server's ABORT before it has sent anything, as RFC 9293 §3.10.5 has it, is the same segment as the RST of a server
 * whose accept queue is full, and which never went to ESTABLISHED.
 */
function isOverflow(world: World, transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  if (truth.to !== 'ESTABLISHED' || truth.shown !== 'unanswered') return false
  const rst = transitions.find(({ mark, shown }) => mark > truth.mark && shown === 'sent')?.cause
  if (rst?.flags !== RST) return false
  return !world.sent.some(({ from, mark }) => from === rst.from && mark > truth.mark && mark < rst.mark)
}

/**
 * The segment passed the tap and reached a host that had no connection any more: by its own RST, which had not passed
 * the tap yet, or by something that no tap sees.
 */
function isTooLate(world: World, host: HostIndex, claim: Claim): boolean {
  if (claim.evidence !== 'assumed') return false
  const arrivesUs = world.crossings.find(({ frame }) => frame === claim.causeFrame)?.copy.arrivesUs ?? null
  if (arrivesUs === null) return false
  const before = world.truths[host].transitions.findLast((truth) => truth.us <= arrivesUs)
  return before !== undefined && isGone(before.to)
}

/**
 * Whether the true moment lies between cause and proof; on the sender's own account, before the tap saw it. Where the
 * cause was sent more than once, no tap can tell which of them was received: then it is the first that counts.
 */
function isWithin(world: World, claim: Claim, truth: TrueTransition): boolean {
  const { causeUs, proofUs } = claim
  if (claim.event.startsWith('snd')) return causeUs === null || truth.us <= causeUs
  if (proofUs !== null && truth.us > proofUs) return false
  return causeUs === null || truth.us >= causeUs || truth.us >= firstCopyUs(world, claim)
}

function firstCopyUs({ crossings }: World, claim: Claim): number {
  const cause = crossings.find(({ frame }) => frame === claim.causeFrame)?.sent
  const first = crossings.find(({ sent }) => cause !== undefined && isSameSegment(sent, cause))
  return first?.us ?? Number.POSITIVE_INFINITY
}

/** The same SYN or FIN, with or without data before it, or the same octets; the acknowledgment may have grown. */
function isSameSegment(first: Sent, second: Sent): boolean {
  const bits = SYN | FIN | RST
  if (first.from !== second.from || (first.flags & bits) !== (second.flags & bits)) return false
  const isSameEnd = plus(first.seq, first.payloadLength) === plus(second.seq, second.payloadLength)
  return isSameEnd && ((first.flags & FIN) !== 0 || first.seq === second.seq)
}

function missing(
  transitions: readonly TrueTransition[],
  claims: readonly Claim[],
  isRequired: (truth: TrueTransition) => boolean,
): string[] {
  let next = 0
  return transitions
    .filter((truth) => {
      if (!isRequired(truth)) return false
      const found = claims.findIndex((claim, at) => at >= next && isSameState(claim.to, truth.to))
      if (found >= 0) next = found + 1
      return found < 0
    })
    .map(({ from, to, us, shown }) => `missing: ${from} > ${to} at ${us / 1e6} s (${shown})`)
}
