/**
 * An interface of a pcapng section, and what its timestamps mean: if_tsresol, if_tsoffset, if_fcslen.
 *
 * draft-ietf-opsawg-pcapng §4.2. Stamps are 64-bit counts of units since 1970; a double does not hold them, so they
 * stay two 32-bit halves (3 to 6 ns a packet; BigInt costs 37 to 60 ns).
 */
export class PcapngInterface {
  /** Index in `CaptureInfo.interfaces`, all sections counted. */
  readonly id: number
  readonly linkType: number
  readonly snapLength: number
  readonly fcsLength: number
  /** Longest packet that makes sense on this link. */
  readonly maximumLength: number
  private readonly units: UnitsPerSecond
  private readonly offsetSeconds: number
  /** Result of the last `setTime`: whole seconds since 1970. */
  seconds = 0
  /** Result of the last `setTime`: nanoseconds within that second, rounded down. */
  nanoseconds = 0

  constructor(fields: {
    id: number
    linkType: number
    snapLength: number
    fcsLength: number
    maximumLength: number
    units: UnitsPerSecond
    offsetSeconds: number
  }) {
    this.id = fields.id
    this.linkType = fields.linkType
    this.snapLength = fields.snapLength
    this.fcsLength = fields.fcsLength
    this.maximumLength = fields.maximumLength
    this.units = fields.units
    this.offsetSeconds = fields.offsetSeconds
  }

  /** Splits a timestamp, given as its uint32 halves, into `seconds` and `nanoseconds`. */
  setTime(high: number, low: number): void {
    const units = this.units
    if (!units.fitsWord) {
      this.setFineTime(high, low)
      return
    }
    const perSecond = units.count
    // The quotient of rounded doubles is off by one at most; the rest modulo 2^32 is exact and says by how much.
    let seconds = Math.floor((high * 0x1_0000_0000 + low) / perSecond)
    let rest = (low - Math.imul(seconds, perSecond)) >>> 0
    if (rest >= 0xc000_0000) {
      seconds--
      rest = (rest + perSecond) >>> 0
    } else if (rest >= perSecond) {
      seconds++
      rest -= perSecond
    }
    this.seconds = seconds + this.offsetSeconds
    this.nanoseconds = Math.floor(rest * units.nanoseconds)
  }

  /** Finer than 2^-30 s: rare enough for BigInt. */
  private setFineTime(high: number, low: number): void {
    const stamp = (BigInt(high) << 32n) | BigInt(low)
    const perSecond = this.units.exact
    this.seconds = Number(stamp / perSecond) + this.offsetSeconds
    this.nanoseconds = Number(((stamp % perSecond) * 1_000_000_000n) / perSecond)
  }
}

/** The resolution of an interface: timestamp units in a second. */
export interface UnitsPerSecond {
  exact: bigint
  count: number
  /** Nanoseconds of a unit. Exact for every power of 2 and of 10 up to 9: 1e9 is 2^9 times 5^9. */
  nanoseconds: number
  /** Small enough (2^30 and less) for a rest that is one second off to stay unambiguous modulo 2^32. */
  fitsWord: boolean
}

/** What the byte of if_tsresol says; null when the units of a second do not fit 64 bits. */
export function unitsPerSecond(resolution: number): UnitsPerSecond | null {
  const exponent = resolution & 0x7f
  const isBinary = (resolution & 0x80) !== 0
  if (exponent > (isBinary ? 63 : 19)) return null
  const exact = (isBinary ? 2n : 10n) ** BigInt(exponent)
  const count = Number(exact)
  return { exact, count, nanoseconds: 1e9 / count, fitsWord: exact <= 0x4000_0000n }
}
