/**
 * Names of addresses: told by the captures, asked of nobody, and only when wanted.
 */
import { describe, expect, it } from 'vitest'
import { Names } from '../../src/analysis/names.ts'
import { analyzeBytes } from '../../src/index.ts'
import { captureOfPackets, opened, PAIR } from '../findings/packets.ts'
import { dnsAnswer } from '../support/build-dns.ts'

const answer = (asked: string, seconds = 0, port = 53) => ({
  seconds,
  data: dnsAnswer({ asked, port, records: [{ type: 1, data: [10, 0, 0, 2] }] }),
})
const capture = captureOfPackets([answer('web.example'), ...opened(PAIR, 1)])
const nameOf = (...packets: ReturnType<typeof answer>[]): string | null | undefined =>
  analyzeBytes(captureOfPackets([...packets, ...opened(PAIR, 9)]), { showNames: true }).connections[0]!.server.name

describe('with names', () => {
  it('an address has the name that a DNS answer gave it', () => {
    const { connections, hosts } = analyzeBytes(capture, { showNames: true })
    expect(connections[0]).toMatchObject({
      client: { address: '10.0.0.1', name: null },
      server: { address: '10.0.0.2', name: 'web.example' },
    })
    expect(hosts).toMatchObject([{ name: null }, { name: 'web.example' }])
  })

  it('the last answer holds', () => {
    expect(nameOf(answer('old.example'), answer('new.example', 1))).toBe('new.example')
  })

  it('what is no DNS answer names nothing', () => {
    expect(nameOf(answer('web.example', 0, 54))).toBe(null)
  })

  it('a name that reads like an address is none', () => {
    expect(nameOf(answer('192.0.2.1'))).toBe(null)
  })

  it('what a capture has written holds, whatever was answered', () => {
    const names = new Names(10)
    names.addWritten([
      { address: Uint8Array.of(10, 0, 0, 2), name: 'mine' },
      { address: Uint8Array.of(10, 0, 0, 2), name: 'alias' },
      { address: new Uint8Array(16).fill(1, 15), name: 'loopback' },
    ])
    expect(['10.0.0.2', '::1', '10.0.0.3'].map((address) => names.of(address))).toEqual(['mine', 'loopback', null])
  })
})

it('without, the report has no names at all', () => {
  expect(JSON.stringify(analyzeBytes(capture))).not.toMatch(/"name"|web\.example/)
})
