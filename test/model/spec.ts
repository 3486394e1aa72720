/**
 * A connection of the model as plain data: everything that decides a run, so that the same spec gives the same run.
 * fast-check draws specs and makes them smaller; `JSON.stringify` prints them.
 *
 * Times are milliseconds since the start of the connection's own world.
 */
import type { Habits } from './endpoint.ts'

export interface ConnectionSpec {
  /** Seeds the initial sequence numbers. */
  seed: number
  hosts: [HostSpec, HostSpec]
  network: NetworkSpec
  tap: TapSpec
}

export interface HostSpec {
  /**
   * `connect`: opens actively; `listen`: waits in LISTEN; `refuse`: nobody listens on the port; `silent`: the host
   * answers nothing.
   */
  opens: 'connect' | 'listen' | 'refuse' | 'silent'
  openMs: number
  habits: Habits
  application: ApplicationSpec
}

export interface ApplicationSpec {
  actions: ActionSpec[]
  /** Bytes written back for each arrival of data. */
  reply: number
  /** What it does when the peer has ended its stream, and how long it takes to. */
  atEnd: 'close' | 'abort' | 'nothing'
  atEndMs: number
}

export interface ActionSpec {
  ms: number
  /** `crash`: the host forgets its connections and is away for `amount` ms. `connect`: again, from the same port; for a host that opens so. */
  call: 'write' | 'shutdown' | 'close' | 'abort' | 'stop-reading' | 'crash' | 'connect'
  /** Bytes of a `write`, milliseconds of a `crash`. */
  amount: number
}

export interface NetworkSpec {
  /** One way, host 0 to 1 and 1 to 0. */
  delayMs: [number, number]
  /** Whether a direction never lets a segment overtake another. */
  isOrdered: boolean
  fates: FateSpec[]
}

/** What happens to the `nth` segment that is sent, 0-based, counted over both hosts. */
export interface FateSpec {
  nth: number
  fate: 'lose' | 'delay' | 'duplicate'
  /** Whether it happens between the tap and the receiver; otherwise the tap sees the result. */
  isBehindTap: boolean
  /** For `delay` and the second copy of `duplicate`. */
  extraMs: number
}

export interface TapSpec {
  /** 0 at host 0, 1 at host 1. */
  position: number
  sees: 'both' | 'from 0' | 'from 1'
  /** Packets before are not in the capture. */
  fromMs: number
  /** Crossings, 0-based in the order of the tap, that it misses, and that it records twice. */
  misses: number[]
  twice: number[]
}
