/**
 * Frames as text, in a run of several captures too, where each capture numbers its own.
 */
import type { CitedFrames } from './model.ts'
import { listed, numbers } from './text.ts'

/** Frames named; a filter beside them names them all. */
const FRAMES_SHOWN = 8

/**
 * `12 and 15`; frames of another capture than `home` with its name: `12 and 15 of a.pcap and 3 of b.pcap`.
 *
 * @param home - index of the capture that the reader knows it is about; null when there is none
 * @param names - of the captures, ready to print
 */
export function framesText({ frames, files }: CitedFrames, home: number | null, names: readonly string[]): string {
  if (files === undefined || files.every((file) => file === home)) return numbers(frames, FRAMES_SHOWN)
  const parts = [...new Set(files)].map((file) => {
    const own = frames.filter((_, i) => files[i] === file)
    return `${numbers(own, FRAMES_SHOWN)} of ${names[file] ?? ''}`
  })
  return listed(parts)
}

/** `12`, or `1:12` for frame 12 of capture 1 where that is not the connection's own: short enough for a diagram. */
export function frameText(frame: number, file: number | undefined, home: number): string {
  return file === undefined || file === home ? String(frame) : `${file}:${frame}`
}
