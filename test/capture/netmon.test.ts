import { describe, expect, it } from 'vitest'
import { netmon } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { PACKETS } from './formats.ts'

/** What stands behind the header and two frames of 10 bytes each. */
const FRAMES = [0, 2].map((seconds) => ({ seconds: 1_700_000_000 + seconds, data: new Uint8Array(10) }))

describe('NetMon', () => {
  it('1 counts milliseconds since the start of the capture', () => {
    const { packets, info } = collect(netmon(PACKETS, { major: 1 }))
    expect(info).toMatchObject({ format: 'netmon1', packets: 5, cutShort: false })
    expect(packets.map(({ time }) => time! % 1_000_000n)).toEqual([0n, 0n, 0n, 0n, 0n])
    expect(packets[1]!.time! - packets[0]!.time!).toBe(876_000_000n)
  })

  it.each([
    [1, 1],
    [9, 101],
    [0xe000 + 113, 113],
    [77, 0xffff],
  ])('knows network %i as link type %i, of the capture and of each frame', (network, linkType) => {
    const { packets, info } = collect(netmon(FRAMES, { minor: 1, network }))
    expect(packets.map((packet) => packet.linkType)).toEqual([linkType, linkType])
    expect(info.interfaces).toEqual([{ linkType, snapLength: 0, name: null }])
  })

  it('is damaged where a frame runs over the table of frames', () => {
    const bytes = netmon(FRAMES)
    new DataView(bytes.buffer).setUint32(128 + 26 + 12, 11, true)
    const { packets, error } = collect(bytes)
    expect(packets.length).toBe(1)
    expect(error).toMatchObject({ code: 'record-length', offset: 128 + 26 + 12 })
    expect(error?.message).toBe('expected a frame of at most 10 bytes, found one that claims 11')
  })

  it('needs no table, and passes over what it does not know behind it', () => {
    const bytes = netmon(FRAMES)
    expect(collect(Uint8Array.from([...bytes, 1, 2, 3])).info).toMatchObject({ packets: 2, cutShort: false })
    new DataView(bytes.buffer).setUint32(24, 0)
    expect(collect(bytes.subarray(0, 128 + 2 * 26)).info).toMatchObject({ packets: 2, cutShort: false })
  })

  it('that starts at no date starts in 1970', () => {
    const bytes = netmon(FRAMES)
    bytes.fill(0xff, 8, 22)
    expect(collect(bytes).packets.map(({ time }) => time)).toEqual([0n, 2_000_000_000n])
  })
})
