/**
 * The program above a connection: does what its spec lists, answers data, and reacts to the end of the peer's stream.
 */
import type { Endpoint } from './endpoint.ts'
import type { ActionSpec, ApplicationSpec } from './spec.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a program can do beyond its own connection. */
export interface Machine {
  /** The connection of now, null when there is none. */
  endpoint(): Endpoint | null
  connect(): void
  crash(awayUs: number): void
}

const MOST_REPLIES = 3

export class Application {
  private readonly spec: ApplicationSpec
  private readonly time: VirtualTime
  private readonly machine: Machine
  private replies = 0

  constructor(spec: ApplicationSpec, time: VirtualTime, machine: Machine) {
    this.spec = spec
    this.time = time
    this.machine = machine
    for (const action of spec.actions) time.at(action.ms * 1000, () => this.act(action))
  }

  hasData(endpoint: Endpoint): void {
    // Two programs that answer each other's answers need an end.
    if (this.spec.reply > 0 && this.replies++ < MOST_REPLIES) endpoint.write(this.spec.reply)
  }

  hasEnded(endpoint: Endpoint): void {
    if (this.spec.atEnd === 'nothing') return
    this.time.after(this.spec.atEndMs * 1000, () => {
      if (this.spec.atEnd === 'close') endpoint.close()
      else endpoint.abort()
    })
  }

  private act({ call, amount }: ActionSpec): void {
    const endpoint = this.machine.endpoint()
    if (call === 'connect') this.machine.connect()
    else if (call === 'crash') this.machine.crash(amount * 1000)
    else if (!endpoint) return
    else if (call === 'write') endpoint.write(amount)
    else if (call === 'shutdown') endpoint.shutdown()
    else if (call === 'close') endpoint.close()
    else if (call === 'abort') endpoint.abort()
    else endpoint.isReading = false
  }
}
