/**
 * Why compressed data cannot be unpacked further: damage, or more than is asked of this program.
 */
export class UnpackError extends Error {
  override readonly name: string = 'UnpackError'
  /** Byte offset in the compressed data. */
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}
