/**
 * Short connections of few plots, in which one thing or two are not as they should be: so that many have one shape, and
 * what they do not have in common shows whether the shape says enough. No TCP need behave like this.
 */
import type { Random } from '../model/random.ts'
import { ACK, FIN, type HostIndex, plus, RST, SYN, segmentLength } from '../model/segment.ts'
import type { Crossing } from '../model/tap.ts'

/** Who, flags, bytes. */
type Line = readonly [from: HostIndex, flags: number, payloadLength: number]

const OPEN: readonly Line[] = [
  [0, SYN, 0],
  [1, SYN | ACK, 0],
  [0, ACK, 0],
]
const ASK: readonly Line[] = [
  [0, ACK, 100],
  [1, ACK, 0],
]
const PUSH: readonly Line[] = [
  [0, ACK, 100],
  [0, ACK, 300],
  [1, ACK, 0],
]
const ANSWER: readonly Line[] = [
  [1, ACK, 200],
  [0, ACK, 0],
]
const CHATS = [[], ASK, ANSWER, PUSH, [...ASK, ...ANSWER], [...PUSH, ...ANSWER, ...ASK]]

/** Of the end `by`: not at all, the one way, in three segments, in four, with data, at once, by a RST. */
function endings(by: HostIndex): (readonly Line[])[] {
  const other = by === 0 ? 1 : 0
  const fin: Line = [by, FIN | ACK, 0]
  const answer: Line = [other, FIN | ACK, 0]
  const last: Line = [by, ACK, 0]
  const half: Line[] = [fin, [other, ACK, 0]]
  const withData: Line[] = [[by, FIN | ACK, 50], answer, last]
  return [
    [],
    half,
    [fin, answer, last],
    [...half, answer, last],
    withData,
    [fin, answer, [other, ACK, 0], last],
    [[by, RST | ACK, 0]],
  ]
}

const PLOTS = CHATS.flatMap((chat) =>
  ([0, 1] as const).flatMap((by) => endings(by).map((ending) => [...OPEN, ...chat, ...ending])),
)

/** Microseconds between two segments: most often these, … */
const USUAL_US = [50, 1000]
/** … else none, of a retransmission, beyond a deadline of findings, beyond TIME-WAIT. */
const OTHER_US = [0, 60_000, 1_500_000, 70_000_000]

export function shortConnection(random: Random): Crossing[] {
  const isOne = (times: number): boolean => random.below(times) === 0
  const oneOf = <T>(list: readonly T[]): T => list[random.below(list.length)]!
  const next: [number, number] = [1000, 500_000]
  const acked: [number, number] = [0, 0]
  const crossings: Crossing[] = []
  const plot = oneOf(PLOTS)
  const odds = plot.length * oneOf([1, 2, 4, 100])
  let us = 0
  const record = (sent: Crossing['sent']): void => {
    us += oneOf(isOne(odds) ? OTHER_US : USUAL_US)
    crossings.push({ us, sent, copy: { tapUs: us, arrivesUs: us, arrivalMark: 0 }, frame: 0 })
  }
  for (const [from, flags, payloadLength] of plot) {
    if (isOne(2 * odds)) continue
    if (flags & ACK && !isOne(4 * odds)) acked[from] = next[from === 0 ? 1 : 0]
    const seq = isOne(8 * odds) ? plus(next[from], 100) : next[from]
    const window = isOne(8 * odds) ? 0 : 8000
    const segment = { seq, ack: flags & ACK ? acked[from] : 0, flags, payloadLength, window }
    next[from] = plus(seq, segmentLength(segment))
    record({ ...segment, from, departsUs: 0, mark: 0, ipId: crossings.length + 1, copies: [] })
    // Once more, most often the last: sent again, brought twice by the network, or seen twice by the tap.
    while (isOne(Math.ceil(odds / 2))) {
      const { sent } = isOne(3) ? oneOf(crossings) : crossings[crossings.length - 1]!
      const ack = sent.flags & ACK ? acked[sent.from] : 0
      record(isOne(4) ? sent : { ...sent, ack, ipId: crossings.length + 1 })
    }
  }
  return crossings
}
