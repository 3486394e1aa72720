/**
 * The table of src/tcp/states.ts: what it leads to from every state, that nothing in it is double, dead or unreachable,
 * and that every arrow is taken by some connection of the fixtures, the scenarios or arrows.txt.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import { arrow } from '../../src/tcp/machine.ts'
import { EVENTS, PICKUP, STATES, type TcpState, TRANSITIONS } from '../../src/tcp/states.ts'
import { readScenarios } from '../scenarios/scenario.ts'
import { pcap } from '../support/build-capture.ts'
import { bytes, ethernet, ipv4, tcpPacket } from '../support/build-packet.ts'
import { listFixtures } from '../support/fixtures.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'

/** Two letters for each state, for the columns of the grid. */
const SHORT: Readonly<Record<TcpState, string>> = {
  CLOSED: 'CL',
  LISTEN: 'LI',
  'SYN-SENT': 'SS',
  'SYN-RECEIVED': 'SR',
  ESTABLISHED: 'ES',
  'FIN-WAIT-1': 'F1',
  'FIN-WAIT-2': 'F2',
  'CLOSE-WAIT': 'CW',
  CLOSING: 'CG',
  'LAST-ACK': 'LA',
  'TIME-WAIT': 'TW',
}

/** Arrows of Figure 5 that no capture can show, and why. */
const NEVER_INFERRED: Readonly<Record<string, string>> = {
  'LISTEN, snd SYN -> SYN-SENT': 'a tap cannot tell a listening socket that connects from a closed one',
  'SYN-RECEIVED, rcv FIN -> CLOSE-WAIT': 'a FIN carries the ACK of the SYN, which is taken first (§3.10.7.4)',
  'FIN-WAIT-2, rcv FIN,ACK of FIN -> TIME-WAIT': 'who is in FIN-WAIT-2 has had the ACK of its FIN before',
  'ESTABLISHED, user timeout -> CLOSED': 'of repeated data nothing is kept, so that giving up is not seen',
  'CLOSE-WAIT, user timeout -> CLOSED': 'of repeated data nothing is kept, so that giving up is not seen',
}

function nameOf([from, on, to]: readonly [string, string, string, ...unknown[]]): string {
  return `${from}, ${on} -> ${to}`
}

/** A line for each event, a column for each state, as nf_conntrack_proto_tcp.c has it. */
function grid(): string {
  const width = Math.max(...EVENTS.map((event) => event.length))
  const head = `${' '.repeat(width)}  ${STATES.map((state) => SHORT[state]).join('  ')}`
  const lines = EVENTS.map((event) => {
    const cells = STATES.map((state) => SHORT[arrow(state, event)?.[2] as TcpState] ?? ' .')
    return `${event.padEnd(width)}  ${cells.join('  ')}`
  })
  const legend = STATES.map((state) => `${SHORT[state]} ${state}`).join(', ')
  return `Where each event leads from each state; a dot where Figure 5 draws no arrow.\n${legend}\n\n${head}\n${lines.join('\n')}\n`
}

