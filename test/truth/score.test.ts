/**
 * The score itself: what it lets pass, and what it must not. Seconds after a state say when it was entered; of a claim,
 * when its cause and its proof passed the tap.
 */
import { describe, expect, it } from 'vitest'
import type { Report, TcpState } from '../../src/index.ts'
import type { KernelConnection, KernelSide, Recording } from './recording.ts'
import { type Score, scoreOf } from './score.ts'

const CLIENT = { address: '192.0.2.1', port: 40000 }
const SERVER = { address: '192.0.2.2', port: 80 }
const OTHER = { address: '192.0.2.1', port: 50000 }

/** `SYN-SENT@1`; `?` behind it: nothing in the capture shows it; `!`: only because of the next connection. */
function kernelSide(text: string): KernelSide {
  const transitions = text.split(' ').map((word) => {
    const [, state, seconds, mark] = /^(.+)@([\d.]+)(.?)$/.exec(word)!
    const timeUs = Number(seconds) * 1e6
    const cause = 'segment' as const
    return { state: state as TcpState, timeUs, cause, isVisible: mark !== '?', frame: null, isTakeover: mark === '!' }
  })
  return { isAtTap: true, transitions }
}

function kernel(client: string): KernelConnection {
  return { client: CLIENT, server: SERVER, sides: { client: kernelSide(client), server: null } }
}

function recording(connections: KernelConnection[], change: Partial<Recording> = {}): Recording {
  const about = { name: 'made up', kind: 'made up', capturePath: '', isOneSided: false }
  return { ...about, startUs: 1e6, stopUs: 100e6, connections, isWithoutSocket: () => false, ...change }
}

/** `FIN-WAIT-1@4-4 observed snd FIN`, by lines. */
function connection(client: string, ends = { client: CLIENT, server: SERVER }): unknown {
  const transitions = client.split('\n').map((line) => {
    const [, to, cause, proof, evidence, event] = /^\s*([A-Z0-9-]+)@([\d.]+)-([\d.]*) (\w+) (.*)$/.exec(line)!
    const moment = (seconds: string) => ({ frame: 1, time: new Date(Number(seconds) * 1000).toISOString() })
    const side = ends.client === CLIENT ? 'client' : 'server'
    return { side, to, evidence, event, cause: moment(cause!), proof: proof ? moment(proof) : null, time: null }
  })
  return { ...ends, transitions }
}

function score(recorded: Recording, ...connections: unknown[]): Score {
  return scoreOf(recorded, { connections } as unknown as Report)
}

const OPEN = 'SYN-SENT@2 ESTABLISHED@3'
const OPENED = 'SYN-SENT@2-2 observed snd SYN\nESTABLISHED@3-3.1 proved rcv SYN,ACK'
const CLOSE = `${OPEN} FIN-WAIT-1@4 FIN-WAIT-2@5 TIME-WAIT@6`
const CLOSED = `${OPENED}\nFIN-WAIT-1@4-4 observed snd FIN\nFIN-WAIT-2@5- assumed rcv ACK of FIN\nTIME-WAIT@6-6.1 proved rcv FIN`

