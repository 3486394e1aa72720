/**
 * Damage of packets in a sound container: fields of IP and TCP headers, options, lost, repeated and late packets,
 * clocks that jump, packets of two captures in one.
 */
import type { CapturedPacket } from '../support/build-capture.ts'
import { bytes, u16 } from '../support/build-packet.ts'
import type { Chance } from './chance.ts'
import { damageBytes } from './damage-bytes.ts'

/** Where the headers of a packet are; -1 where there is none. */
interface Headers {
  ip: number
  isIpv6: boolean
  tcp: number
}

/** Returns packets of which a few, or the order, are wrong. Headers are looked for behind an Ethernet header only. */
export function damagePackets(
  packets: readonly CapturedPacket[],
  others: readonly CapturedPacket[],
  chance: Chance,
): CapturedPacket[] {
  const damaged = packets.map((packet) => ({ ...packet, data: packet.data.slice() }))
  for (let left = chance.between(1, 12); left > 0 && damaged.length > 0; left--) {
    if (chance.oneIn(3)) chance.pick(IN_ORDER)(damaged, chance.below(damaged.length), others, chance)
    else damageOne(damaged[chance.below(damaged.length)]!, chance)
  }
  return damaged
}

function damageOne(packet: CapturedPacket, chance: Chance): void {
  const { ip, isIpv6, tcp } = headersOf(packet.data)
  const view = new DataView(packet.data.buffer)
  if (tcp >= 0 && !chance.oneIn(5)) chance.pick(IN_TCP)(view, tcp, chance, packet)
  else if (ip >= 0 && !chance.oneIn(5)) damageIp(view, ip, isIpv6, chance)
  else packet.data = damageBytes(packet.data, packet.data, chance)
}

function headersOf(data: Uint8Array): Headers {
  const view = new DataView(data.buffer)
  let at = 12
  while (at + 4 <= data.length && view.getUint16(at) === 0x8100) at += 4
  const none = { ip: -1, isIpv6: false, tcp: -1 }
  if (at + 2 > data.length) return none
  const type = view.getUint16(at)
  const ip = at + 2
  if (type === 0x0800 && ip + 20 <= data.length) {
    const tcp = ip + (data[ip]! & 15) * 4
    return { ip, isIpv6: false, tcp: data[ip + 9] === 6 && tcp + 20 <= data.length ? tcp : -1 }
  }
  if (type === 0x86dd && ip + 40 <= data.length) {
    return { ip, isIpv6: true, tcp: data[ip + 6] === 6 && ip + 60 <= data.length ? ip + 40 : -1 }
  }
  return none
}

function set(view: DataView, at: number, bits: 8 | 16 | 32, chance: Chance): void {
  if (at + bits / 8 > view.byteLength) return
  if (bits === 8) view.setUint8(at, chance.field(view.getUint8(at), 8))
  else if (bits === 16) view.setUint16(at, chance.field(view.getUint16(at), 16))
  else view.setUint32(at, chance.field(view.getUint32(at), 32))
}

function damageIp(view: DataView, ip: number, isIpv6: boolean, chance: Chance): void {
  const bytesOf = isIpv6 ? [0, 6, 7] : [0, 1, 8, 9]
  const halvesOf = isIpv6 ? [4] : [2, 4, 6, 6]
  const wordsOf = isIpv6 ? [8, 20, 24, 36] : [12, 16]
  if (chance.oneIn(3)) set(view, ip + chance.pick(bytesOf), 8, chance)
  else if (chance.oneIn(2)) set(view, ip + chance.pick(halvesOf), 16, chance)
  else set(view, ip + chance.pick(wordsOf), 32, chance)
}

type TcpDamage = (view: DataView, tcp: number, chance: Chance, packet: CapturedPacket) => void

