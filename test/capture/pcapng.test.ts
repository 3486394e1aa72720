import { describe, expect, it } from 'vitest'
import {
  type Block,
  block,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  nameResolution,
  type Option,
  packetBlock,
  pcapng,
  section,
  simplePacket,
} from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { bytesOf, PACKETS } from './formats.ts'

const PACKET = PACKETS[0]!
const packet = (fields?: Parameters<typeof enhancedPacket>[1]) => enhancedPacket(PACKET, fields)
const read = (...blocks: Block[]) => collect(pcapng(...blocks))
/** Length of a section header and an interface without options: where the third block starts. */
const THIRD_BLOCK = 28 + 20

describe('interfaces', () => {
  it('have a link type, a snap length and a name of their own', () => {
    const { info, packets } = read(
      interfaceDescription({ linkType: 1, snapLength: 96, name: 'eth0' }),
      interfaceDescription({ linkType: 113 }),
      packet({ interfaceId: 1 }),
      packet({ interfaceId: 0 }),
    )
    expect(info.interfaces).toEqual([
      { linkType: 1, snapLength: 96, name: 'eth0' },
      { linkType: 113, snapLength: 0, name: null },
    ])
    expect(packets.map((each) => [each.interfaceId, each.linkType])).toEqual([
      [1, 113],
      [0, 1],
    ])
  })

  it('may be described between packets', () => {
    const { packets, error } = read(
      interfaceDescription(),
      packet(),
      interfaceDescription(),
      packet({ interfaceId: 1 }),
    )
    expect(error).toBeNull()
    expect(packets.map((each) => each.interfaceId)).toEqual([0, 1])
  })

  it('are counted anew in each section, and on through the file for `interfaceId`', () => {
    const { packets, info } = read(
      section(),
      interfaceDescription({ linkType: 1 }),
      packet(),
      section({ littleEndian: false }),
      interfaceDescription({ linkType: 101 }),
      packet(),
    )
    expect(info.interfaces.map((each) => each.linkType)).toEqual([1, 101])
    expect(packets.map((each) => [each.interfaceId, each.linkType, each.time])).toEqual([
      [0, 1, 1_700_000_000_123_456_000n],
      [1, 101, 1_700_000_000_123_456_000n],
    ])
  })

  it('of an earlier section are not those of the next', () => {
    const { packets, error } = read(section(), interfaceDescription(), packet(), section(), packet())
    expect(packets.length).toBe(1)
    expect(error?.code).toBe('interface-unknown')
  })

  it('never described make a packet damage, after what came before', () => {
    const { packets, error } = read(interfaceDescription(), packet(), packet({ interfaceId: 1 }), packet())
    expect(packets.map((each) => each.frame)).toEqual([1])
    expect(error).toMatchObject({ code: 'interface-unknown', offset: THIRD_BLOCK + 92 + 8 })
    expect(error?.message).toBe(
      'expected a packet of one of the interfaces, 1 described before it in this section; found 1',
    )
  })

  it('say how long the frame check sequence is', () => {
    expect(read(interfaceDescription({ fcsLength: 4 }), packet()).packets[0]?.fcsLength).toBe(4)
  })

  it('have names that end at their first zero', () => {
    expect(read(interfaceDescription({ name: 'wlan0\0' })).info.interfaces[0]?.name).toBe('wlan0')
  })
})

describe('times', () => {
  const timeOf = (resolution: number, unitsPerSecond: bigint, nanoseconds: number, offsetSeconds?: bigint) =>
    read(
      interfaceDescription({ resolution, ...(offsetSeconds === undefined ? {} : { offsetSeconds }) }),
      enhancedPacket({ seconds: 1_700_000_000, nanoseconds, data: bytesOf(1) }, { unitsPerSecond }),
    ).packets[0]?.time

  it.each([
    ['seconds', 0, 1n, 1_700_000_000_000_000_000n],
    ['milliseconds', 3, 1_000n, 1_700_000_000_123_000_000n],
    ['microseconds', 6, 1_000_000n, 1_700_000_000_123_456_000n],
    ['nanoseconds', 9, 1_000_000_000n, 1_700_000_000_123_456_789n],
    ['2^-20 s', 0x94, 1n << 20n, 1_700_000_000_123_456_001n],
    ['2^-30 s', 0x9e, 1n << 30n, 1_700_000_000_123_456_788n],
    ['2^-32 s', 0xa0, 1n << 32n, 1_700_000_000_123_456_788n],
  ])('in %s', (_name, resolution, unitsPerSecond, time) => {
    expect(timeOf(resolution, unitsPerSecond, 123_456_789)).toBe(time)
  })

  it('in picoseconds, which hold 213 days', () => {
    const { packets } = read(
      interfaceDescription({ resolution: 12 }),
      enhancedPacket(
        { seconds: 17_000_000, nanoseconds: 123_456_789, data: bytesOf(1) },
        { unitsPerSecond: 10n ** 12n },
      ),
    )
    expect(packets[0]?.time).toBe(17_000_000_123_456_789n)
  })

  it('are moved by if_tsoffset, forward and back', () => {
    expect(timeOf(9, 1_000_000_000n, 5, -100n)).toBe(1_699_999_900_000_000_005n)
    expect(timeOf(9, 1_000_000_000n, 5, 100n)).toBe(1_700_000_100_000_000_005n)
  })

  it('are in microseconds where if_tsresol has another length than 1', () => {
    const { packets } = read(interfaceDescription({ options: [{ code: 9, value: Uint8Array.of(9, 9) }] }), packet())
    expect(packets[0]?.time).toBe(1_700_000_000_123_456_000n)
  })

  it('are unknown, with a warning, where units are too fine for 64 bits', () => {
    const { packets, info } = read(interfaceDescription({ resolution: 20 }), packet())
    expect(packets[0]?.time).toBeNull()
    expect(info.warnings.map((each) => [each.code, each.offset])).toEqual([['time-resolution', 28]])
  })

  it('of simple packets are those of the packet before', () => {
    const { packets } = read(interfaceDescription(), packet(), simplePacket(bytesOf(20)))
    expect(packets.map((each) => each.time)).toEqual([1_700_000_000_123_456_000n, 1_700_000_000_123_456_000n])
  })
})

