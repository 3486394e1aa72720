/**
 * Names of addresses in the blocks of a capture: read in a pass of their own, as Wireshark writes them at the end.
 */
import { CaptureError } from '../capture/capture-error.ts'
import type { CaptureName } from '../capture/info.ts'
import { TimeBase } from '../capture/packet.ts'
import { isRegularFile } from './open-capture.ts'
import { readCapture } from './read-capture.ts'

/** Of a capture that can be read twice; none of any other. Never rejects for what the file is. */
export async function readNames(path: string, signal: AbortSignal): Promise<readonly CaptureName[]> {
  try {
    if (!isRegularFile(path)) return []
    const { info } = await readCapture(path, { packet() {} }, new TimeBase(), { fileIndex: 0, signal })
    return info.names
  } catch (cause) {
    if (cause instanceof CaptureError) return []
    throw cause
  }
}
