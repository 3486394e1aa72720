/**
 * One small capture of every format and variant that finwait reads, all of the same packets: the tests that hold for
 * each of them run over this list.
 */
import {
  type Block,
  block,
  type CapturedPacket,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  nameResolution,
  netmon,
  type PcapOptions,
  packetBlock,
  pcap,
  pcapng,
  section,
  simplePacket,
  snoop,
} from '../support/build-capture.ts'

/** Lengths that need every amount of padding; one cut by a snap length. Microseconds, so that each format holds them. */
export const PACKETS: readonly CapturedPacket[] = [
  { seconds: 1_700_000_000, nanoseconds: 123_456_000, data: bytesOf(60) },
  { seconds: 1_700_000_000, nanoseconds: 999_999_000, data: bytesOf(61) },
  { seconds: 1_700_000_001, nanoseconds: 0, data: bytesOf(62), originalLength: 1514 },
  { seconds: 1_700_000_003, nanoseconds: 1_000, data: bytesOf(63) },
  { seconds: 1_700_000_002, nanoseconds: 500_000_000, data: bytesOf(0) },
]

export interface Format {
  name: string
  /** Expected in `CaptureInfo.format`. */
  format: string
  bytes: Uint8Array
  packets: readonly CapturedPacket[]
  /** The lengths at which the capture may end without being cut: after its header, and after each record. */
  ends: readonly number[]
  /** Bytes behind the last record. */
  tail?: number
}

/** A field that stands in a variant's record and is zero in what Wireshark writes. */
const zeros = (length: number) => new Uint8Array(length)
const NANOSECONDS = 1_000_000_000n

export const FORMATS: readonly Format[] = [
  ...[true, false].flatMap((littleEndian) => classic(littleEndian)),
  ...[true, false].map((littleEndian) =>
    ofBlocks(`pcapng, ${littleEndian ? 'little' : 'big'}-endian`, PACKETS, [
      section({ littleEndian }),
      interfaceDescription(),
      ...PACKETS.map((packet) => enhancedPacket(packet)),
    ]),
  ),
  ofBlocks(
    'pcapng, every kind of block',
    [
      ...PACKETS.slice(0, 3),
      { ...PACKETS[3]!, nanoseconds: 0 },
      { seconds: 1_700_000_003, nanoseconds: 0, data: bytesOf(0) },
    ],
    [
      section({ options: [{ code: 1, value: 'comment' }] }),
      nameResolution([{ address: Uint8Array.of(10, 0, 0, 1), names: ['host'] }]),
      interfaceDescription({ name: 'eth0', resolution: 9 }),
      enhancedPacket(PACKETS[0]!, { unitsPerSecond: NANOSECONDS, options: [{ code: 1, value: 'first' }] }),
      block(0x7777_0000, bytesOf(9)),
      packetBlock(PACKETS[1]!, { unitsPerSecond: NANOSECONDS }),
      section({ littleEndian: false }),
      interfaceDescription(),
      interfaceDescription({ resolution: 0x94, offsetSeconds: 1_700_000_000n }),
      enhancedPacket(PACKETS[2]!),
      enhancedPacket({ ...PACKETS[3]!, seconds: 3, nanoseconds: 0 }, { interfaceId: 1, unitsPerSecond: 1n << 20n }),
      interfaceStatistics({ dropped: 5n }),
      simplePacket(bytesOf(0)),
    ],
  ),
  ofPackets('snoop', 'snoop', snoop),
  ...([0, 1, 2, 3] as const).map((minor) => ofNetmon(2, minor)),
]

function ofBlocks(name: string, packets: readonly CapturedPacket[], blocks: readonly Block[]): Format {
  const ends = blocks.map((_, index) => pcapng(...blocks.slice(0, index + 1)).length)
  return { name, format: 'pcapng', bytes: pcapng(...blocks), packets, ends }
}

function ofPackets(name: string, format: string, build: (packets: readonly CapturedPacket[]) => Uint8Array): Format {
  const ends = [0, 1, 2, 3, 4, 5].map((count) => build(PACKETS.slice(0, count)).length)
  return { name, format, bytes: build(PACKETS), packets: PACKETS, ends }
}

/** Its frames end where the table of them begins; what is cut of that is not missed. */
function ofNetmon(major: 1 | 2, minor: 0 | 1 | 2 | 3): Format {
  const bytes = netmon(PACKETS, { major, minor })
  const frames = [0, 1, 2, 3, 4].map((count) => netmon(PACKETS.slice(0, count), { major, minor }).length - 4 * count)
  const table = bytes.length - 4 * PACKETS.length
  const ends = [...frames, ...Array.from({ length: bytes.length - table + 1 }, (_, at) => table + at)]
  return {
    name: `NetMon ${major}.${minor}`,
    format: `netmon${major}`,
    bytes,
    packets: PACKETS,
    ends,
    tail: bytes.length - table,
  }
}

function classic(littleEndian: boolean): Format[] {
  const order = littleEndian ? 'little' : 'big'
  const one = (name: string, format: string, options: PcapOptions) =>
    ofPackets(`${name}, ${order}-endian`, format, (packets) => pcap(packets, { littleEndian, ...options }))
  return [
    one('pcap', 'pcap', {}),
    one('pcap with nanoseconds', 'pcap-ns', { nanoseconds: true }),
    one('Red Hat 6.1', 'pcap-redhat', { recordExtra: zeros(8) }),
    one('Nokia', 'pcap-nokia', { recordExtra: zeros(4) }),
    one('modified', 'pcap-modified', { magic: 0xa1b2cd34, recordExtra: zeros(8) }),
    one('SuSE 6.3', 'pcap-suse', { magic: 0xa1b2cd34, recordExtra: zeros(12) }),
    one('AIX', 'pcap-aix', { nanoseconds: true, magic: 0xa1b2c3d4, version: [2, 2], linkType: 6, swapLengths: true }),
    one('pcap 2.2', 'pcap', { version: [2, 2], swapLengths: true }),
    one('pcap 2.3, lengths swapped', 'pcap', { version: [2, 3], swapLengths: true }),
    one('DG/UX', 'pcap', { version: [543, 0], swapLengths: true }),
    one('Ixia', 'pcap-ixia', { magic: 0x1c0001ab, headerExtra: zeros(4) }),
  ]
}

/** `length` bytes that are no zeros and do not repeat soon, as packets are. */
export function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => 0x80 | ((index * 37 + 11) & 0x7f))
}
