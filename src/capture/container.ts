/**
 * What a capture format is to the rest of this room: a push parser of records.
 *
 * capture-reader.ts finds out which container a capture is, and feeds it.
 */
export interface Container {
  /** As `CaptureInfo.format`. */
  readonly format: string
  /** What its records are called, for warnings: `a packet`. */
  readonly recordName: string
  /** Offset in the capture of position 0 of the view; whoever feeds sets it before each call. */
  origin: number
  /** Bytes that the next record needs, presented together: known up to its header, then up to its end. */
  needed: number

  /**
   * Takes every whole record of `[start, end)` and returns where the first unfinished one starts.
   * Throws `CaptureError` at damage; what stands before it has been delivered.
   */
  feed(view: DataView, start: number, end: number): number
}
