/**
 * What the tap of a world saw of it, which decides how much a report can be asked for.
 *
 * `faithful`: everything, in order, and nothing is lost, repeated or overtaken, nor is any host away.
 * `complete`: every segment when it was sent first, each host's in its order; the network behind the tap does what it
 *   likes.
 * `partial`: the same, but from some moment on only, or of one host only.
 * `any`: less.
 */
import { SYN } from './segment.ts'
import type { World } from './world.ts'

export const SIGHTS = ['faithful', 'complete', 'partial', 'any'] as const
export type Sight = (typeof SIGHTS)[number]

export function sightOf(world: World): Sight {
  const { tap, network } = world.spec
  if (!isWithoutGaps(world)) return 'any'
  if (tap.sees !== 'both' || hasLateStart(world)) {
    return isSimultaneous(world) || isMisledByOldSyn(world) ? 'any' : 'partial'
  }
  return network.isOrdered && network.fates.length === 0 && !hasAbsence(world) ? 'faithful' : 'complete'
}

/** Whether the tap saw the first copy of each segment that it could, those of a host in the order of their departure. */
function isWithoutGaps({ sent, crossings, spec }: World): boolean {
  const seen = new Set(crossings.map(({ copy }) => copy))
  const lastUs = [0, 0]
  return sent.every(({ from, copies }) => {
    const first = copies[0]!
    if (spec.tap.sees === (from === 0 ? 'from 1' : 'from 0')) return true
    if (first.tapUs === null || first.tapUs < lastUs[from]!) return false
    lastUs[from] = first.tapUs
    return seen.has(first) || first.tapUs < spec.tap.fromMs * 1000
  })
}

/** A simultaneous open whose first SYN is missing from the capture looks like an ordinary one. */
function isSimultaneous({ spec }: World): boolean {
  return spec.hosts.every(({ opens }) => opens === 'connect')
}

/** Of one host alone, the first seen is an old copy of its SYN: what follows looks like the handshake. */
function isMisledByOldSyn(world: World): boolean {
  const { crossings, spec } = world
  if (spec.tap.sees === 'both' || !hasLateStart(world)) return false
  return crossings.some(({ sent, copy }) => (sent.flags & SYN) !== 0 && copy !== sent.copies[0])
}

function hasLateStart({ sent, spec }: World): boolean {
  return sent.some(({ copies }) => copies[0]!.tapUs! < spec.tap.fromMs * 1000)
}

function hasAbsence({ spec }: World): boolean {
  return spec.hosts.some(
    ({ opens, application }) => opens === 'silent' || application.actions.some(({ call }) => call === 'crash'),
  )
}
