/**
 * Findings about the capture as a whole, as the report has them.
 */
import { CATALOGUE, type FindingCode } from '../findings/catalogue.ts'
import { MESSAGES } from '../findings/messages.ts'
import type { CitedFrames, FindingReport } from '../report/model.ts'

/** `filter`: a Wireshark display filter; `examples`: some frames, where there are any. */
export function captureFinding(
  code: FindingCode,
  values: Record<string, string | number>,
  filter: string,
  examples: CitedFrames = { frames: [] },
): FindingReport {
  const { severity, ref } = CATALOGUE[code]
  return { code, severity, side: null, ...examples, message: MESSAGES[code].sentence(values), ref, filter }
}

/** The display filter of everything to and from an address. */
export function addressFilter(address: string): string {
  return `${address.includes(':') ? 'ipv6' : 'ip'}.addr eq ${address}`
}
