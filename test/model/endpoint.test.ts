/**
 * The model itself, without any inference: were it wrong, agreement with it would prove nothing.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TRANSITIONS } from '../../src/tcp/states.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf as captureOfLadder } from '../support/ladder-capture.ts'
import type { Habits } from './endpoint.ts'
import { ladderOf } from './ladder-of-world.ts'
import { ACK, FIN, RST, type Sent, SYN } from './segment.ts'
import { SIGHTS } from './sight.ts'
import type { ActionSpec, ConnectionSpec, FateSpec, HostSpec } from './spec.ts'
import { connections } from './specs.ts'
import { captureOf } from './tap.ts'
import { runWorld, type World } from './world.ts'

const HABITS: Habits = {
  rtoUs: 300_000,
  retries: 3,
  delayedAckUs: 0,
  delaysAckOfFin: false,
  takesAckOutOfOrder: false,
  abortsWithAck: true,
  finWait2Us: 60_000_000,
  keepAliveUs: 0,
  mss: 1460,
}

interface Plan {
  opens?: HostSpec['opens']
  openMs?: number
  actions?: ActionSpec[]
  atEnd?: HostSpec['application']['atEnd']
  habits?: Partial<Habits>
}

const call = (ms: number, what: ActionSpec['call'], amount = 0): ActionSpec => ({ ms, call: what, amount })

function host(plan: Plan, opens: HostSpec['opens']): HostSpec {
  return {
    opens: plan.opens ?? opens,
    openMs: plan.openMs ?? 0,
    habits: { ...HABITS, ...plan.habits },
    application: { actions: plan.actions ?? [], reply: 0, atEnd: plan.atEnd ?? 'close', atEndMs: 0 },
  }
}

function world(first: Plan, second: Plan, fates: FateSpec[] = []): World {
  const spec: ConnectionSpec = {
    seed: 1,
    hosts: [host(first, 'connect'), host(second, 'listen')],
    network: { delayMs: [10, 10], isOrdered: true, fates },
    tap: { position: 0.5, sees: 'both', fromMs: 0, misses: [], twice: [] },
  }
  return runWorld(spec)
}

const lose = (nth: number): FateSpec => ({ nth, fate: 'lose', isBehindTap: true, extraMs: 0 })

function states({ truths }: World): [string, string] {
  const [first, second] = truths.map(({ transitions }) => transitions.map(({ to }) => to).join(' '))
  return [first!, second!]
}

const NAMES = [
  [FIN, 'FIN'],
  [SYN, 'SYN'],
  [RST, 'RST'],
  [ACK, 'ACK'],
] as const

function spelled({ from, flags }: Sent): string {
  return `${from === 0 ? 'A' : 'B'} ${NAMES.filter(([bit]) => flags & bit).map(([, name]) => name)}`
}

describe('two endpoints', () => {
  it('open and close as in Figures 6 and 12', () => {
    const run = world({ actions: [call(50, 'close')] }, {})
    expect(run.sent.map(spelled)).toEqual(['A SYN', 'B SYN,ACK', 'A ACK', 'A FIN,ACK', 'B ACK', 'B FIN,ACK', 'A ACK'])
    expect(states(run)).toEqual([
      'SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED',
      'SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED',
    ])
  })

  it('open at the same time as in Figure 7', () => {
    const run = world({}, { opens: 'connect', openMs: 5 })
    expect(run.sent.slice(0, 4).map(spelled)).toEqual(['A SYN', 'B SYN', 'B SYN,ACK', 'A SYN,ACK'])
    expect(states(run)).toEqual(Array(2).fill('SYN-SENT SYN-RECEIVED ESTABLISHED'))
  })

  it('close at the same time as in Figure 13', () => {
    const run = world({ actions: [call(50, 'close')] }, { actions: [call(50, 'close')] })
    expect(states(run)[0]).toMatch(/FIN-WAIT-1 CLOSING TIME-WAIT CLOSED$/)
    expect(states(run)[1]).toMatch(/FIN-WAIT-1 CLOSING TIME-WAIT CLOSED$/)
  })

  it('go from FIN-WAIT-1 to TIME-WAIT when the FIN acknowledges the FIN (Figure 5 Note 2)', () => {
    const run = world({ actions: [call(50, 'close')] }, { habits: { delayedAckUs: 40_000, delaysAckOfFin: true } })
    expect(states(run)[0]).toMatch(/FIN-WAIT-1 TIME-WAIT CLOSED$/)
  })

  it('stay in TIME-WAIT for 2 MSL after the last FIN, not after the first', () => {
    // Segments: SYN, SYN,ACK, ACK, FIN, ACK, FIN, and the ACK that is lost.
    const run = world({ actions: [call(50, 'close')] }, {}, [lose(6)])
    const [timeWait, closed] = run.truths[0].transitions.slice(-2)
    expect(closed!.us - timeWait!.us).toBe(60_000_000 + HABITS.rtoUs)
    expect(states(run)[1]).toMatch(/LAST-ACK CLOSED$/)
  })

  it('send a FIN again until it is acknowledged, and give up in the end', () => {
    const run = world({ actions: [call(50, 'close')] }, { actions: [call(45, 'crash', 1_000_000)] })
    expect(run.sent.filter(({ flags }) => flags & FIN)).toHaveLength(4)
    expect(run.truths[0].transitions.at(-1)).toMatchObject({ from: 'FIN-WAIT-1', to: 'CLOSED', shown: 'silent' })
  })

  it('refuse a SYN where nobody listens', () => {
    const run = world({}, { opens: 'refuse' })
    expect(run.sent.map(spelled)).toEqual(['A SYN', 'B RST,ACK'])
    expect(states(run)).toEqual(['SYN-SENT CLOSED', ''])
  })

  it('answer data after close() with a RST (RFC 9293 §3.6.1)', () => {
    const run = world({ actions: [call(50, 'close')] }, { actions: [call(100, 'write', 10)], atEnd: 'nothing' })
    expect(run.sent.slice(-2).map(spelled)).toEqual(['B ACK', 'A RST'])
    expect(states(run)).toEqual([
      'SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSED',
      'SYN-RECEIVED ESTABLISHED CLOSE-WAIT CLOSED',
    ])
  })

  it('answer close() over unread data with a RST', () => {
    const run = world(
      { actions: [call(30, 'write', 10)] },
      { actions: [call(0, 'stop-reading'), call(30, 'stop-reading'), call(100, 'close')] },
    )
    expect(run.sent.at(-1)!.flags).toBe(RST | ACK)
    expect(states(run)[1]).toBe('SYN-RECEIVED ESTABLISHED CLOSED')
  })

  it('find out about a half-open connection as in Figure 9', () => {
    const run = world({ actions: [call(100, 'crash', 1000), call(1200, 'connect')] }, {})
    expect(run.sent.slice(3).map(spelled).slice(0, 3)).toEqual(['A SYN', 'B ACK', 'A RST'])
    expect(states(run)).toEqual([
      'SYN-SENT ESTABLISHED CLOSED SYN-SENT ESTABLISHED',
      'SYN-RECEIVED ESTABLISHED CLOSED SYN-RECEIVED ESTABLISHED',
    ])
  })

  it('reopen from TIME-WAIT (MAY-2)', () => {
    const run = world({ actions: [call(1500, 'connect')] }, { actions: [call(50, 'close')] })
    expect(states(run)[1]).toBe(
      'SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED SYN-RECEIVED ESTABLISHED',
    )
  })

  it('probe a connection that is idle, and reset it when nobody answers (§3.8.4)', () => {
    const run = world({ habits: { keepAliveUs: 5_000_000 } }, { actions: [call(50, 'crash', 1_000_000)] })
    expect(run.sent.slice(3).map(spelled)).toEqual(['A ACK', 'A ACK', 'A ACK', 'A RST,ACK'])
  })
})

describe.each(SIGHTS)('every world, %s', (sight) => {
  const arrows = new Set(TRANSITIONS.map(([from, , to]) => `${from} > ${to}`))

  it('moves along the arrows of Figure 5 only', () => {
    const property = fc.property(connections(sight), (spec) => {
      for (const { transitions } of runWorld(spec).truths) {
        for (const { from, to, shown } of transitions) {
          if (shown !== 'silent') expect(arrows).toContain(`${from} > ${to}`)
        }
      }
    })
    fc.assert(property, { numRuns: 500, seed: 1 })
  })

  it('is the same from the same spec', () => {
    const property = fc.property(connections(sight), (spec) => {
      const texts = [1, 2].map(() => {
        const run = runWorld(spec)
        captureOf([{ crossings: run.crossings, ports: [10_000, 80], startUs: 0 }])
        return ladderOf(run)
      })
      expect(texts[0]).toBe(texts[1])
    })
    fc.assert(property, { numRuns: 100, seed: 2 })
  })

  it('prints a ladder that builds the same capture', () => {
    const property = fc.property(connections(sight), (spec) => {
      const run = runWorld(spec)
      captureOf([{ crossings: run.crossings, ports: [10_000, 80], startUs: 0 }])
      const rebuilt = captureOfLadder(parseLadder(ladderOf(run))).passages.map((passage) => passage!.segment.seq)
      // Sorted, because packets of the same microsecond have no order.
      expect(rebuilt.sort()).toEqual(run.crossings.map(({ sent }) => sent.seq).sort())
    })
    fc.assert(property, { numRuns: 100, seed: 3 })
  })
})
