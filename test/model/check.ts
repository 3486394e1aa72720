/**
 * The promises that a report must keep against the truth of a world; what is broken comes back as sentences.
 *
 * What a tap can know, and so what is promised, depends on its sight (`sight.ts`):
 *   any       an `observed` or `proved` event has happened at that host, by the time of its proof;
 *   partial   `observed` and `proved` transitions are true ones, in the true order, no later than proved;
 *   complete  and no earlier than caused, and none that the wire shows is missing. `assumed` may be wrong: nothing
 *             shows a tap what is lost behind it;
 *   faithful  the sequences are the true ones, `assumed` included, and so is the number of connections.
 */
import { missing, type Rule, untrue } from './alignment.ts'
import { type Claim, isGone } from './claims.ts'
import { ACK, FIN, type HostIndex, minus, plus, RST, type Sent, SYN } from './segment.ts'
import { sightOf } from './sight.ts'
import type { TrueTransition } from './truth.ts'
import type { World } from './world.ts'

/** How long finwait waits for more of a connection that looks closed, unless told otherwise. */
const TWO_MSL_US = 60e6

export function brokenPromises(world: World, host: HostIndex, claims: readonly Claim[]): string[] {
  const { transitions } = world.truths[host]
  const sight = sightOf(world)
  const known = claims.filter(({ evidence }) => evidence !== 'assumed')
  if (sight === 'any')
    return spelled(
      'this never happened',
      known.filter((claim) => !hasHappened(world, host, claim)),
    )
  const rule: Rule = { world, hasFirstCauses: sight !== 'partial', isExcused: (claim) => isTooLate(world, host, claim) }
  const wrong = spelled('not so, or not then', untrue(rule, transitions, sight === 'faithful' ? claims : known))
  if (sight === 'partial') return wrong
  const isRequired = sight === 'faithful' ? isShown : isOnTheWire
  const required = transitions.filter((truth) => isRequired(world, transitions, truth))
  const absent = missing(required, claims).map(
    ({ from, to, us, shown }) => `missing: ${from} > ${to} at ${us / 1e6} s (${shown})`,
  )
  return [...wrong, ...absent]
}

/** Each SYN with a number of its own is a connection; which of two that cross is no connection, nothing says. */
export function brokenCount(world: World, count: number): string[] {
  if (sightOf(world) !== 'faithful' || world.spec.hosts[1].opens === 'connect') return []
  const { transitions } = world.truths[0]
  const opened = transitions.filter(
    (truth) => truth.to === 'SYN-SENT' && !isForgedAlike(world, transitions, truth),
  ).length
  return count === opened ? [] : [`${count} connections, not ${opened}`]
}

function spelled(what: string, claims: readonly Claim[]): string[] {
  return claims.map(({ text }) => `${what}: ${text}`)
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

/** Whether the wire shows a transition, whatever is lost behind the tap. */
function isOnTheWire(world: World, transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  if (isForgedAlike(world, transitions, truth) || isForgotten(world, truth)) return false
  // Which came first to a host in FIN-WAIT-1, the FIN or the ACK of its own, is not to be seen when either came twice.
  if (truth.to === 'CLOSING' || isOfSameSynAgain(transitions, truth)) return false
  return truth.shown === 'sent' || truth.acknowledgedUs !== null
}

/** What comes when a RST, though it was lost behind the tap, was the last thing seen for 2MSL: nobody waits for it. */
function isForgotten({ crossings }: World, { us }: TrueTransition): boolean {
  const before = crossings.filter((crossing) => crossing.us < us)
  const lastUs = Math.max(...before.map((crossing) => crossing.us))
  return before.some(({ sent }) => sent.flags & RST) && us - lastUs > TWO_MSL_US
}

/** What a server went through that had taken the same SYN, sent again, for a new one. */
function isOfSameSynAgain(transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  const before = transitions.findLast(({ mark }) => mark < truth.mark)
  const isLeaving = truth.from === 'SYN-RECEIVED' && before !== undefined && isSameSynAgain(transitions, before)
  return isLeaving || isSameSynAgain(transitions, truth)
}

/** A server that lost its memory during the handshake and took the same SYN, sent again, for a new one. */
function isSameSynAgain(transitions: readonly TrueTransition[], { to, cause, mark }: TrueTransition): boolean {
  if (to !== 'SYN-RECEIVED') return false
  return transitions.some((other) => other.mark < mark && other.to === to && other.cause?.seq === cause?.seq)
}

/**
 * A SYN into a connection, never repeated and answered by a challenge ACK only, looks like one that somebody forged
 * (RFC 5961 §4): the RST that the challenge draws shows a host without the old connection, not one with a new.
 */
function isForgedAlike({ sent }: World, transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  const syn = truth.cause
  if (truth.to !== 'SYN-SENT' || syn === null || transitions[0] === truth) return false
  const copies = sent.filter((other) => other.from === syn.from && other.flags & SYN && other.seq === syn.seq)
  const isAnswered = sent.some(
    (other) => other.from !== syn.from && other.flags & ACK && minus(other.ack, plus(syn.seq, syn.payloadLength)) === 1,
  )
  return copies.length === 1 && !isAnswered
}

/** Whether a tap can know of a transition in a faithful network. */
function isShown(world: World, transitions: readonly TrueTransition[], truth: TrueTransition): boolean {
  if (isForgedAlike(world, transitions, truth)) return false
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
 * An assumption that two segments crossed: the one that the tap saw first reached a host that had no connection any
 * more, by its own RST, which had not passed the tap yet, or by something that no tap sees.
 */
function isTooLate(world: World, host: HostIndex, claim: Claim): boolean {
  if (claim.evidence !== 'assumed') return false
  const arrivesUs = world.crossings.find(({ frame }) => frame === claim.causeFrame)?.copy.arrivesUs ?? null
  if (arrivesUs === null) return false
  const before = world.truths[host].transitions.findLast((truth) => truth.us <= arrivesUs)
  return before !== undefined && isGone(before.to)
}