describe('packets', () => {
  it('of simple blocks are cut by the snap length of the first interface', () => {
    const { packets } = read(interfaceDescription({ snapLength: 40 }), simplePacket(bytesOf(40), 60))
    expect(packets[0]).toMatchObject({ originalLength: 60, data: Buffer.from(bytesOf(40)).toString('hex') })
  })

  it('of simple blocks are damage where they claim more than their block holds, or stand before an interface', () => {
    expect(read(interfaceDescription(), simplePacket(bytesOf(40), 60)).error).toMatchObject({
      code: 'record-length',
      offset: THIRD_BLOCK + 8,
    })
    expect(read(simplePacket(bytesOf(40))).error?.code).toBe('interface-unknown')
  })

  it('of the obsolete block have 16 bits of interface', () => {
    const { packets } = read(interfaceDescription(), interfaceDescription(), packetBlock(PACKET, { interfaceId: 1 }))
    expect(packets[0]).toMatchObject({ interfaceId: 1, time: 1_700_000_000_123_456_000n })
  })

  it.each([0xffff_fff0, 61 + 3])('that claim %i bytes in a block for 60 are damage', (lyingLength) => {
    const { error, packets } = read(interfaceDescription(), packet(), packet({ lyingLength }))
    expect(packets.length).toBe(1)
    expect(error).toMatchObject({ code: 'record-length', offset: THIRD_BLOCK + 92 + 20 })
    expect(error?.message).toBe(`expected a packet of at most 60 bytes, found ${lyingLength}`)
  })

  it('that claim more than any packet has are damage before their bytes arrive', () => {
    const lying = { ...packet({ lyingLength: 1_000_000 }), lyingLength: 2_000_000 }
    expect(read(interfaceDescription(), lying).error?.code).toBe('record-length')
  })
})

describe('blocks', () => {
  it('that hold no packet are passed over and counted; the names of unknown ones are told once', () => {
    const { packets, info, error } = read(
      interfaceDescription(),
      block(10, bytesOf(20)),
      packet(),
      block(0x7777, bytesOf(3)),
      block(0x7777, bytesOf(4)),
      packet(),
    )
    expect(error).toBeNull()
    expect(packets.map((each) => each.frame)).toEqual([1, 2])
    expect(info.skippedBlocks).toBe(3)
    expect(info.warnings).toEqual([
      {
        code: 'unknown-block',
        offset: THIRD_BLOCK + 32 + 92,
        message: 'passed over a block of the unknown type 0x00007777, and all others of that type',
      },
    ])
  })

  it.each([
    ['custom', 0xbad],
    ['custom, not to be copied', 0x40000bad],
    ['systemd journal', 9],
    ['Sysdig event', 0x204],
  ])('that Wireshark numbers as frames are numbered: %s', (_name, type) => {
    const { packets } = read(interfaceDescription(), packet(), block(type, bytesOf(40)), packet())
    expect(packets.map((each) => each.frame)).toEqual([1, 3])
  })

  it('may leave their padding out of their length', () => {
    const { packets, error } = read(
      interfaceDescription(),
      { ...enhancedPacket({ seconds: 1, data: bytesOf(61) }), lyingLength: 32 + 61, lyingTrailer: 32 + 61 },
      packet(),
    )
    expect(error).toBeNull()
    expect(packets.map((each) => each.data.length / 2)).toEqual([61, 60])
  })

  it.each([0, 8, 28, 0xffff_fffc])('of a claimed length of %i are damage', (lyingLength) => {
    const { packets, error } = read(interfaceDescription(), packet(), { ...packet(), lyingLength })
    expect(packets.length).toBe(1)
    expect(error).toMatchObject({ code: 'block-length', offset: THIRD_BLOCK + 92 + 4 })
  })

  it('that end with another length than they began with are damage, and give no packet', () => {
    const { packets, error } = read(interfaceDescription(), packet(), { ...packet(), lyingTrailer: 88 })
    expect(packets.length).toBe(1)
    expect(error?.message).toBe('expected the length of the block, 92, once more at its end, found 88')
    expect(error?.offset).toBe(THIRD_BLOCK + 92 + 88)
  })

  it('of 128 MB that never arrive are cut short', () => {
    const { info, error } = read(interfaceDescription(), packet(), {
      ...block(0x7777, bytesOf(4)),
      lyingLength: 1 << 27,
    })
    expect(error).toBeNull()
    expect(info).toMatchObject({ packets: 1, cutShort: true })
  })
})

