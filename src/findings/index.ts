/**
 * All findings of one connection. Each family has its file.
 */
import { closeFindings } from './close.ts'
import type { Finding, Story } from './finding.ts'
import { handshakeFindings } from './handshake.ts'
import { resetFindings } from './resets.ts'
import { stuckFindings } from './stuck.ts'
import { timeWaitFindings } from './time-wait.ts'
import { trafficFindings } from './traffic.ts'

export function findingsOf(story: Story): Finding[] {
  return [
    ...handshakeFindings(story),
    ...closeFindings(story),
    ...resetFindings(story),
    ...timeWaitFindings(story),
    ...stuckFindings(story),
    ...trafficFindings(story),
  ]
}
