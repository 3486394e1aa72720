/**
 * Frames of a run. Each capture numbers its own from 1; what is kept and compared of a frame says its capture too, as
 * one number, which is the frame number itself in the first capture. Cut to 32 bits it is the frame number again.
 */

/** More captures than this cannot be told apart in one run. */
export const MAX_CAPTURES = 1 << 15

const FRAMES = 0x1_0000_0000

export function frameId(frame: number, fileIndex: number): number {
  return fileIndex * FRAMES + frame
}

/** Wireshark's `frame.number`. */
export function frameNumber(id: number): number {
  return id >>> 0
}

/** Index of its capture. */
export function fileOf(id: number): number {
  return Math.floor(id / FRAMES)
}
