/**
 * Claims of a report beside the true transitions of the host, both in order: which claim is no transition, which
 * transition is no claim.
 */
import { type Claim, isSameState } from './claims.ts'
import { ACK, FIN, plus, RST, type Sent, SYN } from './segment.ts'
import type { TrueTransition } from './truth.ts'
import type { World } from './world.ts'

export interface Rule {
  world: World
  /** Whether a cause that the tap saw is the first there was: a tap that starts late may have seen a repetition. */
  hasFirstCauses: boolean
  /** A claim that may be wrong. */
  isExcused: (claim: Claim) => boolean
}

/** A claim not borne out counts this much; an excused one next to nothing, so that it takes no other's place. */
const WRONG = 1
const EXCUSED = 0.01

/** The claims that no transition bears out, when as many as possible are borne out. */
export function untrue(rule: Rule, transitions: readonly TrueTransition[], claims: readonly Claim[]): Claim[] {
  if (isBorneOut(rule, transitions, claims)) return []
  const width = transitions.length + 1
  const costs = claims.map((claim) => (rule.isExcused(claim) ? EXCUSED : WRONG))
  // The least that is wrong in claims[at...] beside transitions[from...], found from the end.
  const least = new Float64Array((claims.length + 1) * width)
  const paired = (at: number, from: number): number => {
    const isPair = from + 1 < width && bearsOut(rule, transitions[from]!, claims[at]!)
    return isPair ? least[(at + 1) * width + from + 1]! : Number.POSITIVE_INFINITY
  }
  const passed = (at: number, from: number): number =>
    from + 1 < width ? least[at * width + from + 1]! : Number.POSITIVE_INFINITY
  for (let at = claims.length - 1; at >= 0; at--) {
    for (let from = width - 1; from >= 0; from--) {
      const left = costs[at]! + least[(at + 1) * width + from]!
      least[at * width + from] = Math.min(left, paired(at, from), passed(at, from))
    }
  }
  const wrong: Claim[] = []
  for (let at = 0, from = 0; at < claims.length; ) {
    const best = least[at * width + from]!
    const isPair = best === paired(at, from)
    const isPassed = !isPair && best === passed(at, from)
    if (!isPair && !isPassed && costs[at] === WRONG) wrong.push(claims[at]!)
    if (!isPassed) at++
    if (isPair || isPassed) from++
  }
  return wrong
}

/** The quick answer, which is nearly always the right one. */
function isBorneOut(rule: Rule, transitions: readonly TrueTransition[], claims: readonly Claim[]): boolean {
  let next = 0
  return claims.every((claim) => {
    while (next < transitions.length && !bearsOut(rule, transitions[next]!, claim)) next++
    return next++ < transitions.length
  })
}

/** Those of the required transitions that no claim tells. */
export function missing(required: readonly TrueTransition[], claims: readonly Claim[]): TrueTransition[] {
  let next = 0
  return required.filter((truth) => {
    const found = claims.findIndex((claim, at) => at >= next && isSameState(claim.to, truth.to))
    if (found >= 0) next = found + 1
    return found < 0
  })
}

function bearsOut(rule: Rule, truth: TrueTransition, claim: Claim): boolean {
  return isSameState(truth.to, claim.to) && isWithin(rule, truth, claim)
}

/**
 * Whether the true moment lies between cause and proof; on the sender's own account, before the tap saw it. Where the
 * cause was sent more than once, no tap can tell which of them was received: then it is the first that counts.
 */
function isWithin({ world, hasFirstCauses }: Rule, truth: TrueTransition, claim: Claim): boolean {
  const { causeUs, proofUs, event } = claim
  if (event.startsWith('snd')) return causeUs === null || truth.us <= causeUs
  if (proofUs !== null && truth.us > proofUs) return false
  return !hasFirstCauses || causeUs === null || truth.us >= causeUs || truth.us >= firstCauseUs(world, claim)
}

function firstCauseUs({ crossings }: World, { causeFrame, event }: Claim): number {
  const cause = crossings.find(({ frame }) => frame === causeFrame)?.sent
  if (!cause) return Number.POSITIVE_INFINITY
  const isLike = event.startsWith('rcv ACK') ? isAcknowledgment : isSameSegment
  return crossings.find(({ sent }) => isLike(sent, cause))!.us
}

/** Any segment that acknowledges as much. */
function isAcknowledgment(first: Sent, second: Sent): boolean {
  return first.from === second.from && (first.flags & ACK) !== 0 && first.ack === second.ack
}

/** The same SYN or FIN, with or without data before it, or the same octets; the acknowledgment may have grown. */
function isSameSegment(first: Sent, second: Sent): boolean {
  const bits = SYN | FIN | RST
  if (first.from !== second.from || (first.flags & bits) !== (second.flags & bits)) return false
  const isSameEnd = plus(first.seq, first.payloadLength) === plus(second.seq, second.payloadLength)
  return isSameEnd && ((first.flags & FIN) !== 0 || first.seq === second.seq)
}
