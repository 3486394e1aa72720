/**
 * Why a capture cannot be read, or cannot be read further. Only containers raise it: a packet is never an error.
 */
export class CaptureError extends Error {
  override readonly name: string = 'CaptureError'
  /** Kebab-case, stable: `not-a-capture`, `record-length`, `block-length`, … */
  readonly code: string
  /** Byte offset in the uncompressed capture where reading stopped. */
  readonly offset: number

  constructor(code: string, offset: number, message: string) {
    super(message)
    this.code = code
    this.offset = offset
  }
}
