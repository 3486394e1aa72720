/**
 * Findings about the opening.
 */
import { acknowledges, type Exchange, peerOf, transmissions, viewOf } from '../tcp/exchange.ts'
import { isOrdinary, type Observation } from '../tcp/observation.ts'
import { isWrongAck } from '../tcp/opening.ts'
import { foreignTraits } from '../tcp/reset-origin.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import { type Finding, framesOf, type Story, secondsBetween } from './finding.ts'
import { icmpError } from './icmp-errors.ts'

/** The first retransmission is due after a second (RFC 6298 §2.1): before that, no answer says nothing. */
const FIRST_RTO_NS = 1e9

export function handshakeFindings(story: Story): Finding[] {
  return [...kindFindings(story), ...repeatFindings(story), ...oddities(story)]
}

/** The SYNs of the client, the SYN-ACKs of the server, each as often as it was sent. */
function copies(story: Story, side: Side): Observation[] {
  const { observations, halves } = story.timeline.exchange
  const sent = transmissions(observations, halves[side].synCopies).map((index) => observations[index]!)
  return sent.filter((segment) => segment.hasAck === (side === SERVER))
}

/** What the kind of opening itself says. */
function kindFindings(story: Story): Finding[] {
  const { opening, connection } = story
  switch (opening.kind) {
    case 'mid-stream':
      return [{ code: 'mid-stream', side: null, frames: [connection.firstFrame], values: {} }]
    case 'simultaneous':
      return [{ code: 'simultaneous-open', side: null, frames: framesOf(opening.segments), values: {} }]
    case 'split':
      return [{ code: 'split-handshake', side: 'server', frames: framesOf(opening.segments), values: {} }]
    case 'refused':
      return [refusal(story)]
    case 'unanswered':
      return isTakenBack(story) ? resetInHandshake(story) : unfinished(story, CLIENT, copies(story, CLIENT), [])
    case 'half-open':
      // An ACK that the server has not taken is told of with what it sends again.
      return ackOfSynAck(story) ? [] : unfinished(story, SERVER, copies(story, SERVER), copies(story, CLIENT))
    case 'reset':
      return resetInHandshake(story)
    default:
      return fastOpen(story, copies(story, CLIENT)[0])
  }
}

/** Nothing answered what `side` sent, after `asked`; `sent` is empty where only a SYN with another number went out. */
function unfinished(story: Story, side: Side, sent: readonly Observation[], asked: readonly Observation[]): Finding[] {
  const [first] = sent
  const last = sent[sent.length - 1]
  if (!first || !last) return []
  const frames = framesOf([...asked, ...sent])
  const name = SIDE_NAMES[side]
  const waitedNs = story.endNs - last.timeNs
  if (story.isCaptureEnd && sent.length === 1 && waitedNs < FIRST_RTO_NS) {
    return [{ code: 'handshake-in-flight', side: name, frames, values: { side: name, seconds: waitedNs / 1e9 } }]
  }
  const values = { count: sent.length, seconds: secondsBetween(first, last) }
  return [{ code: side === CLIENT ? 'syn-unanswered' : 'half-open', side: name, frames, values }]
}

function isTakenBack({ timeline }: Story): boolean {
  return timeline.exchange.observations.some((segment) => segment.rst && segment.side === CLIENT)
}

/** The first segment of the client that acknowledges the server's SYN. */
export function ackOfSynAck({ timeline }: Story): Observation | null {
  const { observations, halves } = timeline.exchange
  const { iss, synCopies } = halves[SERVER]
  if (iss === null || synCopies.length === 0) return null
  const acked = halves[CLIENT].own.find((index) => {
    const segment = observations[index]!
    return isOrdinary(segment) && acknowledges(segment, (iss + 1) | 0)
  })
  return acked === undefined ? null : observations[acked]!
}

function refusal(story: Story): Finding {
  const { connection, timeline } = story
  const { observations } = timeline.exchange
  const turnedDown = timeline.transitions.find(({ event }) => event === 'rcv ICMP error')
  const icmp = observations.find((segment) => segment.frame === turnedDown?.cause?.frame)
  if (icmp?.icmp) {
    const { type, code } = icmp.icmp
    const { name, errno } = icmpError(connection.family, type, code)
    return { code: 'icmp-unreachable', side: 'client', frames: [icmp.frame], values: { name, errno, type, code } }
  }
  const syns = copies(story, CLIENT)
  const shown = observations.filter((segment) => segment.syn || segment.rst)
  const seconds = syns.length > 1 ? secondsBetween(syns[0]!, syns[syns.length - 1]!) : 0
  const values = { port: connection.ports[SERVER], count: syns.length, seconds }
  return { code: 'connection-refused', side: 'server', frames: framesOf(shown), values }
}

function resetInHandshake(story: Story): Finding[] {
  const { exchange } = story.timeline
  const { observations } = exchange
  const reset = observations.find((segment, index) => segment.rst && isOwn(exchange, segment, index))
  if (!reset) return []
  if (story.connection.isDuplicateSyn && reset.side === CLIENT) {
    return [{ code: 'old-duplicate-syn', side: 'client', frames: framesOf(observations), values: {} }]
  }
  const by = SIDE_NAMES[reset.side]
  const frames = framesOf([...story.opening.segments, reset])
  const isAnswered = copies(story, SERVER).length > 0
  const seconds = secondsBetween(observations[0]!, reset)
  return [{ code: 'handshake-reset', side: by, frames, values: { by, isAnswered: Number(isAnswered), seconds } }]
}

