/**
 * What a capture format is to the rest of the program: a push parser of records.
 *
 * Read capture-reader.ts first: it finds out which container a capture is and feeds it.
 */
export interface Container {
  /** As `CaptureInfo.format`. */
  readonly format: string
  /** Offset in the capture of position 0 of the view; whoever feeds sets it before each call. */
  origin: number
  /** Bytes that must be presented together for the next record: known up to its header, then up to its end. */
  needed: number

  /**
   * Takes every whole record of `[start, end)` and returns where the first unfinished one starts.
   * Throws `CaptureError` at damage; what stands before it has been delivered.
   */
  feed(view: DataView, start: number, end: number): number

  /** End of input. */
  finish(): void
}
