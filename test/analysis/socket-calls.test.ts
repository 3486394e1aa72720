/**
 * The call beside a transition, against the calls that the programs of the fixtures made. What finwait names must be the
 * call that was made, or one of the alternatives that it names; what it says that a call returned, that call returned.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { ConnectionReport, TransitionReport } from '../../src/report/model.ts'
import { type Fixture, listFixtures, type TruthTransition } from '../support/fixtures.ts'

const SIDES = ['client', 'server'] as const
type SideName = (typeof SIDES)[number]

/** A call of the truth in the words of the report; null for what is none. */
function wordsOf(call: string): string | null {
  if (call.startsWith('(')) return null
  if (call.startsWith('sendto(')) return 'sendto() with MSG_FASTOPEN'
  return call.startsWith('connect(') ? 'connect()' : call
}

/** What the report says a program did, not what a call then returned. */
function isAction(call: string | null): call is string {
  return call !== null && !/ returns| fails:| can return|was called before/.test(call)
}

interface Step {
  where: string
  said: TransitionReport
  made: TruthTransition
}

/** Transitions that report and kernel both have: of each side the first into a state. */
function stepsOf({ name, capturePath, truth }: Fixture): Step[] {
  const { connections } = analyzeBytes(new Uint8Array(readFileSync(capturePath)))
  return connections.flatMap((connection) => {
    const incarnation = connections.filter((other) => isBefore(other, connection)).length
    const same = truth.connections.filter(({ client }) => client.port === connection.client.port)
    const kernel = same[incarnation]
    if (!kernel) return []
    return SIDES.flatMap((side) => {
      const firsts = firstsOf(connection, side)
      return (kernel.sides[side] ?? []).flatMap((made) => {
        const said = firsts.get(made.state)
        return said ? [{ where: `${name} ${connection.connection} ${side} ${made.state}`, said, made }] : []
      })
    })
  })
}

function isBefore(other: ConnectionReport, connection: ConnectionReport): boolean {
  return other.client.port === connection.client.port && other.connection < connection.connection
}

function firstsOf({ transitions }: ConnectionReport, side: SideName): Map<string, TransitionReport> {
  const firsts = new Map<string, TransitionReport>()
  for (const transition of transitions) {
    if (transition.side === side && !firsts.has(transition.to)) firsts.set(transition.to, transition)
  }
  return firsts
}

/** The RSTs cross; for the capture the client's came first. */
const UNSEEN = new Set(['crossing-resets 0 server CLOSED'])

const fixtures = listFixtures()
const steps = fixtures.flatMap(stepsOf).filter(({ where }) => !UNSEEN.has(where))

describe('the call that made a transition', () => {
  const made = steps.filter(({ made: { cause, call } }) => cause === 'call' && wordsOf(call!) !== null)

  it('is compared for each of the calls there are', () => {
    const calls = new Set(made.map(({ made: { call } }) => wordsOf(call!)))
    expect([...calls].sort()).toEqual(['close()', 'connect()', 'sendto() with MSG_FASTOPEN', 'shutdown(SHUT_WR)'])
    expect(made.length).toBeGreaterThan(350)
  })

  it('is the one that is named, or among them', () => {
    const wrong = made.filter(({ said, made: { call } }) => !said.call?.includes(wordsOf(call!)!))
    expect(wrong.map(({ where, said, made: { call } }) => `${where}: ${said.call}, but ${call}`)).toEqual([])
  })

  it('is not named where a segment or a timer made it', () => {
    const wrong = steps.filter(({ said, made: { cause } }) => cause !== 'call' && isAction(said.call))
    expect(wrong.map(({ where, said }) => `${where}: ${said.call}`)).toEqual([])
  })
})

describe('what a call returned', () => {
  /** Fixtures with one connection, so that the calls of a host are those of its socket. */
  const single = fixtures.filter(({ truth }) => truth.connections.length === 1)
  const results = single.flatMap((fixture) =>
    stepsOf(fixture).map((step) => ({
      ...step,
      calls: fixture.truth.calls.filter(({ host }) => step.where.includes(` ${host} `)),
    })),
  )

  it.each([
    ['connect() returns', /^connect\(/, /^(0|EINPROGRESS)$/],
    ['connect() fails: ECONNREFUSED', /^connect\(/, /^ECONNREFUSED$/],
    ['accept() can return', /^accept\(/, /^\d+$/],
    ['read() fails: ECONNRESET', /^recv\(/, /^ECONNRESET$/],
    ['read() fails: ETIMEDOUT', /^recv\(/, /^ETIMEDOUT$/],
    // Once the data before it are read.
    ['read() returns 0', /^recv\(/, /^\d+$/],
  ])('%s', (said, call, result) => {
    const claims = results.filter((step) => step.said.call === said)
    expect(claims).not.toEqual([])
    for (const { where, calls, said: transition } of claims) {
      const since = (transition.cause ?? transition.proof)!.time
      // A program need not ask: then nothing was returned.
      const later = calls.filter(
        ({ call: made, returned }) => call.test(made) && returned !== null && returned >= since,
      )
      expect(
        later.filter((made) => !result.test(made.result ?? '')),
        where,
      ).toEqual([])
    }
  })

  it('listen() was called before', () => {
    const claims = results.filter((step) => step.said.call === 'listen() was called before')
    expect(claims.length).toBeGreaterThan(30)
    const unfounded = claims.filter(
      ({ calls, said }) =>
        !calls.some(({ call, time }) => call.startsWith('listen(') && time < (said.cause ?? said.proof)!.time),
    )
    expect(unfounded.map(({ where }) => where)).toEqual([])
  })
})