describe('the table', () => {
  it('leads from every state, on every event, to where the grid says', async () => {
    await expect(grid()).toMatchFileSnapshot('./grid.snap.txt')
  })

  it('is what the machine compiled from it does, cell by cell', () => {
    for (const state of STATES) {
      for (const event of EVENTS) {
        const row = TRANSITIONS.find(([from, on]) => from === state && on === event) ?? null
        expect(arrow(state, event), `${state}, ${event}`).toBe(row)
      }
    }
  })

  it('has one arrow at most for a state and an event', () => {
    const cells = TRANSITIONS.map(([from, on]) => `${from}, ${on}`)
    expect(cells.filter((cell, at) => cells.indexOf(cell) !== at)).toEqual([])
  })

  it('uses every event, and draws no arrow from a state to itself', () => {
    expect(EVENTS.filter((event) => !TRANSITIONS.some(([, on]) => on === event))).toEqual([])
    expect(TRANSITIONS.filter(([from, , to]) => from === to)).toEqual([])
  })

  it('reaches every state from CLOSED, an application calling listen()', () => {
    const reached = new Set<TcpState>(['CLOSED', 'LISTEN'])
    for (let before = 0; before < reached.size; ) {
      before = reached.size
      for (const [from, , to] of TRANSITIONS) if (reached.has(from)) reached.add(to)
    }
    expect(STATES.filter((state) => !reached.has(state))).toEqual([])
  })

  it('leads back to CLOSED from every state but LISTEN within three arrows', () => {
    const closes = (state: TcpState, steps: number): boolean =>
      state === 'CLOSED' || (steps > 0 && TRANSITIONS.some(([from, , to]) => from === state && closes(to, steps - 1)))
    expect(STATES.filter((state) => !closes(state, 3))).toEqual([])
  })

  it('cites a section of RFC 9293 for every arrow', () => {
    expect(TRANSITIONS.filter(([, , , section]) => !/^§3(\.\d+)+( \w+)*$/.test(section))).toEqual([])
  })
})

/** The arrows that the connections of a capture take, on either side. */
function arrowsIn(capture: Uint8Array): string[] {
  const transitions = analyzeBytes(capture).connections.flatMap((connection) => connection.transitions)
  return transitions.map(({ from, event, to }) => nameOf([from, event, to]))
}

interface Example {
  /** The arrows it is there for. */
  arrows: string[]
  capture: Uint8Array
}

/** The ladders of arrows.txt. */
function readExamples(): Example[] {
  const text = readFileSync(new URL('arrows.txt', import.meta.url), 'utf8')
  const sections = text.split(/(?<!## .*\n)(?=^## )/m).slice(1)
  return sections.map((section) => {
    const lines = section.split('\n')
    const ladder = parseLadder(lines.filter((line) => !/^(##|idle:)/.test(line)).join('\n'))
    const idle = /^idle: (\d+)$/m.exec(section)?.[1]
    return {
      arrows: lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3)),
      capture: captureOf(ladder, idle === undefined ? {} : { idleSeconds: Number(idle) }).bytes,
    }
  })
}

/** A SYN, and the router's "host unreachable" that quotes it. */
function unreachable(): Example {
  const syn = tcpPacket({ flags: 'S' })
  const icmp = bytes(3, 1, 0, 0, 0, 0, 0, 0, syn.subarray(14, 14 + 28))
  const answer = ethernet({
    payload: ipv4({ source: '10.0.0.254', destination: '10.0.0.1', protocol: 1, payload: icmp }),
  })
  const capture = pcap([
    { seconds: 1, data: syn },
    { seconds: 2, data: answer },
  ])
  return { arrows: ['SYN-SENT, rcv ICMP error -> CLOSED'], capture }
}

describe('every arrow', () => {
  const examples = [...readExamples(), unreachable()]

  it.each(examples)('is taken where its example says: $arrows.0', ({ arrows, capture }) => {
    expect(arrowsIn(capture)).toEqual(expect.arrayContaining(arrows))
  })

  it('is taken by some connection, or is one that no capture can show', () => {
    const captures = [
      ...listFixtures().map(({ capturePath }) => new Uint8Array(readFileSync(capturePath))),
      ...readScenarios().flatMap(({ scenarios }) => scenarios.map(({ ladder }) => captureOf(ladder).bytes)),
      ...examples.map(({ capture }) => capture),
    ]
    const taken = new Set(captures.flatMap(arrowsIn))
    const notTaken = TRANSITIONS.map(nameOf).filter((name) => !taken.has(name))
    expect(notTaken).toEqual(Object.keys(NEVER_INFERRED))
    const known = new Set([...TRANSITIONS.map(nameOf), nameOf([PICKUP.from, PICKUP.on, PICKUP.to])])
    expect([...taken].filter((name) => !known.has(name))).toEqual([])
  })
})
