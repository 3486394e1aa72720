/**
 * What must be known of captures before they are merged, found out without reading more than the first packets.
 */
import { CaptureError } from '../capture/capture-error.ts'
import { type Packet, TimeBase } from '../capture/packet.ts'
import { isRegularFile, openCapture } from './open-capture.ts'

/** Enough for the headers and the first packet of nearly every capture. */
const STEP_LENGTH = 16 * 1024

export interface Peek {
  /** Of the first packet: seconds since 1970, nanoseconds beside them. Null when no packet has a time. */
  start: { seconds: number; nanoseconds: number } | null
  /** Of the file, compressed as it is. */
  bytes: number
}

/** Null for what cannot be read twice, or not at all. */
export async function peekCapture(path: string): Promise<Peek | null> {
  let nanoseconds: number | null = null
  const sink = {
    packet({ timeNs }: Packet) {
      nanoseconds ??= timeNs
    },
  }
  const timeBase = new TimeBase()
  try {
    if (!isRegularFile(path)) return null
    const capture = openCapture(path, sink, timeBase, { fileIndex: 0, stepLength: STEP_LENGTH })
    try {
      while (nanoseconds === null && (await capture.step())) {}
    } finally {
      capture.close()
    }
    const { seconds } = timeBase
    const start = nanoseconds === null || seconds === null ? null : { seconds, nanoseconds }
    return { start, bytes: capture.bytesTotal ?? 0 }
  } catch (cause) {
    if (cause instanceof CaptureError) return null
    throw cause
  }
}
