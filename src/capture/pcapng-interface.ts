/**
 * An interface of a pcapng section, and what its timestamps mean: if_tsresol, if_tsoffset.
 *
 * draft-ietf-opsawg-pcapng §4.2. Stamps are 64-bit counts of units since 1970. A double does not hold them, so they
 * stay two 32-bit halves (3 to 6 ns a packet; BigInt arithmetic costs 37 to 60 ns).
 */
export interface InterfaceFields {
  /** Index in `CaptureInfo.interfaces`, all sections counted. */
  id: number
  linkType: number
  /** 0 when unlimited. */
  snapLength: number
  fcsLength: number
  /** Byte of if_tsresol: a power of 10, or with the high bit set a power of 2. */
  resolution: number
  /** if_tsoffset: seconds added to every stamp. */
  offsetSeconds: number
}

export class PcapngInterface {
  readonly id: number
  readonly linkType: number
  readonly snapLength: number
  readonly fcsLength: number
  /** False when the units of a second do not fit 64 bits, so that no stamp has a meaning. */
  readonly hasTime: boolean
  /** Packets that the last statistics of this interface say were dropped; null when there are none. */
  dropped: number | null = null
  /** Results of the last `setTime`: whole seconds since 1970, and nanoseconds within that second, rounded down. */
  seconds = 0
  nanoseconds = 0
  private readonly unitsPerSecond: bigint
  private readonly units: number
  private readonly nanosecondsPerUnit: number
  private readonly fitsWord: boolean
  private readonly offsetSeconds: number

  constructor(fields: InterfaceFields) {
    this.id = fields.id
    this.linkType = fields.linkType
    this.snapLength = fields.snapLength
    this.fcsLength = fields.fcsLength
    this.offsetSeconds = fields.offsetSeconds
    const exponent = fields.resolution & 0x7f
    const isBinary = (fields.resolution & 0x80) !== 0
    this.hasTime = exponent <= (isBinary ? 63 : 19)
    this.unitsPerSecond = this.hasTime ? (isBinary ? 2n : 10n) ** BigInt(exponent) : 1n
    this.units = Number(this.unitsPerSecond)
    // Exact for 2^0…2^30 and 10^0…10^9, as 1e9 is 2^9 times 5^9; so are its products with a rest below `units`.
    this.nanosecondsPerUnit = 1e9 / this.units
    // Up to 2^30, a rest that is wrong by one second stays unambiguous modulo 2^32.
    this.fitsWord = this.units <= 0x4000_0000
  }

  /** Splits a stamp, given as its uint32 halves, into `seconds` and `nanoseconds`. */
  setTime(high: number, low: number): void {
    if (!this.fitsWord) {
      this.setFineTime(high, low)
      return
    }
    const units = this.units
    // The quotient of rounded doubles is off by one at most (up to 2^52 s); the rest modulo 2^32 is exact and tells.
    let seconds = Math.floor((high * 0x1_0000_0000 + low) / units)
    let rest = (low - Math.imul(seconds, units)) >>> 0
    if (rest >= 0xc000_0000) {
      seconds--
      rest = (rest + units) >>> 0
    } else if (rest >= units) {
      seconds++
      rest -= units
    }
    this.seconds = seconds + this.offsetSeconds
    this.nanoseconds = Math.floor(rest * this.nanosecondsPerUnit)
  }

  /** Finer than 2^-30 s: rare enough for BigInt. */
  private setFineTime(high: number, low: number): void {
    const stamp = (BigInt(high) << 32n) | BigInt(low)
    this.seconds = Number(stamp / this.unitsPerSecond) + this.offsetSeconds
    this.nanoseconds = Number(((stamp % this.unitsPerSecond) * 1_000_000_000n) / this.unitsPerSecond)
  }
}