describe('states', () => {
  it('are right when they are the kernel’s', () => {
    const { differences, right, exact, grades, timing } = score(recording([kernel(CLOSE)]), connection(CLOSED))
    expect({ differences, right, exact }).toEqual({ differences: [], right: 1, exact: 1 })
    expect(grades).toEqual({
      observed: { right: 2, wrong: 0 },
      proved: { right: 2, wrong: 0 },
      assumed: { right: 1, wrong: 0 },
    })
    expect(timing).toEqual({ kept: 5, broken: 0, early: 0 })
  })

  it('are wrong when one is missing, one too many, or another', () => {
    const without = CLOSED.replace(/FIN-WAIT-2.*\n/, '')
    const longer = `${CLOSED}\nCLOSED@7- assumed rcv RST`
    const another = CLOSED.replace('FIN-WAIT-2', 'CLOSING')
    const wrong = (claims: string, made = CLOSE) =>
      score(recording([kernel(made)]), connection(claims)).differences.length
    expect([wrong(without), wrong(longer, OPEN), wrong(another)]).toEqual([1, 1, 1])
  })

  it('that the kernel did not enter are false, by grade', () => {
    const claims = `${OPENED}\nCLOSE-WAIT@4-5 proved rcv FIN`
    const found = score(recording([kernel(OPEN)]), connection(claims))
    expect(found.false.map(({ claim }) => claim.state)).toEqual(['CLOSE-WAIT'])
    expect(found.grades.proved).toEqual({ right: 1, wrong: 1 })
  })

  it('without a segment may be left out or told', () => {
    const recorded = recording([kernel(`${OPEN} CLOSED@9?`)])
    const told = `${OPENED}\nCLOSED@9- assumed user timeout`
    expect(score(recorded, connection(OPENED))).toMatchObject({ right: 1, exact: 0 })
    expect(score(recorded, connection(told))).toMatchObject({ right: 1, exact: 1 })
  })

  it('between TIME-WAIT and the next connection may be left out, but not by a RST', () => {
    expect(score(recording([kernel(`${CLOSE} CLOSED@8!`)]), connection(CLOSED)).right).toBe(1)
    expect(score(recording([kernel(`${CLOSE} CLOSED@8`)]), connection(CLOSED)).right).toBe(0)
  })

  it('after the capture are not asked for: TIME-WAIT may end or not', () => {
    const told = `${CLOSED}\nCLOSED@66- assumed timeout=2MSL`
    expect(score(recording([kernel(`${CLOSE} CLOSED@101?`)]), connection(CLOSED)).right).toBe(1)
    expect(score(recording([kernel(CLOSE)]), connection(told)).right).toBe(1)
  })

  it('before the capture may be told in their order, but no others', () => {
    const recorded = recording([kernel('SYN-SENT@2? ESTABLISHED@3? FIN-WAIT-1@4')], { startUs: 3.5e6 })
    const rest = 'FIN-WAIT-1@4-4 observed snd FIN'
    const right = (first: string) => score(recorded, connection(`${first}\n${rest}`)).right
    expect(score(recorded, connection(rest)).right).toBe(1)
    expect(right('ESTABLISHED@3.6- assumed first seen mid-stream')).toBe(1)
    expect(right('SYN-RECEIVED@3.6- assumed rcv SYN')).toBe(0)
  })

  it('may be left out after the first silence of a capture of one direction', () => {
    const made = [kernel('SYN-SENT@2 ESTABLISHED@3? FIN-WAIT-1@4')]
    const claims = connection('SYN-SENT@2-2 observed snd SYN')
    expect(score(recording(made, { isOneSided: true }), claims).right).toBe(1)
    expect(score(recording(made), claims).right).toBe(0)
  })
})

describe('connections', () => {
  it('are the same with client and server exchanged', () => {
    expect(score(recording([kernel(CLOSE)]), connection(CLOSED, { client: SERVER, server: CLIENT })).right).toBe(1)
  })

  it('are missing, and their sides wrong', () => {
    expect(score(recording([kernel(OPEN)]))).toMatchObject({ missing: 1, right: 0, sides: 1 })
  })

  it('of the report that the kernel does not know are spurious, unless no socket is there', () => {
    const unknown = connection(OPENED, { client: OTHER, server: SERVER })
    const recorded = recording([kernel(OPEN)])
    expect(score(recorded, connection(OPENED), unknown).spurious).toBe(1)
    expect(score({ ...recorded, isWithoutSocket: () => true }, connection(OPENED), unknown).spurious).toBe(0)
  })

  it('of the same endpoints are told apart by time', () => {
    const recorded = recording([kernel(`${OPEN} CLOSED@8`), kernel('SYN-SENT@12 ESTABLISHED@13')])
    const first = connection(`${OPENED}\nCLOSED@8-8 observed snd RST`)
    const opened = 'SYN-SENT@12-12 observed snd SYN\nESTABLISHED@13-13.1 proved rcv SYN,ACK'
    const second = connection(opened)
    expect(score(recorded, first, second)).toMatchObject({ right: 2, spurious: 0, missing: 0 })
    expect(score(recorded, first)).toMatchObject({ right: 1, missing: 1 })
    expect(score(recorded, first, second, connection(opened))).toMatchObject({ right: 2, spurious: 1 })
  })
})

describe('times', () => {
  const timing = (claims: string) => score(recording([kernel(OPEN)]), connection(claims)).timing

  it('are broken by a cause after the kernel’s time', () => {
    expect(timing(OPENED.replace('3-3.1', '3.05-3.1'))).toEqual({ kept: 1, broken: 1, early: 0 })
  })

  it('are broken by a proof before it', () => {
    expect(timing(OPENED.replace('3-3.1', '2.8-2.9'))).toEqual({ kept: 1, broken: 1, early: 0 })
  })

  it('are early where the segment that shows a state leaves long after it', () => {
    expect(timing(OPENED.replace('2-2', '2.5-2.5'))).toEqual({ kept: 1, broken: 0, early: 1 })
  })

  it('in time make what is true right, out of time wrong', () => {
    const late = score(recording([kernel(OPEN)]), connection(OPENED.replace('3-3.1', '3.05-3.1')))
    expect(late.grades.proved).toEqual({ right: 0, wrong: 1 })
  })
})
