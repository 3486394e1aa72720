/**
 * Networks as a user types them, to be compared with the addresses of a report.
 */
import { type Address, parseAddress } from './address.ts'

/** All addresses of the family whose first `prefix` bits are those of `address`. */
export interface AddressRange {
  address: Address
  prefix: number
}

/** `10.0.0.1`, `10.0.0.0/8`, `2001:db8::1`, `[2001:db8::1]`, `2001:db8::/32`; null when it is none of these. */
export function parseRange(text: string): AddressRange | null {
  const match = /^\[?([^/[\]]+)\]?(?:\/(\d{1,3}))?$/.exec(text)
  const address = match === null ? null : parseAddress(match[1]!)
  if (address === null) return null
  const bits = address.family === 4 ? 32 : 128
  const prefix = Number(match![2] ?? bits)
  return prefix > bits ? null : { address, prefix }
}

export function contains({ address, prefix }: AddressRange, other: Address): boolean {
  if (address.family !== other.family) return false
  return address.words.every((word, i) => {
    const bits = Math.min(32, Math.max(0, prefix - 32 * i))
    return bits === 0 || (word ^ other.words[i]!) >>> (32 - bits) === 0
  })
}
