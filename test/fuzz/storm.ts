/**
 * Segments that no host would send, on so few addresses, ports and numbers that they meet each other in every state.
 */
import type { CapturedPacket } from '../support/build-capture.ts'
import { bytes, tcpPacket } from '../support/build-packet.ts'
import type { Chance } from './chance.ts'

const FLAGS = ['S', 'SA', 'A', 'A', 'A', 'PA', 'FA', 'F', 'R', 'RA', 'SF', 'SR', 'FR', '', 'SFRA', 'SAF']
const ADDRESSES = ['10.0.0.1', '10.0.0.2']
const ISS = [100, 0xffff_fff0]

/** Gaps between packets in nanoseconds: bursts, round trips, timeouts, more than 2MSL. */
const GAPS = [0, 1000, 1000, 1_000_000, 40_000_000, 1_000_000_000, 61_000_000_000, 130_000_000_000]

export function storm(chance: Chance): CapturedPacket[] {
  let now = 1_795_000_000n * 1_000_000_000n
  return Array.from({ length: chance.between(2, 60) }, () => {
    now += BigInt(chance.pick(GAPS))
    const isBack = chance.oneIn(2)
    const data = tcpPacket({
      source: ADDRESSES[isBack ? 1 : 0]!,
      destination: ADDRESSES[isBack ? 0 : 1]!,
      sourcePort: isBack ? 80 : 40_000,
      destinationPort: isBack ? 40_000 : 80,
      id: chance.pick([0, 1, chance.below(65_536)]),
      flags: chance.pick(FLAGS),
      seq: (ISS[isBack ? 1 : 0]! + chance.between(0, 6)) >>> 0,
      ack: (ISS[isBack ? 0 : 1]! + chance.between(0, 6)) >>> 0,
      window: chance.pick([0, 1, 1000, 65_535]),
      options: chance.oneIn(3) ? bytes('0101080a', chance.bytes(8)) : bytes(),
      payload: new Uint8Array(chance.pick([0, 0, 0, 1, 2, 3])),
    })
    return { seconds: Number(now / 1_000_000_000n), nanoseconds: Number(now % 1_000_000_000n), data }
  })
}
