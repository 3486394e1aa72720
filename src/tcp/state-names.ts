/**
 * States as people and other programs spell them.
 */
import { STATES, type TcpState } from './states.ts'

/** `TIME_WAIT`, `time-wait`, `timewait` → `TIMEWAIT`. */
function bare(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '')
}

/** Spellings that are more than other punctuation: of `ss`, `netstat` and the Linux kernel. */
const STATE_NAMES: ReadonlyMap<string, TcpState> = new Map([
  ...STATES.map((state) => [bare(state), state] as const),
  ['ESTAB', 'ESTABLISHED'],
  ['SYNRECV', 'SYN-RECEIVED'],
  ['SYNRCVD', 'SYN-RECEIVED'],
  ['CLOSE', 'CLOSED'],
])

/** `TIME_WAIT`, `time-wait`, `FIN_WAIT2`, `SYN_RECV`, `ESTAB` → the state as the RFC spells it; null when it is none. */
export function stateNamed(text: string): TcpState | null {
  return STATE_NAMES.get(bare(text)) ?? null
}
