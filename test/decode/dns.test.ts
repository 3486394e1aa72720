import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visitDnsAddresses } from '../../src/decode/dns.ts'
import { dnsMessage, dnsName } from '../support/build-dns.ts'
import { bytes, u16 } from '../support/build-packet.ts'

/** `name address`, the address in hex. */
function namesIn(message: Uint8Array): string[] {
  const found: string[] = []
  const view = new DataView(message.buffer)
  visitDnsAddresses(view, 0, message.length, (name, at, length) => {
    found.push(`${name} ${Buffer.from(message.subarray(at, at + length)).toString('hex')}`)
  })
  return found
}

const A = { type: 1, data: [10, 0, 0, 1] }

describe('addresses of a DNS answer', () => {
  it('are IPv4 and IPv6 addresses under the name that was asked for', () => {
    const AAAA = { type: 28, data: new Uint8Array(16).fill(0x20) }
    expect(namesIn(dnsMessage({ records: [A, AAAA] }))).toEqual([
      'web.example 0a000001',
      `web.example ${'20'.repeat(16)}`,
    ])
  })

  it('belong to the name that was asked for, whatever aliases are between', () => {
    const alias = { type: 5, data: dnsName('cdn.example') }
    expect(namesIn(dnsMessage({ records: [alias, { ...A, owner: 'cdn.example' }] }))).toEqual(['web.example 0a000001'])
  })

  it('belong to their own records when nothing was asked, as in multicast DNS', () => {
    const message = bytes(u16(0), u16(0x8400), u16(0), u16(1), u16(0), u16(0), dnsName('tv.local'))
    expect(namesIn(bytes(message, u16(1), u16(0x8001), '00000078', u16(4), 10, 0, 0, 7))).toEqual(['tv.local 0a000007'])
  })

  it('are not taken from questions, from errors, or of other lengths', () => {
    expect(namesIn(dnsMessage({ records: [A], flags: 0x0100 }))).toEqual([])
    expect(namesIn(dnsMessage({ records: [A], flags: 0x8183 }))).toEqual([])
    expect(namesIn(dnsMessage({ records: [{ type: 1, data: [10, 0, 0] }] }))).toEqual([])
  })

  it('have names of printable ASCII only, a dot in a label is none between labels', () => {
    const asked = 'a\u001b[31m.x y'
    expect(namesIn(dnsMessage({ asked, records: [A] }))).toEqual(['a\\027[31m.x\\032y 0a000001'])
  })
})

describe('a damaged answer', () => {
  it('gives what came before the damage', () => {
    const whole = dnsMessage({ records: [A, A] })
    expect(namesIn(whole.slice(0, -1))).toEqual(['web.example 0a000001'])
  })

  it('ends a name that points at itself', () => {
    const message = dnsMessage({ records: [{ ...A, owner: '' }] })
    const at = message.length - 15
    expect(message[at]).toBe(0)
    expect(namesIn(bytes(message.subarray(0, at), u16(0xc000 + at), message.subarray(at + 1)))).toEqual([])
  })

  it('never throws', () => {
    const sound = dnsMessage({ records: [A, { ...A, owner: 'cdn.example' }] })
    const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 8 })
    fc.assert(
      fc.property(damage, fc.nat(sound.length), (changes, length) => {
        const message = sound.slice(0, length)
        for (const [at, value] of changes) if (at < length) message[at] = value
        for (const name of namesIn(message)) expect(name).toMatch(/^[\x21-\x7e]+ [0-9a-f]+$/)
      }),
    )
  })
})
