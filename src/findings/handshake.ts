/**
 * Findings about the opening.
 */

import { transmissions } from '../tcp/exchange.ts'
import type { Observation } from '../tcp/observation.ts'
import { isWrongAck } from '../tcp/opening.ts'
import { CLIENT, SERVER, SIDE_NAMES } from '../tcp/timeline.ts'
import type { Finding, Story } from './finding.ts'

export function handshakeFindings(story: Story): Finding[] {
  return [...kindFindings(story), ...repeatFindings(story), ...oddities(story)]
}

function frames(segments: readonly Observation[]): number[] {
  return segments.map((segment) => segment.frame)
}

/** The SYNs of the client, the SYN-ACKs of the server, each as often as it was sent. */
function copies(story: Story, side: 0 | 1): Observation[] {
  const { observations, halves } = story.timeline.exchange
  const sent = transmissions(observations, halves[side].synCopies).map((index) => observations[index]!)
  return sent.filter((segment) => segment.hasAck === (side === SERVER))
}

/** What the kind of opening itself says. */
function kindFindings(story: Story): Finding[] {
  const { opening, connection } = story
  const syns = copies(story, CLIENT)
  const shown = frames(opening.segments)
  switch (opening.kind) {
    case 'mid-stream':
      return [{ code: 'mid-stream', side: null, frames: [connection.firstFrame], values: {} }]
    case 'simultaneous':
      return [{ code: 'simultaneous-open', side: null, frames: shown, values: {} }]
    case 'split':
      return [{ code: 'split-handshake', side: 'server', frames: shown, values: {} }]
    case 'refused':
      return [refusal(story)]
    case 'unanswered':
      return unanswered(syns)
    case 'half-open': {
      const answers = copies(story, SERVER)
      return [
        {
          code: 'half-open',
          side: 'server',
          frames: [...frames(syns), ...frames(answers)],
          values: { count: answers.length },
        },
      ]
    }
    case 'reset':
      return resetInHandshake(story)
    default:
      return fastOpen(story, syns[0])
  }
}

/** Nothing, where of two SYNs with different numbers the one that counts is a SYN-ACK. */
function unanswered(syns: readonly Observation[]): Finding[] {
  const [first] = syns
  if (!first) return []
  const seconds = (syns.at(-1)!.timeNs - first.timeNs) / 1e9
  return [{ code: 'syn-unanswered', side: 'client', frames: frames(syns), values: { count: syns.length, seconds } }]
}

function refusal(story: Story): Finding {
  const { observations } = story.timeline.exchange
  const icmp = observations.find((segment) => segment.icmp)
  if (icmp?.icmp) {
    const { type, code } = icmp.icmp
    return { code: 'icmp-unreachable', side: 'client', frames: [icmp.frame], values: { type, code } }
  }
  const shown = observations.filter((segment) => segment.syn || segment.rst)
  return {
    code: 'connection-refused',
    side: 'server',
    frames: frames(shown),
    values: { port: story.connection.ports[SERVER] },
  }
}

function resetInHandshake(story: Story): Finding[] {
  const reset = story.timeline.exchange.observations.find((segment) => segment.rst)!
  if (story.connection.isDuplicateSyn && reset.side === CLIENT) {
    return [
      { code: 'old-duplicate-syn', side: 'client', frames: frames(story.timeline.exchange.observations), values: {} },
    ]
  }
  const side = SIDE_NAMES[reset.side]
  return [
    { code: 'handshake-reset', side, frames: [...frames(story.opening.segments), reset.frame], values: { by: side } },
  ]
}

/** Data in the SYN: accepted when the SYN-ACK covers them. */
function fastOpen(story: Story, syn: Observation | undefined): Finding[] {
  if (!syn || syn.payloadLength === 0) return []
  const code = story.opening.kind === 'fast-open' ? 'fast-open' : 'fast-open-ignored'
  return [
    { code, side: 'client', frames: frames(story.opening.segments.slice(0, 2)), values: { bytes: syn.payloadLength } },
  ]
}

function repeatFindings(story: Story): Finding[] {
  const found: Finding[] = []
  const { opening } = story
  if (opening.synRetransmissions > 0 && opening.kind !== 'unanswered') {
    found.push({
      code: 'syn-retransmission',
      side: 'client',
      frames: frames(copies(story, CLIENT)),
      values: { count: opening.synRetransmissions },
    })
  }
  if (opening.synAckRetransmissions > 0 && opening.kind !== 'half-open') {
    found.push({
      code: 'syn-ack-retransmission',
      side: 'server',
      frames: frames(copies(story, SERVER)),
      values: { count: opening.synAckRetransmissions },
    })
  }
  return found
}

function oddities(story: Story): Finding[] {
  const { observations, halves } = story.timeline.exchange
  const [client, server] = halves
  const found: Finding[] = []
  const wrong = observations.filter((segment) => segment.side === SERVER && isWrongAck(client, segment))
  if (wrong.length > 0) found.push({ code: 'wrong-ack', side: 'server', frames: frames(wrong), values: {} })
  const acked = observations.find(
    (segment) => segment.side === CLIENT && segment.hasAck && !segment.rst && !segment.syn,
  )
  const answers = copies(story, SERVER)
  const late = answers
    .slice(1)
    .filter((answer) => acked && answer.timeNs > acked.timeNs + server.reactionNs && answer.hasAck)
  if (acked && late.length > 0) {
    found.push({ code: 'handshake-ack-lost', side: 'server', frames: [acked.frame, ...frames(late)], values: {} })
  }
  return [...found, ...foreignSyns(story)]
}

/** SYNs that the connection lived through. */
function foreignSyns(story: Story): Finding[] {
  const { observations, halves } = story.timeline.exchange
  return halves.flatMap((half) => {
    const strangers = half.foreignSyns.map((index) => observations[index]!).filter((segment) => !segment.hasAck)
    if (strangers.length === 0) return []
    const last = strangers[strangers.length - 1]!
    const answered = observations.find((segment) => segment.timeNs >= last.timeNs && segment.side !== half.side)
    const answer = answered?.hasAck && !answered.syn ? `challenge ACK in frame ${answered.frame}` : 'no answer'
    return [
      {
        code: 'syn-in-connection' as const,
        side: SIDE_NAMES[half.side],
        frames: frames(strangers),
        values: { answer },
      },
    ]
  })
}
