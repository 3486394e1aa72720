/**
 * The captures that are measured: what is in them, and how they are made. The same size and seed give the same bytes.
 */
import { CaptureWriter, type ContainerName, type End } from './capture-writer.ts'
import { Conversation, type Script, scriptOf } from './conversation.ts'
import { Dice } from './dice.ts'

export const KINDS = ['web', 'small', 'flood', 'few', 'open'] as const
export type Kind = (typeof KINDS)[number]

interface Recipe {
  /** For the page; `{}` stands for how many. */
  about: string
  /** Connections that talk at the same time; all when it is `Infinity`. */
  atOnce: number
  packetsPerSecond: number
  script(dice: Dice): Script
}

const RECIPES: Record<Kind, Recipe> = {
  web: {
    about: '{} connections, of which most fetch little and few fetch much; one in ten over IPv6',
    atOnce: 400,
    packetsPerSecond: 40_000,
    script: webScript,
  },
  small: {
    about: '{} connections of a question and an answer of a few bytes, open and closed',
    atOnce: 2_000,
    packetsPerSecond: 20_000,
    script: (dice) =>
      scriptOf({
        exchanges: [[20 + dice.below(60), 20 + dice.below(60)]],
        ...endingOf(dice, 100),
        isLossy: dice.below(200) === 0,
      }),
  },
  flood: {
    about: '{} SYNs, each from another address and port, and no answer',
    atOnce: 1,
    packetsPerSecond: 100_000,
    script: () => UNANSWERED,
  },
  few: {
    about: '{} connections that are open all the time and say a little again and again',
    atOnce: Number.POSITIVE_INFINITY,
    packetsPerSecond: 5_000,
    script: (dice) =>
      scriptOf({
        exchanges: Array.from({ length: 5_000 }, () => [50 + dice.below(400), 50 + dice.below(1_000)] as const),
        ending: 'open',
        isLossy: false,
      }),
  },
  open: {
    about: '{} connections, all open at once: a handshake, and a question that is answered',
    atOnce: Number.POSITIVE_INFINITY,
    packetsPerSecond: 100_000,
    script: () => ANSWERED,
  },
}

const UNANSWERED = scriptOf({ exchanges: [], ending: 'open', isLossy: false })
const ANSWERED = scriptOf({ exchanges: [[40, 40]], ending: 'open', isLossy: false })

/** One in `resets` by a reset; of the others half in three segments, half by the client. */
function endingOf(dice: Dice, resets: number): { ending: 'reset' | 'three' | 'four'; closer: 0 | 1 } {
  const inHow = dice.below(2) === 0 ? 'three' : 'four'
  return { ending: dice.below(resets) === 0 ? 'reset' : inHow, closer: dice.below(2) === 0 ? 0 : 1 }
}

/** Bytes of a response: the median is 12 kB, the mean 40 kB. */
function webScript(dice: Dice): Script {
  const pairs = 1 + dice.below(2)
  const response = () => Math.min(2_000_000, Math.round(9_000 / (1 - dice.roll()) ** 0.8))
  return scriptOf({
    exchanges: Array.from({ length: pairs }, () => [300 + dice.below(900), response()] as const),
    ...endingOf(dice, 50),
    isLossy: dice.below(20) === 0,
  })
}

export interface Made {
  packets: number
  bytes: number
}

export function describe(kind: Kind, connections: number): string {
  return RECIPES[kind].about.replace('{}', connections.toLocaleString('en'))
}

/** Writes a capture of so many connections to `path`. */
export function makeCapture(path: string, kind: Kind, connections: number, container: ContainerName = 'pcap'): Made {
  const dice = new Dice(0x5eed)
  const writer = new CaptureWriter(path, container, dice)
  const recipe = RECIPES[kind]
  if (kind === 'flood') flood(writer, connections, recipe, dice)
  else converse(writer, connections, recipe, dice)
  writer.close()
  return { packets: writer.packets, bytes: writer.bytes }
}

/** `atOnce` connections in turn by chance; when one is over, the next begins. */
function converse(writer: CaptureWriter, connections: number, recipe: Recipe, dice: Dice): void {
  const microseconds = Math.round(1e6 / recipe.packetsPerSecond)
  let begun = 0
  const begin = () => new Conversation(ends(begun++), recipe.script(dice), dice)
  const active = Array.from({ length: Math.min(connections, recipe.atOnce) }, begin)
  while (active.length > 0) {
    const at = dice.below(active.length)
    if (active[at]!.speak(writer, microseconds, dice)) continue
    if (begun < connections) {
      active[at] = begin()
    } else {
      const last = active.pop()!
      if (at < active.length) active[at] = last
    }
  }
}

function flood(writer: CaptureWriter, connections: number, recipe: Recipe, dice: Dice): void {
  const microseconds = Math.round(1e6 / recipe.packetsPerSecond)
  for (let i = 0; i < connections; i++) {
    const source = { isIpv6: false, address: 0x0a000000 + i, port: 1024 + dice.below(60_000) }
    new Conversation([source, SERVERS[0]!], recipe.script(dice), dice).speak(writer, microseconds, dice)
  }
}

const PORTS_OF_A_CLIENT = 28_000
const SERVERS: readonly End[] = Array.from({ length: 16 }, (_, i) => ({
  isIpv6: false,
  address: 0xc0a80101 + i,
  port: i % 4 === 0 ? 80 : 443,
}))

/** A 4-tuple of its own for each connection. */
function ends(index: number): [End, End] {
  const isIpv6 = index % 10 === 9
  const client = {
    isIpv6,
    address: 0x0a000001 + (index % 997),
    port: 32_768 + (Math.floor(index / 997) % PORTS_OF_A_CLIENT),
  }
  return [client, { ...SERVERS[index % SERVERS.length]!, isIpv6 }]
}
