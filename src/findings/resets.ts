/**
 * Findings about RSTs: who reset what and why, what was ignored, what was forged. Why a side resets: reset-reason.ts.
 */
import { isOrdinary, peerOf, type View, viewOf } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { isRefusal, judgeReset, type ResetVerdict } from '../tcp/reset.ts'
import { foreignTraits } from '../tcp/reset-origin.ts'
import { distance } from '../tcp/seq.ts'
import type { TcpState } from '../tcp/states.ts'
import { SIDE_NAMES, type Transition } from '../tcp/timeline.ts'
import type { Finding, Story, Values } from './finding.ts'
import { answeredSegment, reasonOf } from './reset-reason.ts'

export function resetFindings(story: Story): Finding[] {
  const { observations } = story.timeline.exchange
  const isOpened = story.closing.kind !== 'never-opened'
  return observations.flatMap((segment, index) => {
    if (!segment.rst || segment.isCorrupt) return []
    return isOpened ? judged(story, segment, index) : judgedInHandshake(story, segment, index)
  })
}

function judged(story: Story, reset: Observation, index: number): Finding[] {
  const { exchange } = story.timeline
  const view = viewOf(exchange, peerOf(reset.side))
  if (isRefusal(viewOf(exchange, reset.side), index)) return []
  const verdict = judgeReset(view, index)
  const { own, others } = changesBy(story, reset)
  const isEffective = verdict.place !== 'outside' && verdict.place !== 'in-window'
  if (verdict.isForged && isEffective) return [forged(view, index, verdict, others)]
  if (verdict.place === 'in-window' && !verdict.isAccepted) return [challenged(view, index)]
  if (verdict.place === 'outside') return [ignored(view, index, verdict)]
  if (own?.from === 'TIME-WAIT' || others?.from === 'TIME-WAIT') return []
  if (own) return [ended(story, index, own, others), ...notReceived(story, reset, verdict, others)]
  return others ? [answered(story, index, others)] : []
}

/** What a RST before the connection is open means, handshake.ts says; unless it is not that side's. */
function judgedInHandshake(story: Story, reset: Observation, index: number): Finding[] {
  const view = viewOf(story.timeline.exchange, peerOf(reset.side))
  if (foreignTraits(view, index).length === 0) return []
  return [forged(view, index, judgeReset(view, index), changesBy(story, reset).others)]
}

/** What the RST did to its sender, and to its target. */
function changesBy({ timeline }: Story, reset: Observation): Record<'own' | 'others', Transition | undefined> {
  const changes = timeline.transitions.filter(({ cause }) => cause !== null && isAt(reset, cause.frame))
  return {
    own: changes.find(({ side }) => side === reset.side),
    others: changes.find(({ side }) => side !== reset.side),
  }
}

function isAt(reset: Observation, frame: number): boolean {
  return reset.frame === frame || reset.lastCopy?.frame === frame
}

function finding(code: Finding['code'], reset: Observation, values: Values, frames: readonly number[] = []): Finding {
  const by = SIDE_NAMES[reset.side]
  const target = SIDE_NAMES[peerOf(reset.side)]
  const all = [...frames.filter((frame) => frame > 0), reset.frame].sort((a, b) => a - b)
  return { code, side: by, frames: all, values: { by, target, ...values } }
}

/** Something between the two sent it: what speaks against its seeming sender, and what the target made of it. */
function forged(view: View, index: number, { refutation }: ResetVerdict, others: Transition | undefined): Finding {
  const { segments, y } = view
  const reset = segments[index]!
  const goesOn = y.own.find((own) => own > index && isOrdinary(segments[own]!))
  const values: Values = {
    targetState: others?.from ?? '',
    targetFrame: refutation?.frame ?? 0,
    senderFrame: goesOn === undefined ? 0 : segments[goesOn]!.frame,
    isIpv6: Number(reset.ipId < 0),
  }
  for (const trait of foreignTraits(view, index)) {
    if (trait.kind === 'ttl') Object.assign(values, { ttl: trait.ttl, usualTtls: trait.usual.join(' or ') })
    else Object.assign(values, { ipId: trait.ipId, lastIpId: trait.last })
  }
  return finding('reset-by-middlebox', reset, values)
}

