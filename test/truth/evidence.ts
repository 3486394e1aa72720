/**
 * The segment behind a transition of the kernel, where its file does not name it: found by time alone. A segment that
 * was sent is the first of its kind after the transition; one that arrived is the last before it, which can be told
 * only where the capture was taken on the host itself.
 */
import type { CapturedSegment } from './capture-segments.ts'
import { type KernelConnection, type KernelTransition, pairOf, type Recording, SIDES } from './recording.ts'

/** Between the kernel's trace and the stamp of a frame. */
const ROUNDING_US = 2

/** A RST that follows its transition, or that it follows, is no further away. */
const SAME_MOMENT_US = 1000

export function withEvidence(recording: Recording, segments: readonly CapturedSegment[]): Recording {
  const connections = recording.connections.map((connection) => connectionWithEvidence(connection, segments))
  return { ...recording, connections }
}

function connectionWithEvidence(connection: KernelConnection, segments: readonly CapturedSegment[]): KernelConnection {
  const pair = pairOf(connection.client, connection.server)
  const own = segments.filter(({ source, destination }) => pairOf(source, destination) === pair)
  const sides = { ...connection.sides }
  for (const name of SIDES) {
    const side = sides[name]
    const evidence = new SideEvidence(own, connection[name].port, side?.isAtTap ?? false)
    if (side)
      sides[name] = { ...side, transitions: side.transitions.map((one) => ({ ...one, frame: evidence.of(one) })) }
  }
  return { ...connection, sides }
}

class SideEvidence {
  readonly #sent: CapturedSegment[]
  readonly #received: CapturedSegment[]
  readonly #isAtTap: boolean

  constructor(segments: readonly CapturedSegment[], port: number, isAtTap: boolean) {
    this.#sent = segments.filter(({ source }) => source.port === port)
    this.#received = segments.filter(({ source }) => source.port !== port)
    this.#isAtTap = isAtTap
  }

  of(transition: KernelTransition): number | null {
    if (!transition.isVisible) return null
    const segment = this.#sentBy(transition) ?? this.#receivedBefore(transition)
    return segment?.frame ?? null
  }

  #sentBy({ state, timeUs, cause, isTakeover }: KernelTransition): CapturedSegment | undefined {
    const next = this.#sent.filter((segment) => segment.timeUs >= timeUs - ROUNDING_US)
    if (state === 'SYN-SENT' || (isTakeover && cause === 'call')) return next.find(({ syn }) => syn)
    if (state === 'FIN-WAIT-1' || state === 'LAST-ACK') return next.find(({ fin }) => fin)
    if (state !== 'CLOSED') return undefined
    return this.#sent.find(({ rst, timeUs: sentUs }) => rst && Math.abs(sentUs - timeUs) < SAME_MOMENT_US)
  }

  #receivedBefore({ timeUs, cause }: KernelTransition): CapturedSegment | undefined {
    if (!this.#isAtTap || cause !== 'segment') return undefined
    return this.#received.findLast((segment) => segment.timeUs <= timeUs + ROUNDING_US)
  }
}
