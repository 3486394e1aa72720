/**
 * All limits of a run, and what is said when one was reached: nothing is left out without a count.
 */
import { DECODE_LIMITS, type DecodeLimits } from '../decode/limits.ts'
import type { FindingCode } from '../findings/catalogue.ts'
import { MAX_CAPTURES } from '../flow/frames.ts'
import { FLOW_LIMITS, type FlowLimits } from '../flow/limits.ts'
import type { FindingReport } from '../report/model.ts'
import { captureFinding } from './capture-finding.ts'

export interface Limits extends DecodeLimits, FlowLimits {
  /**
   * Clients, ports of servers, and pairs of them that are watched for scans, floods and full TIME-WAIT tables: those used
   * last. 16 times as many hosts are listed in the report.
   */
  maxHosts: number
  /** Addresses whose names are kept. */
  maxNames: number
}

export const LIMITS: Limits = { ...DECODE_LIMITS, ...FLOW_LIMITS, maxHosts: 65_536, maxNames: 65_536 }

/** By finding: how much of what a limit bounds was left out. */
export type LeftOut = Partial<Record<Extract<FindingCode, `${string}-limit`>, number>>

/** A finding for each limit that was reached. */
export function limitFindings(leftOut: LeftOut): FindingReport[] {
  return Object.entries(leftOut).flatMap(([code, count]) =>
    count > 0 ? [captureFinding(code as keyof LeftOut, { count: Math.ceil(count), limit: MAX_CAPTURES }, '')] : [],
  )
}
