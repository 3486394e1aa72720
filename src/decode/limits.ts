/**
 * What a decoder keeps at most from one packet to the next. Reaching one is counted.
 */
export interface DecodeLimits {
  /** IP datagrams that wait for fragments at once. The oldest gives way. */
  maxDatagrams: number
  /** Bytes that their fragments may take together. */
  maxFragmentBytes: number
  /** Different nestings of tags and tunnels; a capture of random tags must not grow the table for ever. */
  maxPaths: number
}

export const DECODE_LIMITS: DecodeLimits = {
  maxDatagrams: 1024,
  maxFragmentBytes: 4 * 1024 * 1024,
  maxPaths: 65_536,
}
