/** The recorder's reading of the kernel's trace, where the kernel says things sideways: requests, remainders, timers. */
import { expect, it } from 'vitest'
import type { TraceEvent } from '../../fixtures/record/kernel-trace.ts'
import { type KernelSocket, socketsOf } from '../../fixtures/record/sockets.ts'

/** 250 ticks a second: 60 s are 15,000 ticks. */
const HERTZ = 250

/** Events a millisecond apart on one CPU, in softirq, each as `name text`. */
function trace(...lines: string[]): TraceEvent[] {
  return lines.map((line, at) => {
    const [name, ...rest] = line.split(' ')
    return { time: BigInt(at) * 1_000_000n, cpu: 0, softirq: true, name: name!, text: rest.join(' ') }
  })
}

/** Two timers of nobody, a second apart, from which the length of a tick can be told. */
function withClock(events: TraceEvent[]): TraceEvent[] {
  const stranger = (time: bigint, expires: number): TraceEvent => ({
    time,
    cpu: 1,
    softirq: true,
    name: 'timer_start',
    text: `timer=ffff function=tcp_write_timer expires=${expires} [timeout=50]`,
  })
  return [stranger(0n, 1050), ...events, stranger(1_000_000_000n, 1050 + HERTZ)]
}

const ROUTE = 'fib_table_lookup table 254 oif 0 iif 1 proto 6 192.0.2.2/80 -> 192.0.2.1/40000 tos 0'
const REQUEST = 'timer_start timer=aa function=reqsk_timer_handler expires=2000 [timeout=250]'
const SERVER = 'family=AF_INET protocol=IPPROTO_TCP sport=80 dport=40000 saddr=192.0.2.2 daddr=192.0.2.1'

function remainder(ticks: number): string {
  return `timer_start timer=bb function=tw_timer_handler expires=${2000 + ticks} [timeout=${ticks}]`
}

function moves(from: string, to: string): string {
  return `inet_sock_set_state ${SERVER} oldstate=TCP_${from} newstate=TCP_${to}`
}

function states(sockets: KernelSocket[]): string[] {
  return sockets.flatMap(({ steps }) => steps.map(({ state }) => state))
}

it('takes a request for SYN-RECEIVED from the arrival of the SYN, not from the third segment', () => {
  const [socket] = socketsOf(
    trace(ROUTE, REQUEST, moves('LISTEN', 'SYN_RECV'), 'timer_cancel timer=aa', moves('SYN_RECV', 'ESTABLISHED')),
  )
  expect(socket).toMatchObject({ local: '192.0.2.2.80', peer: '192.0.2.1.40000' })
  expect(socket?.steps.map(({ state, time }) => [state, time])).toEqual([
    ['SYN-RECEIVED', 1_000_000n],
    ['ESTABLISHED', 4_000_000n],
  ])
})

it('keeps SYN-RECEIVED while the SYN-ACK is repeated, and ends it when the request is given up', () => {
  const expires = ['timer_cancel timer=aa', 'timer_expire_entry timer=aa function=reqsk_timer_handler']
  const repeats = [...expires, REQUEST, 'timer_expire_exit timer=aa']
  const [socket] = socketsOf(trace(ROUTE, REQUEST, ...repeats, ...repeats, ...expires, 'timer_expire_exit timer=aa'))
  expect(socket?.steps.map(({ state, ran }) => [state, ran])).toEqual([
    ['SYN-RECEIVED', 'arrival'],
    ['CLOSED', 'timer'],
  ])
})

it('ends SYN-RECEIVED when a RST removes the request', () => {
  const sockets = socketsOf(trace(ROUTE, REQUEST, 'timer_cancel timer=aa'))
  expect(states(sockets)).toEqual(['SYN-RECEIVED', 'CLOSED'])
})

it('tells a FIN-WAIT-2 without owner from TIME-WAIT by its timer, and sees the FIN restart it', () => {
  const closes = [moves('FIN_WAIT1', 'FIN_WAIT2'), remainder(50 * HERTZ), moves('FIN_WAIT2', 'CLOSE')]
  expect(states(socketsOf(withClock(trace(...closes))))).toEqual(['FIN-WAIT-2'])
  const fin = ['timer_cancel timer=bb', remainder(60 * HERTZ)]
  expect(states(socketsOf(withClock(trace(...closes, ...fin))))).toEqual(['FIN-WAIT-2', 'TIME-WAIT'])
  const repeated = [...fin, ...fin, 'timer_cancel timer=bb']
  expect(states(socketsOf(withClock(trace(...closes, ...repeated))))).toEqual(['FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'])
})

it('gives the end of TIME-WAIT to the old connection when connect() takes its endpoint over', () => {
  const waits = [remainder(60 * HERTZ), moves('FIN_WAIT2', 'CLOSE')]
  const [socket] = socketsOf(withClock(trace(...waits, moves('CLOSE', 'SYN_SENT'), 'timer_cancel timer=bb')))
  expect(socket?.steps.map(({ state, start }) => [state, start])).toEqual([
    ['TIME-WAIT', false],
    ['CLOSED', false],
    ['SYN-SENT', true],
  ])
})
