/**
 * A table that forgets what was not used for long, against a list of what was used.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLIENT_AT, type Parties, SERVER_AT } from '../../src/analysis/address-table.ts'
import { RecentTable } from '../../src/analysis/recent-table.ts'

const PORT = 80

/** A client's address that ends with `last`, and a server. */
function from(last: number, family = 4): Parties {
  const client = family === 4 ? [(10 << 24) | last, 0, 0, 0] : [0x20010db8, 0, 0, last]
  const server = family === 4 ? [(10 << 24) | (1 << 16), 0, 0, 0] : [0x20010db8, 1, 0, 0]
  return { family, addresses: Int32Array.from([...client, ...server]), ports: [40_000, PORT] }
}

/** Counts one more of that client; returns how many there were before. */
function count(table: RecentTable, parties: Parties, port = PORT): number {
  const at = table.use(parties, CLIENT_AT, port)
  return table.words[at]!++
}

const clientsOf = (table: RecentTable): string[] => [...table.rows()].map((key) => key.table.addressOf(key.row))

describe('RecentTable', () => {
  it('counts from 0, and remembers what is used', () => {
    const table = new RecentTable(0, 1, 1, 2)
    expect([1, 2, 1, 3].map((last) => count(table, from(last)))).toEqual([0, 0, 1, 0])
    expect([3, 1].map((last) => count(table, from(last)))).toEqual([1, 2])
  })

  it('remembers as many as it was told, and never more than twice as many', () => {
    const table = new RecentTable(0, 1, 1, 3)
    for (let last = 0; last < 100; last++) {
      count(table, from(last))
      const latest = [last - 2, last - 1, last].filter((each) => each >= 0)
      expect(clientsOf(table).slice(-3)).toEqual(latest.map((each) => `10.0.0.${each}`))
      expect(clientsOf(table).length).toBeLessThanOrEqual(6)
    }
  })

  it('counts what it forgot, and tells what was counted of it', () => {
    const uses = fc.array(fc.nat(30), { maxLength: 400 })
    fc.assert(
      fc.property(uses, fc.integer({ min: 1, max: 8 }), (clients, limit) => {
        let lost = 0
        let forgotten = 0
        const table = new RecentTable(0, 1, 1, limit, (words, at) => {
          lost += words[at]!
          forgotten++
        })
        for (const last of clients) count(table, from(last))
        const counted = [...table.rows()].map(({ words, at }) => words[at]!)
        expect(counted.reduce((sum, each) => sum + each, lost)).toBe(clients.length)
        expect(table.forgotten).toBe(forgotten)
      }),
    )
  })

  it('tells apart ports, families, and all words of an IPv6 address', () => {
    const table = new RecentTable(0, 1, 1, 100)
    const mapped: Parties = { ...from(1), family: 6 }
    expect([from(1), from(1, 6), from(2, 6), mapped].map((parties) => count(table, parties))).toEqual([0, 0, 0, 0])
    expect(count(table, from(1), PORT + 1)).toBe(0)
    expect(clientsOf(table)).toEqual(['10.0.0.1', '2001:db8::1', '2001:db8::2', 'a00:1::', '10.0.0.1'])
  })

  it('does not look at what is left in the words of an IPv4 address', () => {
    const table = new RecentTable(0, 2, 1, 100)
    const parties = from(1)
    count(table, parties)
    parties.addresses.set([7, 7, 7], CLIENT_AT + 1)
    parties.addresses.set([7, 7, 7], SERVER_AT + 1)
    expect(count(table, parties)).toBe(1)
  })

  it('finds all of many', () => {
    const table = new RecentTable(7, 2, 1, 50_000)
    const all = Array.from({ length: 50_000 }, (_, last) => from(last, last & 1 ? 4 : 6))
    for (const before of [0, 1]) expect(new Set(all.map((parties) => count(table, parties)))).toEqual(new Set([before]))
  })
})
