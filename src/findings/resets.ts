/**
 * Findings about RSTs: who reset what and why, what was ignored, what was forged. Why a side resets: reset-reason.ts.
 */
import { peerOf, type View, viewOf } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { isRefusal, judgeReset, type ResetVerdict } from '../tcp/reset.ts'
import { foreignTraits } from '../tcp/reset-origin.ts'
import { distance } from '../tcp/seq.ts'
import type { TcpState } from '../tcp/states.ts'
import { SIDE_NAMES, type Side, type Transition } from '../tcp/timeline.ts'
import type { Finding, Story, Values } from './finding.ts'
import { answeredSegment, reasonOf } from './reset-reason.ts'

export function resetFindings(story: Story): Finding[] {
  if (story.closing.kind === 'never-opened') return []
  const { observations } = story.timeline.exchange
  return observations.flatMap((segment, index) =>
    segment.rst && !segment.isCorrupt ? judged(story, segment, index) : [],
  )
}

function judged(story: Story, reset: Observation, index: number): Finding[] {
  const { exchange, transitions } = story.timeline
  const target = peerOf(reset.side)
  const view = viewOf(exchange, target)
  if (isRefusal(viewOf(exchange, reset.side), index)) return []
  const verdict = judgeReset(view, index)
  if (verdict.isForged && verdict.place !== 'outside' && verdict.place !== 'in-window')
    return [forged(view, index, verdict)]
  if (verdict.place === 'in-window' && !verdict.isAccepted) return [challenged(view, index)]
  if (verdict.place === 'outside') return [ignored(view, index, verdict)]
  const changes = transitions.filter(({ cause }) => cause !== null && isAt(reset, cause.frame))
  const own = changes.find(({ side }) => side === reset.side)
  const others = changes.find(({ side }) => side === target)
  if (own?.from === 'TIME-WAIT' || others?.from === 'TIME-WAIT') return []
  if (own) return [ended(story, index, own, others), ...notReceived(story, reset, others)]
  return others ? [answered(story, index, others)] : []
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
function forged(view: View, index: number, { isAccepted, refutation }: ResetVerdict): Finding {
  const { segments, y } = view
  const reset = segments[index]!
  const values: Values = { isAccepted: Number(isAccepted), targetFrame: refutation?.frame ?? 0 }
  for (const trait of foreignTraits(view, index)) {
    if (trait.kind === 'ttl') Object.assign(values, { ttl: trait.ttl, usualTtls: trait.usual.join(' or ') })
    else Object.assign(values, { ipId: trait.ipId, lastIpId: trait.last })
  }
  const goesOn = y.own.find((own) => own > index && !segments[own]!.rst && !segments[own]!.syn)
  const senderFrame = goesOn === undefined ? 0 : segments[goesOn]!.frame
  return finding('reset-by-middlebox', reset, { ...values, senderFrame, isIpv6: Number(reset.ipId < 0) }, [])
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
function notReceived({ timeline }: Story, reset: Observation, others: Transition | undefined): Finding[] {
  const target = peerOf(reset.side)
  const { exchange, states } = timeline
  if (others || !isAlive(states[target])) return []
  const isSilent = exchange.halves[target].silentFrom < Number.POSITIVE_INFINITY
  const next = exchange.observations.find((segment) => isLater(segment, reset, target))
  if (!isSilent && !next) return []
  const values = { isSilent: Number(isSilent), targetFrame: next?.frame ?? 0 }
  return [finding('reset-not-received', reset, values, [next?.frame ?? 0])]
}

function isLater(segment: Observation, reset: Observation, target: Side): boolean {
  return segment.side === target && segment.timeNs > reset.timeNs && !segment.rst
}

function isAlive(state: TcpState | null): boolean {
  return state !== null && state !== 'CLOSED' && state !== 'LISTEN' && state !== 'TIME-WAIT'
}
