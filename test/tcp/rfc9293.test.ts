/**
 * The figures of RFC 9293 §3.5 and §3.6, read as they are printed there, captured by a tap, and analyzed: both columns
 * must come back, each state caused by the very line of the figure that brings it.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { Report, TransitionReport } from '../../src/report/model.ts'
import { type Ladder, type Peer, parseLadder } from '../support/ladder.ts'
import { captureOf, type LadderCapture } from '../support/ladder-capture.ts'
import { statesOf } from '../support/ladder-states.ts'

/** Figures 9, 10, 12 and 13 start in ESTABLISHED; this is how they got there, with B's port in LISTEN. */
function established(nextA: number, nextB: number): string {
  return `
    CLOSED                                                            LISTEN
    SYN-SENT    --> <SEQ=${nextA - 1}><CTL=SYN>                   --> SYN-RECEIVED
    ESTABLISHED <-- <SEQ=${nextB - 1}><ACK=${nextA}><CTL=SYN,ACK> <-- SYN-RECEIVED
    ESTABLISHED --> <SEQ=${nextA}><ACK=${nextB}><CTL=ACK>         --> ESTABLISHED
`
}

function figure(number: string, before = ''): Ladder {
  const text = readFileSync(new URL(`figures/figure-${number}.txt`, import.meta.url), 'utf8')
  return parseLadder(before + text)
}

const ADDRESSES: Record<Peer, string> = { A: '10.0.0.1', B: '10.0.0.2' }

function transitionsOf(report: Report, peer: Peer): TransitionReport[] {
  return report.connections.flatMap(({ client, transitions }) => {
    const wanted = client.address === ADDRESSES[peer] ? 'client' : 'server'
    // To open passively sends nothing: whether a report mentions CLOSED → LISTEN is no matter of the figures.
    return transitions.filter(({ side, to, from }) => side === wanted && !(from === 'CLOSED' && to === 'LISTEN'))
  })
}

interface Change {
  state: string
  causeFrame: number | null
}

const changesOf = (report: Report, peer: Peer): Change[] =>
  transitionsOf(report, peer).map(({ to, cause }) => ({ state: to, causeFrame: cause?.frame ?? null }))

/** The column of a figure, each state with the frame of the line that brings it. */
function columnOf(ladder: Ladder, { frames }: LadderCapture, peer: Peer): Change[] {
  return statesOf(ladder, peer)
    .slice(1)
    .map(({ state, cause }) => ({ state, causeFrame: cause ? frames.get(cause)![0]! : null }))
}

/** At A's host, between the two, at B's host. */
const TAPS = [0, 0.5, 1]

describe.each([
  ['6, three-way handshake', '06', ''],
  ['7, simultaneous open', '07', ''],
  ['12, normal close', '12', established(100, 300)],
  ['13, simultaneous close', '13', established(100, 300)],
])('Figure %s', (_name, number, before) => {
  describe.each(TAPS)('with the tap at %d', (position) => {
    const ladder = figure(number, before)
    // Somebody else's packet after 2 MSL, so that the figure's last line comes to pass within the capture.
    const capture = captureOf(ladder, { position, idleSeconds: 61 })
    const report = analyzeBytes(capture.bytes)

    it.each<Peer>(['A', 'B'])('comes back: column %s, line by line', (peer) => {
      expect(changesOf(report, peer)).toEqual(columnOf(ladder, capture, peer))
    })
  })
})

describe.each(TAPS)('Figures 12 and 13 without their handshakes, the tap at %d', (position) => {
  it.each(['12', '13'])('Figure %s comes back', (number) => {
    const ladder = figure(number)
    const capture = captureOf(ladder, { position, idleSeconds: 61 })
    const report = analyzeBytes(capture.bytes)
    for (const peer of ['A', 'B'] as const) {
      const afterPickup = changesOf(report, peer).filter(({ state }) => state !== 'ESTABLISHED')
      expect(afterPickup).toEqual(columnOf(ladder, capture, peer))
    }
  })
})

describe('Figure 8, recovery from an old duplicate SYN', () => {
  const ladder = figure('08')

  it("at B's host: the whole right column, and the left one once the old duplicate is gone", () => {
    const capture = captureOf(ladder, { position: 1 })
    const report = analyzeBytes(capture.bytes)
    expect(changesOf(report, 'B')).toEqual(columnOf(ladder, capture, 'B'))
    // The old duplicate looks like a SYN that A sends now: only the RST shows that A does not want it. What is said of
    // A until then is not of the figure; what is said after it is.
    const [synSent, establishedAtA] = columnOf(ladder, capture, 'A')
    expect(changesOf(report, 'A').slice(-2)).toEqual([synSent, establishedAtA])
  })

  it("at A's host, which the old duplicate passed long ago: the whole left column, one connection of A", () => {
    const capture = captureOf(ladder, { position: 0 })
    const report = analyzeBytes(capture.bytes)
    expect(changesOf(report, 'A')).toEqual(columnOf(ladder, capture, 'A'))
    // B's first SYN-RECEIVED has no cause in this capture, so it may be told or not.
    expect(changesOf(report, 'B').slice(-2)).toEqual(columnOf(ladder, capture, 'B').slice(-2))
  })
})

describe('Figure 9, half-open connection discovery', () => {
  const ladder = figure('09', established(100, 300))
  const capture = captureOf(ladder)
  const report = analyzeBytes(capture.bytes)
  const frameOfLine = (number: number): number =>
    capture.frames.get(ladder.passages.find(({ departure }) => departure?.number === number)!)![0]!

  it('has B abort at line 5, not at the SYN of line 3', () => {
    expect(changesOf(report, 'B').slice(2)).toEqual([{ state: 'CLOSED', causeFrame: frameOfLine(5) }])
  })

  it('has A try again: SYN-SENT, by the SYN of line 3 or of line 7', () => {
    // A reboots and forgets, which no tap sees: line 3 is A's first sign, but up to line 5 it may also be a blind SYN
    // on the old connection (RFC 5961 §4), and line 7 carries the same segment.
    const last = changesOf(report, 'A').at(-1)!
    expect(last.state).toBe('SYN-SENT')
    expect([frameOfLine(3), frameOfLine(7)]).toContain(last.causeFrame)
  })
})

describe('Figure 10, the active side causes half-open connection discovery', () => {
  it('has both ends without the connection, by the RST of line 3', () => {
    // That A had forgotten the connection before, no tap sees; its RST is the first sign.
    const ladder = figure('10', established(100, 300))
    const capture = captureOf(ladder)
    const report = analyzeBytes(capture.bytes)
    const rst = capture.frames.get(ladder.passages.at(-1)!)![0]!
    for (const peer of ['A', 'B'] as const) {
      expect(changesOf(report, peer).at(-1)).toEqual({ state: 'CLOSED', causeFrame: rst })
    }
  })
})

describe('Figure 11, an old duplicate SYN on two passive sockets', () => {
  const ladder = figure('11')
  const capture = captureOf(ladder, { position: 1 })
  const report = analyzeBytes(capture.bytes)

  it('has the whole right column: B back in LISTEN', () => {
    expect(changesOf(report, 'B')).toEqual(columnOf(ladder, capture, 'B'))
  })

  it('leaves A without a connection', () => {
    // That the SYN is an old one, and A never left LISTEN, nothing tells apart from a SYN scan by A.
    expect(['CLOSED', 'LISTEN', undefined]).toContain(changesOf(report, 'A').at(-1)?.state)
    expect(transitionsOf(report, 'A').map(({ to }) => to)).not.toContain('ESTABLISHED')
  })
})
