import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Ladder, type Peer, parseLadder } from './ladder.ts'
import { captureOf } from './ladder-capture.ts'
import { statesOf } from './ladder-states.ts'

const figure = (number: string): Ladder =>
  parseLadder(readFileSync(new URL(`../tcp/figures/figure-${number}.txt`, import.meta.url), 'utf8'))

/** `SYN-SENT@2`: a state of a column and the figure's line it belongs to. */
const column = (ladder: Ladder, peer: Peer): string[] =>
  statesOf(ladder, peer).map(({ state, causeLine }) => (causeLine ? `${state}@${causeLine.number}` : state))

describe('the columns of a figure', () => {
  it('follow the segments on their lines (Figure 6)', () => {
    expect(column(figure('06'), 'A')).toEqual(['CLOSED', 'SYN-SENT@2', 'ESTABLISHED@3'])
    expect(column(figure('06'), 'B')).toEqual(['LISTEN', 'SYN-RECEIVED@2', 'ESTABLISHED@4'])
  })

  it('change when a delayed segment arrives, not when it is sent (Figure 7)', () => {
    expect(column(figure('07'), 'A')).toEqual(['CLOSED', 'SYN-SENT@2', 'SYN-RECEIVED@3', 'ESTABLISHED@6'])
    expect(column(figure('07'), 'B')).toEqual(['CLOSED', 'SYN-SENT@3', 'SYN-RECEIVED@4', 'ESTABLISHED@7'])
  })

  it('belong to the FIN above, where the figure shows them beside the answer (Figure 13)', () => {
    const states = ['ESTABLISHED', 'FIN-WAIT-1@2', 'CLOSING@2', 'TIME-WAIT@3', 'CLOSED']
    expect(column(figure('13'), 'A')).toEqual(states)
    expect(column(figure('13'), 'B')).toEqual(states)
  })

  it('read remarks as no state (Figure 9)', () => {
    expect(column(figure('09'), 'A')).toEqual(['CLOSED', 'SYN-SENT@3'])
    expect(column(figure('09'), 'B')).toEqual(['ESTABLISHED', 'CLOSED@5'])
  })
})

describe('a segment', () => {
  it('may have letters for numbers (Figure 11)', () => {
    const [syn, answer] = figure('11').passages
    expect(syn!.segment.seq + 1).toBe(answer!.segment.ack)
  })

  it('that nobody sent is an old duplicate (Figure 8)', () => {
    expect(figure('08').passages.map(({ departure }) => departure?.number ?? null)).toEqual([2, null, 4, 5, 7, 8])
  })

  it('that no line brings stays in the network', () => {
    const [segment] = parseLadder('1.  SYN-SENT --> <SEQ=100><CTL=SYN> ...').passages
    expect(segment).toMatchObject({ arrival: null, isLost: false })
  })

  it('lost behind the tap is not taken for one that arrives later', () => {
    const ladder = parseLadder(`
      1.  SYN-SENT --> <SEQ=100><CTL=SYN> x
      2.  SYN-SENT --> <SEQ=100><CTL=SYN> ...
      3.           ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED`)
    expect(ladder.passages.map(({ arrival }) => arrival?.number ?? null)).toEqual([null, 3])
  })

  it('that is misspelled is an error', () => {
    expect(() => parseLadder('1.  SYN-SENT -> <SEQ=100><CTL=SYN> -->')).toThrow('not a ladder line')
    expect(() => parseLadder('1.  SYN-SENT --> <SEQ=1O0><CTL=SYN> -->')).toThrow('not a sequence number')
  })
})

describe('times', () => {
  it('are absolute with @, relative to the line before with +', () => {
    const ladder = parseLadder(`
      1.  @2.5      SYN-SENT --> <SEQ=100><CTL=SYN> x
      2.  +1        SYN-SENT --> <SEQ=100><CTL=SYN> x
      3.  @9/9.25   SYN-SENT --> <SEQ=100><CTL=SYN> --> SYN-RECEIVED`)
    expect(ladder.lines.map(({ seconds }) => seconds)).toEqual([2.5, 3.5, 9])
    expect(ladder.passages[2]!.arrivesSeconds).toBe(9.25)
  })
})

describe('the capture of a ladder', () => {
  const seen = (ladder: Ladder, position: number): string[] =>
    captureOf(ladder, { position }).passages.map((passage) => `${passage!.segment.from} ${passage!.segment.ctl}`)

  it('has crossing segments in the order of the place of the tap', () => {
    const crossing = parseLadder(`
      1.  @0  FIN-WAIT-1 --> <SEQ=100><ACK=300><CTL=FIN> ...
      2.  @1             ... <SEQ=300><ACK=100><CTL=RST> <-- FIN-WAIT-1
      3.  @5             ... <SEQ=100><ACK=300><CTL=FIN> -->
      4.  @6  CLOSING    <-- <SEQ=300><ACK=100><CTL=RST> ...`)
    expect(seen(crossing, 0)).toEqual(['A FIN', 'B RST'])
    expect(seen(crossing, 1)).toEqual(['B RST', 'A FIN'])
  })

  it('has what is lost behind the tap, and not what the tap missed', () => {
    const ladder = parseLadder(`
      1.  SYN-SENT    --> <SEQ=100><CTL=SYN> x
      2.  SYN-SENT    --> <SEQ=100><CTL=SYN> --> SYN-RECEIVED
      3.  ESTABLISHED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> {uncaptured} <-- SYN-RECEIVED
      4.  ESTABLISHED --> <SEQ=101><ACK=301><CTL=ACK> {twice} --> ESTABLISHED`)
    const capture = captureOf(ladder)
    expect(ladder.passages.map((passage) => capture.frames.get(passage))).toEqual([[1], [2], [], [3, 4]])
  })
})
