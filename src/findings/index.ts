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

/** In the order of a report. */
const FAMILIES: readonly ((story: Story) => Finding[])[] = [
  handshakeFindings,
  closeFindings,
  resetFindings,
  timeWaitFindings,
  stuckFindings,
  trafficFindings,
]

export function findingsOf(story: Story): Finding[] {
  const found: Finding[] = []
  for (const family of FAMILIES) found.push(...family(story))
  return found
}
