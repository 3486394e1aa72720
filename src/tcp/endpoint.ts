/**
 * Runs one side's inputs through the table of RFC 9293 Figure 5. An event that has no arrow yet waits, and is tried
 * again after each transition, until nothing moves.
 */
import type { Input } from './delivery/input.ts'
import { arrow } from './machine.ts'
import type { Observation } from './observation.ts'
import { type Arrow, PICKUP, type TcpEvent, type TcpState, TRANSITIONS } from './states.ts'
import type { Moment, Side, Transition } from './timeline.ts'

/** Made once: most of a report's text is in its transitions. */
const REFS: ReadonlyMap<Arrow, string> = new Map(TRANSITIONS.map((row) => [row, `RFC 9293 ${row[3]}`]))

/** Where a side's timeline starts. */
export interface Start {
  state: TcpState
  /** First segment of a connection whose opening was not captured; null otherwise. */
  pickedUp: Observation | null
  /** Nothing shows that the state at the pickup was right, so what follows from it is no better known. */
  isGuess: boolean
}

export class Endpoint {
  readonly side: Side
  readonly steps: Transition[] = []
  state: TcpState
  private readonly isPassive: boolean
  private isGuess: boolean
  private waiting: Input[] = []

  constructor(side: Side, start: Start) {
    this.side = side
    this.state = start.state
    this.isPassive = start.state === 'LISTEN'
    this.isGuess = start.isGuess
    if (start.pickedUp) this.pickUp(start.pickedUp)
  }

  private pickUp(first: Observation): void {
    this.state = PICKUP.to
    this.steps.push({
      side: this.side,
      from: PICKUP.from,
      to: PICKUP.to,
      event: PICKUP.on,
      ref: PICKUP.section,
      evidence: 'assumed',
      cause: moment(first),
      proof: null,
      timerNs: null,
    })
  }

  /** Takes one input, and then whatever waited for it. */
  take(input: Input): void {
    if (!this.move(input)) {
      if (canWait(input.event)) this.waiting.push(input)
      return
    }
    for (let moved = this.waiting.length > 0; moved; ) {
      const next = this.waiting.find((waiting) => arrow(this.state, waiting.event))
      moved = next !== undefined && this.move(next)
      this.waiting = this.waiting.filter((waiting) => waiting !== next)
    }
  }

  /** A timer that no frame shows. */
  expire(event: TcpEvent, timerNs: number): void {
    this.record(event, { evidence: 'assumed', cause: null, proof: null }, timerNs)
  }

  private move(input: Input): boolean {
    const { event } = input
    const isReset = event === 'rcv RST' || event === 'snd RST'
    const isReturn = isReset && this.isPassive && this.state === 'SYN-RECEIVED'
    return this.record(isReturn ? `${event}, passive OPEN` : event, input, null)
  }

  private record(on: TcpEvent, input: Omit<Input, 'at' | 'event'>, timerNs: number | null): boolean {
    const row = arrow(this.state, on)
    if (!row) return false
    const [from, event, to] = row
    const { cause, proof } = input
    if (input.isGuess) this.isGuess = true
    const evidence = this.isGuess ? 'assumed' : input.evidence
    const causedBy = cause?.lastCopy && event.startsWith('rcv') ? cause.lastCopy : cause
    this.steps.push({
      side: this.side,
      from,
      to,
      event,
      ref: REFS.get(row)!,
      evidence,
      cause: causedBy && moment(causedBy),
      proof: proof && moment(proof),
      timerNs,
    })
    this.state = to
    return true
  }
}

/** A FIN, or the ACK of a SYN or FIN, can be seen before the state it concerns; a RST or a SYN is for now or never. */
function canWait(event: TcpEvent): boolean {
  return event.startsWith('rcv FIN') || event.startsWith('rcv ACK')
}

function moment({ frame, timeNs, fileIndex }: Moment): Moment {
  return { frame, timeNs, fileIndex }
}
