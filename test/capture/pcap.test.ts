import { describe, expect, it } from 'vitest'
import { pcap } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { bytesOf, PACKETS } from './formats.ts'

/** Offset of the captured length of the first record. */
const CAPTURED_LENGTH = 24 + 8

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice()
  new DataView(copy.buffer).setUint32(at, value, true)
  return copy
}

describe('the file header', () => {
  it('tells the link type apart from the length of the frame check sequence above it', () => {
    const { info, packets } = collect(pcap(PACKETS, { linkType: 0x2400_0001 }))
    expect(info.interfaces).toEqual([{ linkType: 1, snapLength: 262_144, name: null }])
    expect(info.warnings).toEqual([])
    expect(packets[0]).toMatchObject({ linkType: 1, fcsLength: 4 })
  })

  it('has no frame check sequence when the bit for it is not set, whatever the length says', () => {
    expect(collect(pcap(PACKETS, { linkType: 0x2000_0001 })).packets[0]).toMatchObject({ linkType: 1, fcsLength: 0 })
  })

  it('is read with a warning when reserved bits of the link type are set', () => {
    const { info, packets } = collect(pcap(PACKETS, { linkType: 0x0001_0071 }))
    expect(packets[0]?.linkType).toBe(113)
    expect(info.warnings).toEqual([
      { code: 'link-type', offset: 20, message: 'the link type has bits set that mean nothing: it is read as 113' },
    ])
  })

  it('is damage when its version is older than any', () => {
    const { error } = collect(pcap(PACKETS, { version: [1, 2] }))
    expect(error).toMatchObject({ code: 'pcap-version', offset: 4 })
    expect(error?.message).toBe('expected a pcap header of version 2, found version 1.2')
  })

  it('of AIX says an ifType and counts nanoseconds', () => {
    const options = { nanoseconds: true, magic: 0xa1b2c3d4, version: [2, 2], swapLengths: true } as const
    const packet = { seconds: 7, nanoseconds: 123_456_789, data: bytesOf(20) }
    const linkTypes = [6, 9, 15, 24].map((linkType) => collect(pcap([packet], { ...options, linkType })).packets[0])
    expect(linkTypes.map((each) => each?.linkType)).toEqual([1, 6, 10, 0])
    expect(linkTypes[0]?.time).toBe(7_123_456_789n)
  })
})

describe('a record', () => {
  it('longer than any packet is damage, at its offset, after what came before', () => {
    const start = 24 + 16 + 60
    const { error, packets, info } = collect(withWord(pcap(PACKETS), start + 8, 0xffff_fff0))
    expect(packets.map((packet) => packet.frame)).toEqual([1])
    expect(info.cutShort).toBe(false)
    expect(error).toMatchObject({ code: 'record-length', offset: start })
    expect(error?.message).toBe('expected a packet of at most 262144 bytes, found a record that claims 4294967280')
  })

  it('may be as long as Wireshark reads on its link, and no longer', () => {
    const longest = pcap([{ seconds: 1, data: new Uint8Array(262_144) }])
    expect(collect(longest).packets.length).toBe(1)
    expect(collect(withWord(longest, CAPTURED_LENGTH, 262_145)).error?.code).toBe('record-length')
    const dbus = pcap([{ seconds: 1, data: new Uint8Array(300_000) }], { linkType: 231 })
    expect(collect(dbus).packets.length).toBe(1)
  })

  it('that claims a great length and ends early is cut short, and costs nothing', () => {
    const { info, error } = collect(withWord(pcap([PACKETS[0]!], { linkType: 231 }), CAPTURED_LENGTH, 100_000_000))
    expect(error).toBeNull()
    expect(info).toMatchObject({ packets: 0, cutShort: true })
  })

  it('keeps the length on the wire where the snap length cut it', () => {
    const { packets } = collect(pcap(PACKETS))
    expect(packets[2]).toMatchObject({ originalLength: 1514 })
    expect(packets[2]?.data.length).toBe(2 * 62)
  })
})

describe('times', () => {
  it('count from the whole second of the first packet of the run', () => {
    const packets = [
      { seconds: 100, nanoseconds: 900_000_000, data: bytesOf(1) },
      { seconds: 99, nanoseconds: 1_000, data: bytesOf(1) },
    ]
    const { info } = collect(pcap(packets))
    expect([info.firstTimeNs, info.lastTimeNs]).toEqual([900_000_000, -999_999_000])
  })

  it('are null in a capture without packets', () => {
    expect(collect(pcap([])).info).toMatchObject({ firstTimeNs: null, lastTimeNs: null, cutShort: false })
  })
})

describe('the layout of the records', () => {
  const redhat = pcap(PACKETS, { recordExtra: new Uint8Array(8) })

  it('is the standard one where the first record is damaged', () => {
    const damaged = collect(withWord(pcap(PACKETS), CAPTURED_LENGTH, 0x7fff_ffff))
    expect(damaged.error).toMatchObject({ code: 'record-length', offset: 24 })
    expect(damaged.info.format).toBe('pcap')
  })

  it('is the standard one where fractions and lengths are odd and no other fits', () => {
    const odd = [0, 1, 2].map((seconds) => ({
      seconds,
      nanoseconds: 4_000_000_000,
      data: bytesOf(60),
      originalLength: 1,
    }))
    const { info, packets } = collect(pcap(odd))
    expect(info.format).toBe('pcap')
    expect(packets.length).toBe(3)
  })

  it('is taken at its magic number in a live capture, where the next record may take an hour', () => {
    const first = pcap(PACKETS.slice(0, 1))
    expect(collect(first.slice(), { fileIndex: 0, isLive: true }).packets.length).toBe(1)
    expect(collect(redhat, { fileIndex: 0, isLive: true }).info.format).toBe('pcap')
  })

  it('of one whole record is told from its end', () => {
    expect(collect(pcap([PACKETS[0]!], { recordExtra: new Uint8Array(8) })).info.format).toBe('pcap-redhat')
  })

  it('is not that of Linux in 1999 where its fields make no sense', () => {
    const { info } = collect(pcap(PACKETS, { recordExtra: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0) }))
    expect(info.format).toBe('pcap')
  })
})
