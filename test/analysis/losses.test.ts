import { expect, it } from 'vitest'
import { Losses } from '../../src/analysis/losses.ts'
import { ENGINES } from '../../src/source/live/choose-engine.ts'

it('says what was lost while a connection lasted, and null while nobody counts', () => {
  const losses = new Losses()
  expect(losses.between(0, 10)).toBeNull()
  for (const [timeNs, total] of [
    [0, 0],
    [10, 0],
    [20, 0],
    [30, 5],
    [40, 5],
    [50, 12],
  ] as const)
    losses.note(total, timeNs)
  expect(losses.between(0, 20)).toBe(0)
  expect(losses.between(0, 25)).toBe(5)
  expect(losses.between(21, 22)).toBe(5)
  expect(losses.between(41, 60)).toBe(7)
  expect(losses.between(0, 60)).toBe(12)
})

it('keeps a bounded number of moments, and all that was lost', () => {
  const losses = new Losses()
  for (let at = 0; at < 100_000; at++) losses.note(at, at)
  expect(losses.between(0, 99_999)).toBe(99_999)
})

it('reads what capture programs say of their losses', () => {
  const { tcpdump, dumpcap } = ENGINES
  const asked = 'tcpdump: 5 packets captured, 10 packets received by filter, 3 packets dropped by kernel\n'
  const ended =
    '9 packets captured\n20 packets received by filter\n4 packets dropped by kernel\n2 packets dropped by interface\n'
  expect(tcpdump.dropsIn('listening on lo')).toBeNull()
  expect(tcpdump.dropsIn(asked)).toEqual({ kernel: 3, program: 0, interface: 0 })
  expect(tcpdump.dropsIn(asked + ended)).toEqual({ kernel: 4, program: 0, interface: 2 })
  const said = "Packets received/dropped on interface 'lo': 90/16 (pcap:1/dumpcap:2/flushed:4/ps_ifdrop:9) (84.9%)\n"
  expect(dumpcap.dropsIn('Capturing on')).toBeNull()
  expect(dumpcap.dropsIn(said)).toEqual({ kernel: 1, program: 6, interface: 9 })
})
