/**
 * What finwait says of each connection of a story, in the words of its report.
 */
import { analyzeBytes } from '../../src/index.ts'
import type { Story } from './story.ts'

export interface FinwaitVerdict {
  client: string | null
  server: string | null
  open: string
  close: string
}

export function finwaitVerdicts({ capture }: Story): FinwaitVerdict[] {
  return analyzeBytes(capture).connections.map(({ client, server, open, close }) => ({
    client: client.state,
    server: server.state,
    open: open.kind,
    close: close.kind,
  }))
}
