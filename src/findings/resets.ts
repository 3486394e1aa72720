/**
 * Findings about RSTs: who reset what and why, what was ignored, what was forged. Why a side resets: reset-reason.ts.
 */
import { peerOf, type View, viewOf } from '../tcp/exchange.ts'
import { isOrdinary, type Observation } from '../tcp/observation.ts'
import { isRefusal, judgeReset, type ResetVerdict } from '../tcp/reset.ts'
import { foreignTraits } from '../tcp/reset-origin.ts'
import type { TcpState } from '../tcp/states.ts'
import { SIDE_NAMES, type Transition } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'
import type { Finding, Story, Values } from './finding.ts'
import { answeredSegment, reasonOf } from './reset-reason.ts'

/** Of the RSTs of one side that mean the same, one after the other, one finding. */
export function resetFindings(story: Story): Finding[] {
  const { observations } = story.timeline.exchange
  const isOpened = story.closing.kind !== 'never-opened'
  const found: Finding[] = []
  for (let index = 0; index < observations.length; index++) {
    const segment = observations[index]!
    if (!segment.rst || segment.isCorrupt) continue
    const findings = isOpened ? judged(story, segment, index) : judgedInHandshake(story, segment, index)
    for (const one of findings) {
      const same = found.find((other) => isSame(other, one))
      if (!same) found.push(one)
      else {
        same.frames.push(segment.frame)
        same.values.more = Number(same.values.more ?? 0) + 1
      }
    }
  }
  return found.map((one) => ({ ...one, frames: [...new Set(one.frames)] }))
}

/** A host without the socket answers every segment by a RST: the first tells why it has none. */
function isSame(a: Finding, b: Finding): boolean {
  if (a.side !== b.side) return false
  if (b.values.reason === 'no-socket') return ENDINGS.includes(a.code)
  return a.code === b.code && a.code !== 'reset-not-received'
}

const ENDINGS: readonly FindingCode[] = ['connection-reset', 'reset-after-close', 'half-open-peer']

function judged(story: Story, reset: Observation, index: number): Finding[] {
  const { exchange } = story.timeline
  const view = viewOf(exchange, peerOf(reset.side))
  if (isRefusal(viewOf(exchange, reset.side), index)) return []
  const verdict = judgeReset(view, index)
  const { own, others } = changesBy(story, reset)
  const isEffective = verdict.place !== 'outside' && verdict.place !== 'in-window'
  if (verdict.isForged && isEffective) return [forged(view, index, verdict, others)]
  if (own?.from === 'TIME-WAIT' || others?.from === 'TIME-WAIT') return []
  const sent = own ? [ended(story, index, own, others), ...notReceived(story, reset, verdict, others)] : []
  if (verdict.place === 'in-window' && !verdict.isAccepted) return [...sent, challenged(view, index, verdict)]
  const isReply = answeredSegment(exchange, index) !== null
  if (verdict.place === 'outside' && !isReply) return [...sent, ignored(view, index, verdict)]
  return others && !own ? [answered(story, index, others)] : sent
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
function challenged({ segments, x }: View, index: number, { offset }: ResetVerdict): Finding {
  const reset = segments[index]!
  const answer = x.own.find((own) => own > index && isChallenge(segments[own]!))
  const answerFrame = answer === undefined ? 0 : segments[answer]!.frame
  return finding('reset-challenged', reset, { answerFrame, offset: offset ?? 0 }, [answerFrame])
}

function isChallenge({ hasAck, syn, fin, rst, payloadLength }: Observation): boolean {
  return hasAck && !syn && !fin && !rst && payloadLength === 0
}

function ignored({ segments, x }: View, index: number, { refutation, offset }: ResetVerdict): Finding {
  const reset = segments[index]!
  const isOpening = !x.own.some((own) => own < index && segments[own]!.hasAck)
  const values = {
    isOpening: Number(isOpening),
    offset: (isOpening ? null : offset) ?? '',
    targetFrame: refutation?.frame ?? 0,
  }
  return finding('reset-ignored', reset, values)
}

/** The side that sent it had the connection until then. */
function ended(story: Story, index: number, own: Transition, others: Transition | undefined): Finding {
  const { exchange } = story.timeline
  const reset = exchange.observations[index]!
  const trigger = answeredSegment(exchange, index)
  const values: Values = {
    state: own.from,
    targetState: (others ?? resetLater(story, reset))?.from ?? '',
    triggerFrame: trigger?.frame ?? 0,
    bytes: trigger?.payloadLength ?? 0,
  }
  if (!trigger) return finding('connection-reset', reset, { ...values, ...reasonOf(story, index) })
  const hasClosed = !isOpenFor(own.from)
  return finding(hasClosed ? 'reset-after-close' : 'half-open-peer', reset, values, [trigger.frame])
}

/** Of several RSTs in a row, a later one may be the first that the target takes. */
function resetLater({ timeline }: Story, reset: Observation): Transition | undefined {
  return timeline.transitions.find(
    ({ side, event, cause }) =>
      side !== reset.side && event === 'rcv RST' && cause !== null && cause.timeNs >= reset.timeNs,
  )
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
