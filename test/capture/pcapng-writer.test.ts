import { expect, it } from 'vitest'
import { Packet, TimeBase } from '../../src/capture/packet.ts'
import {
  interfaceDescription,
  interfaceStatistics,
  packetBlockLength,
  sectionHeader,
  writePacket,
} from '../../src/capture/pcapng-writer.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'

const BASE_SECONDS = 1_795_252_130

function packetOf(bytes: number[], timeNs: number, originalLength: number): Packet {
  const packet = new Packet()
  packet.view = new DataView(Uint8Array.of(0xee, ...bytes).buffer)
  packet.offset = 1
  packet.capturedLength = bytes.length
  packet.originalLength = originalLength
  packet.timeNs = timeNs
  return packet
}

it('writes what the reader reads: times to the nanosecond, lengths, bytes, losses', () => {
  const packets = [packetOf([1, 2, 3], 7, 1500), packetOf([], 999_999_999, 0), packetOf([4, 5, 6, 7], 86_400e9 + 1, 4)]
  const written = packets.map((packet) => {
    const block = new Uint8Array(packetBlockLength(packet))
    writePacket(block, 0, packet, 0, BASE_SECONDS)
    return block
  })
  const file = Buffer.concat([
    sectionHeader('finwait'),
    interfaceDescription({ linkType: 1, snaplen: 256, name: 'eth0', filter: 'tcp port 80' }),
    ...written,
    interfaceStatistics(0, BASE_SECONDS, 86_400e9 + 1, 12),
  ])
  const read: object[] = []
  const timeBase = new TimeBase()
  const sink = {
    packet({ view, offset, capturedLength, originalLength, timeNs }: Packet) {
      const bytes = [...new Uint8Array(view.buffer, view.byteOffset + offset, capturedLength)]
      read.push({ bytes, originalLength, timeNs })
    },
  }
  const { info, error } = readCaptureBytes(file, sink, timeBase, 0)
  expect(error).toBeNull()
  expect(timeBase.seconds).toBe(BASE_SECONDS)
  expect(read).toEqual([
    { bytes: [1, 2, 3], originalLength: 1500, timeNs: 7 },
    { bytes: [], originalLength: 0, timeNs: 999_999_999 },
    { bytes: [4, 5, 6, 7], originalLength: 4, timeNs: 86_400e9 + 1 },
  ])
  expect(info).toMatchObject({
    dropped: 12,
    warnings: [],
    interfaces: [{ linkType: 1, snapLength: 256, name: 'eth0' }],
  })
})
