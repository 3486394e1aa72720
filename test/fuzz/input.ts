/**
 * Makes the inputs: which capture is damaged, and how.
 */
import { type CapturedPacket, enhancedPacket, interfaceDescription, pcap, pcapng } from '../support/build-capture.ts'
import { Chance } from './chance.ts'
import { damageBytes } from './damage-bytes.ts'
import { damageContainer } from './damage-container.ts'
import { damagePackets } from './damage-packets.ts'
import { listSeeds, type Seed } from './seeds.ts'
import { storm } from './storm.ts'

export interface Input {
  /** What was done, for the message of a failure. */
  story: string
  bytes: Uint8Array
  /** Other captures for a run of several. */
  others: Uint8Array[]
  /** The rest of the choices: options, widths, sizes of pieces. */
  chance: Chance
}

const { seeds, fixtures } = listSeeds()

/** Number `index` of the run of `seed`. */
export function makeInput(seed: number, index: number): Input {
  const chance = new Chance(seed, index)
  const base = chance.oneIn(3) ? chance.pick(seeds) : seeds[chance.below(fixtures)]!
  const other = chance.pick(seeds)
  const [way, bytes] = chance.pick(WAYS)(base, other, chance)
  const others = Array.from({ length: chance.below(3) }, () => chance.pick([bytes, base.bytes, other.bytes]))
  return { story: `${way} of ${base.name}`, bytes, others, chance }
}

type Way = (base: Seed, other: Seed, chance: Chance) => [way: string, bytes: Uint8Array]

const WAYS: readonly Way[] = [
  (base, other, chance) => ['bytes', damageBytes(base.bytes, other.bytes, chance)],
  (base, _other, chance) => ['container', damageContainer(base.bytes, chance)],
  (base, other, chance) => ['packets', written(base, damagePackets(base.packets, other.packets, chance), chance)],
  (base, other, chance) => ['packets', written(base, damagePackets(base.packets, other.packets, chance), chance)],
  (base, _other, chance) => [
    'packets, stormy',
    written(base, [...base.packets.slice(0, 20), ...storm(chance)], chance),
  ],
  (base, _other, chance) => ['storm instead', written({ ...base, linkType: 1 }, storm(chance), chance)],
  (base, other, chance) => {
    const damaged = written(base, damagePackets(base.packets, other.packets, chance), chance)
    return ['packets and container', damageContainer(damaged, chance)]
  },
]

/** As a classic capture or as pcapng; sometimes as another link type. */
function written({ linkType: own }: Seed, packets: readonly CapturedPacket[], chance: Chance): Uint8Array {
  const linkType = chance.oneIn(20) ? chance.pick([0, 1, 12, 101, 113, 117, 127, 228, 229, 276]) : own
  if (chance.oneIn(2)) return pcap(packets, { linkType, nanoseconds: chance.oneIn(2) })
  const resolution = chance.pick([6, 9, 3, 0x80 | 20])
  const unitsPerSecond = resolution & 0x80 ? 2n ** 20n : 10n ** BigInt(resolution)
  const blocks = packets.map((packet) => enhancedPacket(packet, { unitsPerSecond }))
  return pcapng(interfaceDescription({ linkType, resolution }), ...blocks)
}
