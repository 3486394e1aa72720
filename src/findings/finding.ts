/**
 * What a finding is. Codes are stable, prose lives in `messages.ts`, `docs/findings.md` is generated from both.
 */
import type { SideName } from '../tcp/timeline.ts'

/** Wireshark's Expert Info severities, mildest first. */
export const SEVERITIES = ['chat', 'note', 'warn', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Finding {
  code: string
  side: SideName | null
  frames: number[]
  /** Values for the sentence of `messages.ts`. */
  values: Record<string, string | number>
}