/** Not of something in between, which resets.ts tells of. */
function isOwn(exchange: Exchange, reset: Observation, index: number): boolean {
  return foreignTraits(viewOf(exchange, peerOf(reset.side)), index).length === 0
}

/** Data in the SYN: accepted when the SYN-ACK covers them. */
function fastOpen(story: Story, syn: Observation | undefined): Finding[] {
  if (!syn || syn.payloadLength === 0) return []
  const code = story.opening.kind === 'fast-open' ? 'fast-open' : 'fast-open-ignored'
  const frames = framesOf(story.opening.segments.slice(0, 2))
  return [{ code, side: 'client', frames, values: { bytes: syn.payloadLength } }]
}

/** What had to be sent twice, and why as far as the capture tells. */
function repeatFindings(story: Story): Finding[] {
  const { opening } = story
  const found: Finding[] = []
  if (opening.synRetransmissions > 0 && opening.kind !== 'unanswered' && opening.kind !== 'refused') {
    const syns = copies(story, CLIENT)
    found.push(oldConnection(story, syns) ?? synRepeated(story, syns))
  }
  const isTold = opening.kind === 'half-open' && !ackOfSynAck(story)
  const repeat = opening.synAckRetransmissions > 0 && !isTold ? synAckRepeated(story) : null
  return repeat ? [...found, repeat] : found
}

/** The first SYN met what was left of the connection before: SYN, ACK, RST, SYN (RFC 9293 §3.5.1 Figure 9). */
function oldConnection(story: Story, syns: readonly Observation[]): Finding | null {
  const { refused } = story.connection
  const accepted = copies(story, SERVER)[0]
  if (!refused || !accepted) return null
  const { answerFrame, resetFrame, wasClosed } = refused
  const seconds = secondsBetween(syns[0]!, accepted)
  const shown = [...framesOf(syns), answerFrame, ...(resetFrame === null ? [] : [resetFrame]), accepted.frame]
  return {
    code: 'syn-met-old-connection',
    side: 'server',
    frames: shown.sort((a, b) => a - b),
    values: { answerFrame, resetFrame: resetFrame ?? 0, wasClosed: Number(wasClosed), seconds },
  }
}

function synRepeated(story: Story, syns: readonly Observation[]): Finding {
  const last = syns[syns.length - 1]!
  const answers = copies(story, SERVER).filter((answer) => answer.timeNs < last.timeNs)
  const values = {
    count: syns.length - 1,
    seconds: secondsBetween(syns[0]!, last),
    answerFrame: answers[0]?.frame ?? 0,
  }
  return { code: 'syn-retransmission', side: 'client', frames: framesOf(syns), values }
}

/** After the client's ACK it is the ACK that was not taken, else the SYN-ACK that did not arrive. */
function synAckRepeated(story: Story): Finding | null {
  const { halves } = story.timeline.exchange
  const answers = copies(story, SERVER)
  const first = answers[0]
  const last = answers[answers.length - 1]
  if (!first || !last) return null
  const acked = ackOfSynAck(story)
  const late = answers.slice(1).filter((answer) => acked && answer.timeNs > acked.timeNs + halves[SERVER].reactionNs)
  if (acked && late.length > 0) {
    const values = { count: late.length, ackFrame: acked.frame, seconds: secondsBetween(acked, last) }
    return { code: 'handshake-ack-lost', side: 'server', frames: framesOf([acked, ...late]), values }
  }
  const values = { count: answers.length - 1, seconds: secondsBetween(first, last) }
  return { code: 'syn-ack-retransmission', side: 'server', frames: framesOf(answers), values }
}

function oddities(story: Story): Finding[] {
  const { observations, halves } = story.timeline.exchange
  const wrong = observations.filter((segment) => segment.side === SERVER && isWrongAck(halves[CLIENT], segment))
  const found: Finding[] = []
  if (wrong.length > 0) found.push({ code: 'wrong-ack', side: 'server', frames: framesOf(wrong), values: {} })
  return [...found, ...foreignSyns(story)]
}

/** SYNs that the connection lived through. */
function foreignSyns(story: Story): Finding[] {
  const { observations, halves } = story.timeline.exchange
  if (story.opening.kind === 'unanswered') return []
  return halves.flatMap((half) => {
    const strangers = half.foreignSyns.map((index) => observations[index]!).filter((segment) => !segment.hasAck)
    const last = strangers[strangers.length - 1]
    if (!last) return []
    const next = observations.find((segment) => segment.timeNs >= last.timeNs && segment.side !== half.side)
    const answerFrame = next?.hasAck && !next.syn && !next.rst ? next.frame : 0
    const values = { count: strangers.length, answerFrame }
    const code = 'syn-in-connection' as const
    return [{ code, side: SIDE_NAMES[half.side], frames: framesOf(strangers), values }]
  })
}