const IN_TCP: readonly TcpDamage[] = [
  // Flags: any, or one that matters turned.
  (view, tcp, chance) => view.setUint8(tcp + 13, chance.below(256)),
  (view, tcp, chance) => view.setUint8(tcp + 13, view.getUint8(tcp + 13) ^ chance.pick([1, 2, 4, 16])),
  (view, tcp, chance) => view.setUint8(tcp + 13, chance.pick([1, 2, 4, 16, 17, 18, 20, 3, 6])),
  // Sequence and acknowledgment numbers, near and far.
  (view, tcp, chance) => {
    const at = tcp + chance.pick([4, 8])
    view.setUint32(at, (view.getUint32(at) + chance.pick([1, -1, 2, -2, 100, -100, 1460, 0x7fffffff, 1 << 31])) >>> 0)
  },
  (view, tcp, chance) => set(view, tcp + chance.pick([4, 8]), 32, chance),
  // Ports, data offset, window, checksum, urgent pointer.
  (view, tcp, chance) => set(view, tcp + chance.pick([0, 2]), 16, chance),
  (view, tcp, chance) => set(view, tcp + 12, 8, chance),
  (view, tcp, chance) => view.setUint16(tcp + 14, chance.pick([0, 0, 1, 0xffff, chance.below(65_536)])),
  (view, tcp, chance) => set(view, tcp + chance.pick([16, 18]), 16, chance),
  // Options: kinds and lengths.
  (view, tcp, chance) => set(view, tcp + 20 + chance.below(40), 8, chance),
  (view, tcp, chance) => {
    const at = tcp + 20 + chance.below(20)
    if (at + 2 > view.byteLength) return
    view.setUint8(at, chance.pick([0, 1, 2, 3, 4, 5, 8, 19, 29, 30, 34, 254]))
    view.setUint8(at + 1, chance.pick([0, 1, 2, 3, 4, 8, 10, 18, 34, 40, 255]))
  },
  // Cut by a snap length.
  (_view, _tcp, chance, packet) => {
    packet.originalLength ??= packet.data.length
    packet.data = packet.data.slice(0, chance.below(packet.data.length + 1))
  },
]

type OrderDamage = (packets: CapturedPacket[], at: number, others: readonly CapturedPacket[], chance: Chance) => void

const IN_ORDER: readonly OrderDamage[] = [
  (packets, at, _others, chance) => void packets.splice(at, chance.between(1, 5)),
  (packets, at, _others, chance) => void packets.splice(chance.below(packets.length), 0, { ...packets[at]! }),
  (packets, at, _others, chance) => void packets.splice(chance.below(packets.length), 0, ...packets.splice(at, 1)),
  (packets, at, others, chance) => {
    const from = chance.below(others.length + 1)
    packets.splice(at, 0, ...others.slice(from, from + chance.between(1, 30)))
  },
  // The whole a second time: the same ports again, in all states.
  (packets, at) => void packets.push(...packets.slice(at, at + 200)),
  // Both directions changed for each other.
  (packets, at) => {
    const { ip, isIpv6, tcp } = headersOf(packets[at]!.data)
    if (tcp < 0) return
    const [from, length] = isIpv6 ? [ip + 8, 16] : [ip + 12, 4]
    const data = packets[at]!.data.slice()
    const turn = (start: number, size: number) => {
      const first = data.slice(start, start + size)
      data.copyWithin(start, start + size, start + 2 * size)
      data.set(first, start + size)
    }
    turn(from, length)
    turn(tcp, 2)
    packets[at] = { ...packets[at]!, data }
  },
  // The clock jumps for all that follows, also to where no clock is.
  (packets, at, _others, chance) => {
    const by = chance.pick([-1, 1, 2, 61, 121, 3600, -3600, 86_400 * 365, -86_400 * 365 * 20, 2_000_000_000])
    for (const packet of packets.slice(at)) packet.seconds = clock(packet.seconds + by)
  },
  (packets, at, _others, chance) => {
    packets[at]!.seconds = clock(chance.field(packets[at]!.seconds, 32))
    packets[at]!.nanoseconds = chance.field(0, 32) >>> 0
  },
  // A tag before one packet only.
  (packets, at, _others, chance) => {
    const { data } = packets[at]!
    const tag = bytes(u16(0x8100), u16(chance.below(4096)))
    packets[at] = { ...packets[at]!, data: bytes(data.subarray(0, 12), tag, data.subarray(12)) }
  },
]

function clock(seconds: number): number {
  return Math.max(0, Math.min(seconds >>> 0, 0xffff_ffff))
}
