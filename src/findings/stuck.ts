/**
 * States that should have passed and did not, with the side and since when. Said of the end of a capture only, and
 * only after a second: before that nothing is stuck.
 */
import type { TcpState } from '../tcp/states.ts'
import { CLIENT, SERVER, SIDE_NAMES, type Side } from '../tcp/timeline.ts'
import type { FindingCode } from './catalogue.ts'
import type { Finding, Story } from './finding.ts'

const AFTER_NS = 1e9

const CODES: Partial<Record<TcpState, FindingCode>> = {
  'SYN-RECEIVED': 'syn-received-stuck',
  'CLOSE-WAIT': 'close-wait-stuck',
  'FIN-WAIT-1': 'fin-wait-1-stuck',
  'FIN-WAIT-2': 'fin-wait-2-stuck',
  CLOSING: 'closing-stuck',
  'LAST-ACK': 'last-ack-stuck',
}

export function stuckFindings(story: Story): Finding[] {
  return ([CLIENT, SERVER] as const).flatMap((side) => stuck(story, side))
}

function stuck({ timeline, endNs, isCaptureEnd, opening }: Story, side: Side): Finding[] {
  const state = timeline.states[side]
  const code = state && CODES[state]
  const entered = timeline.transitions.findLast((transition) => transition.side === side)
  const moment = entered?.cause ?? entered?.proof
  if (!code || !moment || !isCaptureEnd) return []
  if (code === 'syn-received-stuck' && opening.kind === 'half-open') return []
  const waitedNs = endNs - moment.timeNs
  if (waitedNs < AFTER_NS) return []
  return [
    {
      code,
      side: SIDE_NAMES[side],
      frames: [moment.frame],
      values: { side: SIDE_NAMES[side], seconds: waitedNs / 1e9 },
    },
  ]
}