/** In the window, but not at its edge: the target asks back (RFC 5961 §3.2). */
function challenged({ segments, x }: View, index: number): Finding {
  const reset = segments[index]!
  const answer = x.own.find((own) => own > index && isChallenge(segments[own]!))
  const answerFrame = answer === undefined ? 0 : segments[answer]!.frame
  return finding('reset-challenged', reset, { answerFrame, offset: offsetOf(reset) ?? 0 }, [answerFrame])
}

function isChallenge({ hasAck, syn, fin, rst, payloadLength }: Observation): boolean {
  return hasAck && !syn && !fin && !rst && payloadLength === 0
}

function ignored({ segments, x }: View, index: number, { refutation }: ResetVerdict): Finding {
  const reset = segments[index]!
  const isOpening = !x.own.some((own) => own < index && segments[own]!.hasAck)
  const values = {
    isOpening: Number(isOpening),
    offset: (isOpening ? null : offsetOf(reset)) ?? '',
    targetFrame: refutation?.frame ?? 0,
  }
  return finding('reset-ignored', reset, values)
}

/** Bytes beyond what its target expects; negative before. */
function offsetOf({ seq, context }: Observation): number | null {
  return context && distance(seq, context.targetAck)
}

/** The side that sent it had the connection until then. */
function ended(story: Story, index: number, own: Transition, others: Transition | undefined): Finding {
  const { exchange } = story.timeline
  const reset = exchange.observations[index]!
  const trigger = answeredSegment(exchange, index)
  const values: Values = {
    state: own.from,
    targetState: others?.from ?? '',
    triggerFrame: trigger?.frame ?? 0,
    bytes: trigger?.payloadLength ?? 0,
  }
  if (!trigger) return finding('connection-reset', reset, { ...values, ...reasonOf(story, index) })
  const hasClosed = !isOpenFor(own.from)
  return finding(hasClosed ? 'reset-after-close' : 'half-open-peer', reset, values, [trigger.frame])
}

/** The program of that side has not closed yet. */
function isOpenFor(state: TcpState): boolean {
  return state === 'ESTABLISHED' || state === 'CLOSE-WAIT' || state === 'SYN-RECEIVED' || state === 'SYN-SENT'
}

/** The side that sent it had lost the connection before, out of sight or by another RST. */
function answered(story: Story, index: number, others: Transition): Finding {
  const { exchange, states } = story.timeline
  const reset = exchange.observations[index]!
  const trigger = answeredSegment(exchange, index)
  const before = exchange.observations.findLast(
    (segment, at) => at < index && segment.rst && segment.side !== reset.side,
  )
  const killer = before ?? exchange.observations.find((segment, at) => at < index && segment.rst)
  const values = {
    state: states[reset.side] ?? '',
    targetState: others.from,
    reason: 'no-socket',
    triggerFrame: trigger?.frame ?? 0,
    earlierFrame: killer?.frame ?? 0,
  }
  return finding('connection-reset', reset, values, [trigger?.frame ?? 0])
}

/** The other side had stopped answering, or goes on as if nothing had come. */
function notReceived(
  { timeline }: Story,
  reset: Observation,
  { refutation }: ResetVerdict,
  others: Transition | undefined,
): Finding[] {
  const target = peerOf(reset.side)
  const isSilent = timeline.exchange.halves[target].silentFrom < Number.POSITIVE_INFINITY
  if (others || !isAlive(timeline.states[target]) || (!isSilent && !refutation)) return []
  const targetFrame = isSilent ? 0 : refutation!.frame
  return [finding('reset-not-received', reset, { isSilent: Number(isSilent), targetFrame }, [targetFrame])]
}

function isAlive(state: TcpState | null): boolean {
  return state !== null && state !== 'CLOSED' && state !== 'LISTEN' && state !== 'TIME-WAIT'
}
