/**
 * Typed arrays that grow.
 */

type Column = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** A column of that length, with what `column` has, as far as there is room. */
export function resized<T extends Column>(column: T, length: number): T {
  const Similar = column.constructor as new (length: number) => T
  const other = new Similar(length)
  other.set(column.subarray(0, length))
  return other
}
