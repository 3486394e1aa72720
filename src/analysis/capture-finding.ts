/**
 * Findings about the capture as a whole, as the report has them.
 */
import { CATALOGUE, type FindingCode } from '../findings/catalogue.ts'
import { MESSAGES } from '../findings/messages.ts'
import type { FindingReport } from '../report/model.ts'

/** `filter`: a Wireshark display filter; `frames`: some examples, where there are any. */
export function captureFinding(
  code: FindingCode,
  values: Record<string, string | number>,
  filter: string,
  frames: number[],
): FindingReport {
  const { severity, ref } = CATALOGUE[code]
  return { code, severity, side: null, frames, message: MESSAGES[code].sentence(values), ref, filter }
}

/** The display filter of everything to and from an address. */
export function addressFilter(address: string): string {
  return `${address.includes(':') ? 'ipv6' : 'ip'}.addr eq ${address}`
}
