/**
 * One connection's world: two hosts, the network between them and the tap on it. Run once, then only read.
 */
import { Host } from './host.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import type { Sent } from './segment.ts'
import type { ConnectionSpec } from './spec.ts'
import { type Crossing, crossingsOf } from './tap.ts'
import type { Truth } from './truth.ts'
import { VirtualTime } from './virtual-time.ts'

/** Longer than the longest time-out of the specs and TIME-WAIT after it; keep-alives would go on for ever. */
const HORIZON_US = 400_000_000

export interface World {
  spec: ConnectionSpec
  sent: Sent[]
  truths: [Truth, Truth]
  /** What the tap recorded, in order. */
  crossings: Crossing[]
}

export function runWorld(spec: ConnectionSpec): World {
  const time = new VirtualTime()
  const random = new Random(spec.seed)
  const network = new Network(spec.network, spec.tap.position, time, (to, segment) => hosts[to].arrive(segment))
  const hosts: [Host, Host] = [
    new Host(0, spec.hosts[0], time, network, random),
    new Host(1, spec.hosts[1], time, network, random),
  ]
  time.run(HORIZON_US)
  return {
    spec,
    sent: network.sent,
    truths: [hosts[0].truth, hosts[1].truth],
    crossings: crossingsOf(network.sent, spec.tap),
  }
}
