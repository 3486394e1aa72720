/**
 * Every recorded capture of fixtures/ against the kernels that it was recorded from.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import { pairOf, SIDES } from './recording.ts'
import { recordingsIn } from './recordings.ts'
import { type Objection, scoreOf } from './score.ts'
import { DIFFERENT_STATES, EARLIER_STATES, excusedSides } from './wire-limits.ts'

const recordings = recordingsIn(join(import.meta.dirname, '..', '..', 'fixtures'))

function inWords({ where, claim }: Objection): string {
  return `${where} ${claim.state} by ${claim.event}, ${claim.evidence}, frame ${claim.frame}`
}

describe.each(recordings)('$name', (recording) => {
  const report = analyzeBytes(new Uint8Array(readFileSync(recording.capturePath)))
  const score = scoreOf(recording, report)

  it('is the connections that the kernel had', () => {
    expect(score).toMatchObject({ connections: recording.connections.length, missing: 0, spurious: 0 })
  })

  it('has the states of the kernel on both sides', () => {
    const allowed: string[] = excusedSides(DIFFERENT_STATES, recording.name)
    expect(score.differences.filter(({ side }) => !allowed.includes(side))).toEqual([])
    expect([...new Set(score.differences.map(({ side }) => side))], 'wire-limits.ts').toEqual(allowed)
  })

  it('states as observed or proved only what is true', () => {
    expect(score.false.filter(({ claim }) => claim.evidence !== 'assumed').map(inWords)).toEqual([])
  })

  it('has each transition between its cause and its proof', () => {
    expect(score.mistimed.map(inWords)).toEqual([])
  })

  it('names the segment that made the kernel move', () => {
    expect(score.sameFrame).toBe(score.frames)
  })

  it('is as late as the wire, and no later', () => {
    expect(score.early.map(({ side }) => side)).toEqual(excusedSides(EARLIER_STATES, recording.name))
  })

  it('has no states of a server where no socket is', () => {
    const strangers = report.connections.filter(({ client, server }) =>
      recording.isWithoutSocket(pairOf(client, server)),
    )
    const states = strangers.flatMap(({ transitions }) => transitions.filter(({ side }) => side === 'server'))
    expect(states).toEqual([])
  })
})

it('knows the kernel of both sides of nearly every connection', () => {
  const sides = recordings.flatMap(({ connections }) =>
    connections.flatMap((one) => SIDES.map((side) => one.sides[side])),
  )
  expect(sides.filter((side) => side !== null).length).toBeGreaterThan(0.95 * sides.length)
})

it.each([...DIFFERENT_STATES, ...EARLIER_STATES])('still has the fixture $fixture', ({ fixture }) => {
  expect(recordings.map(({ name }) => name)).toContain(fixture)
})
