import { describe, expect, it } from 'vitest'
import { snoop } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { PACKETS } from './formats.ts'

const FIRST_RECORD = 16

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice()
  new DataView(copy.buffer).setUint32(at, value)
  return copy
}

describe('snoop', () => {
  it('says how many packets were dropped up to the last one', () => {
    expect(collect(snoop(PACKETS, 4, 17)).info.dropped).toBe(17)
  })

  it.each([
    ['Ethernet', 4, 1],
    ['802.3', 0, 1],
    ['Token Ring', 2, 6],
    ['FDDI', 8, 10],
    ['IP over InfiniBand', 26, 242],
    ['a link that nobody knows', 99, 0xffff],
  ])('has packets of %s', (_name, datalink, linkType) => {
    expect(collect(snoop(PACKETS, datalink)).packets[0]?.linkType).toBe(linkType)
  })

  it('is damage where the record is shorter than its packet', () => {
    const { error } = collect(withWord(snoop(PACKETS), FIRST_RECORD + 8, 40))
    expect(error).toMatchObject({ code: 'record-length', offset: FIRST_RECORD + 8 })
  })

  it('is damage where the packet claims more than any packet has', () => {
    const { error } = collect(withWord(snoop(PACKETS), FIRST_RECORD + 4, 0xffff_fff0))
    expect(error).toMatchObject({ code: 'record-length', offset: FIRST_RECORD + 4 })
  })

  it('is read in version 2 only', () => {
    const { error } = collect(withWord(snoop(PACKETS), 8, 3))
    expect(error?.message).toBe('expected a snoop capture of version 2, found version 3')
  })
})
