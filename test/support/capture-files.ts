/**
 * Small captures in a directory of their own, for tests that go through the file system.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CapturedPacket, pcap } from './build-capture.ts'
import { type TcpPacketFields, tcpPacket } from './build-packet.ts'

/** An empty directory, in the folder that is removed when the tests end. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'finwait-'))
}

export function writeCapture(directory: string, name: string, data: Uint8Array | string): string {
  const path = join(directory, name)
  writeFileSync(path, data)
  return path
}

const START_SECONDS = 1_795_000_000

/** Packets one after the other, a millisecond apart. */
export function captureOf(...packets: Uint8Array[]): Uint8Array {
  return pcap(
    packets.map((data, i): CapturedPacket => ({ seconds: START_SECONDS, nanoseconds: i * 1_000_000, data })),
    { nanoseconds: true },
  )
}

/** What client (port `sourcePort`) and server (10.0.0.2:80) send; `>` is the client. */
function exchange(sourcePort: number, lines: readonly ['>' | '<', TcpPacketFields][]): Uint8Array[] {
  return lines.map(([arrow, fields], i) =>
    tcpPacket(
      arrow === '>'
        ? { sourcePort, destinationPort: 80, id: i + 1, ...fields }
        : {
            source: '10.0.0.2',
            destination: '10.0.0.1',
            sourcePort: 80,
            destinationPort: sourcePort,
            id: i + 1,
            ...fields,
          },
    ),
  )
}

/** Ten packets: handshake, a request of 10 bytes, an answer of `answerLength`, the four-way close by the client. */
export function wholeConnection(sourcePort: number, answerLength = 100): Uint8Array[] {
  const end = 501 + answerLength
  return exchange(sourcePort, [
    ['>', { flags: 'S', seq: 100 }],
    ['<', { flags: 'SA', seq: 500, ack: 101 }],
    ['>', { flags: 'A', seq: 101, ack: 501 }],
    ['>', { flags: 'PA', seq: 101, ack: 501, payload: new Uint8Array(10) }],
    ['<', { flags: 'PA', seq: 501, ack: 111, payload: new Uint8Array(answerLength) }],
    ['>', { flags: 'A', seq: 111, ack: end }],
    ['>', { flags: 'FA', seq: 111, ack: end }],
    ['<', { flags: 'A', seq: end, ack: 112 }],
    ['<', { flags: 'FA', seq: end, ack: 112 }],
    ['>', { flags: 'A', seq: 112, ack: end + 1 }],
  ])
}

/** Two packets: a SYN, and the RST that refuses it. */
export function refusedConnection(sourcePort: number): Uint8Array[] {
  return exchange(sourcePort, [
    ['>', { flags: 'S', seq: 100 }],
    ['<', { flags: 'RA', seq: 0, ack: 101, window: 0 }],
  ])
}