describe('sections', () => {
  it.each([
    [1, 0],
    [1, 2],
  ] as const)('of version %i.%i are read', (major, minor) => {
    expect(read(section({ version: [major, minor] }), interfaceDescription(), packet()).packets.length).toBe(1)
  })

  it('of another version are damage', () => {
    const { error, packets } = read(section(), interfaceDescription(), packet(), section({ version: [2, 0] }))
    expect(packets.length).toBe(1)
    expect(error).toMatchObject({ code: 'section-version', offset: THIRD_BLOCK + 92 + 12 })
  })

  it('without a byte order are damage', () => {
    const bytes = pcapng(section(), interfaceDescription(), packet(), section())
    bytes.set([1, 2, 3, 4], THIRD_BLOCK + 92 + 8)
    expect(collect(bytes).error?.message).toBe(
      'expected the byte-order magic 0x1a2b3c4d of a section header, found 0x01020304',
    )
  })
})

describe('options', () => {
  const overrun: Option[] = [{ code: 2, value: 'name', lyingLength: 400 }]
  it.each([
    ['a section', [section({ options: overrun })], 24],
    ['an interface', [section(), interfaceDescription({ options: overrun })], 28 + 16],
    ['a packet', [section(), interfaceDescription(), packet({ options: overrun })], THIRD_BLOCK + 28 + 60],
    ['statistics', [section(), interfaceDescription(), interfaceStatistics({ options: overrun })], THIRD_BLOCK + 20],
  ])('that run over their block are damage: of %s', (_name, blocks, offset) => {
    const { error, packets } = read(...blocks, packet())
    expect(packets).toEqual([])
    expect(error).toMatchObject({ code: 'option-length', offset })
  })

  it('need no end, and none of those behind the end count', () => {
    const trailing = interfaceDescription({
      options: [
        { code: 0, value: '' },
        { code: 2, value: 'late' },
      ],
    })
    const { info, error } = read(trailing, packet())
    expect(error).toBeNull()
    expect(info.interfaces[0]?.name).toBeNull()
  })

  it('hold the comments of sections and interfaces', () => {
    const comment = (value: string): Option[] => [{ code: 1, value }]
    const { info } = read(section({ options: comment('all') }), interfaceDescription({ options: comment('é\0') }))
    expect(info.comments).toEqual(['all', 'é'])
  })
})

describe('statistics', () => {
  it('say what was dropped: the last of each interface, by the interface and by the system, in all sections', () => {
    const osDropped: Option[] = [{ code: 7, value: ['u64', 100n] }]
    const { info } = read(
      section(),
      interfaceDescription(),
      interfaceDescription(),
      interfaceStatistics({ dropped: 3n }),
      interfaceStatistics({ dropped: 4n, options: osDropped }),
      interfaceStatistics({ interfaceId: 1, dropped: 1_000n }),
      section({ littleEndian: false }),
      interfaceDescription(),
      interfaceStatistics({ dropped: 20_000n }),
    )
    expect(info.dropped).toBe(21_104)
  })

  it('of none, or of an interface never described, say nothing', () => {
    expect(read(interfaceDescription(), packet()).info.dropped).toBeNull()
    expect(read(interfaceDescription(), interfaceStatistics({ interfaceId: 9, dropped: 1n })).info.dropped).toBeNull()
  })
})

describe('names', () => {
  const four = Uint8Array.of(192, 0, 2, 1)
  const six = Uint8Array.from({ length: 16 }, (_, index) => index)

  it('are collected with their addresses', () => {
    const { info } = read(
      nameResolution([
        { address: four, names: ['one', 'uno'] },
        { address: six, names: ['six'] },
      ]),
    )
    expect(info.names).toEqual([
      { address: four, name: 'one' },
      { address: four, name: 'uno' },
      { address: six, name: 'six' },
    ])
  })

  it('do not end at zeros that are missing, and are damage where they run over their block', () => {
    expect(read(block(4, Uint8Array.of(1, 0, 6, 0, ...four, 65, 66, 0, 0))).info.names[0]?.name).toBe('AB')
    expect(read(block(4, Uint8Array.of(1, 0, 60, 0, ...four))).error).toMatchObject({ code: 'name-record', offset: 36 })
  })

  it('are no more than a capture can be trusted with', () => {
    const crowd = nameResolution([{ address: four, names: Array.from({ length: 3_000 }, (_, index) => `n${index}`) }])
    const { info } = read(...Array.from({ length: 23 }, () => crowd))
    expect(info.names.length).toBe(65_536)
    expect(info.warnings.map((each) => each.code)).toEqual(['names-limit'])
  })
})
