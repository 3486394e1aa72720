/**
 * TCP options (RFC 9293 §3.1, RFC 7323, RFC 2018, RFC 7413, RFC 2385, RFC 5925, RFC 8684). Parsed only for the
 * segments that need them: options are kept off the packets that cannot change a verdict.
 */

import type { Segment } from './segment.ts'

export class TcpOptions {
  mss = 0
  /** Shift count 0-14; -1 when absent (RFC 7323 §2.2). */
  windowScale = -1
  sackPermitted = false
  sackBlocks = 0
  /** Right edge of the first block, int32: at or below the acknowledgment it is a D-SACK (RFC 2883 §4). */
  sackEnd = 0
  hasTimestamps = false
  /** int32, mod 2^32. */
  tsVal = 0
  tsEcr = 0
  /** TCP Fast Open cookie (RFC 7413): -1 absent, 0 a request, else the cookie's bytes. */
  fastOpenCookieLength = -1
  /** TCP-MD5 (RFC 2385) or TCP-AO (RFC 5925): segments can be forged by nobody, RSTs cannot be judged by us. */
  isAuthenticated = false
  isMultipath = false
  /** The list ran over its space, or an option's length was impossible. */
  isMalformed = false
}

const END_OF_LIST = 0
const NO_OPERATION = 1
const MSS = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const TIMESTAMPS = 8
const MD5_SIGNATURE = 19
const AUTHENTICATION = 29
const MULTIPATH = 30
const FAST_OPEN = 34
/** Shared by experiments, told apart by a number after the length (RFC 6994). */
const EXPERIMENT = 254
const FAST_OPEN_EXPERIMENT = 0xf989

/** RFC 7323 §2.3: a larger shift count is used as 14. */
const MAX_WINDOW_SCALE = 14

/** No-operation twice, then timestamps: what nearly every segment of today carries (RFC 7323 appendix A). */
const USUAL_LAYOUT = 0x0101080a
const USUAL_LENGTH = 12

/**
 * Resets `options` and fills them from the captured option bytes of `segment`. Options that snaplen cut off are
 * absent; a wrong length marks the list malformed and, as in Linux, only that option is left out, unless the list
 * cannot be followed any further.
 */
export function parseTcpOptions(segment: Segment, options: TcpOptions): void {
  reset(options)
  const { view, optionsOffset, optionsLength } = segment
  if (optionsLength === 0) return
  if (optionsLength === USUAL_LENGTH && view.getInt32(optionsOffset) === USUAL_LAYOUT) {
    readTimestamps(view, optionsOffset + 2, options)
    return
  }
  const end = optionsOffset + optionsLength
  const isCut = end < segment.payloadOffset
  let at = optionsOffset
  while (at < end) {
    const kind = view.getUint8(at)
    if (kind === END_OF_LIST) return
    if (kind === NO_OPERATION) {
      at++
      continue
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0
    if (length < 2 || at + length > end) {
      // What lies beyond the captured bytes may be in order.
      options.isMalformed = !isCut || (length < 2 && at + 1 < end)
      return
    }
    readOption(view, at, kind, length, options)
    at += length
  }
}

function readOption(view: DataView, at: number, kind: number, length: number, options: TcpOptions): void {
  switch (kind) {
    case MSS:
      if (length === 4) options.mss = view.getUint16(at + 2)
      else options.isMalformed = true
      return
    case WINDOW_SCALE:
      if (length === 3) options.windowScale = Math.min(view.getUint8(at + 2), MAX_WINDOW_SCALE)
      else options.isMalformed = true
      return
    case SACK_PERMITTED:
      if (length === 2) options.sackPermitted = true
      else options.isMalformed = true
      return
    case SACK:
      if (length >= 10 && length % 8 === 2) readSack(view, at, length, options)
      else options.isMalformed = true
      return
    case TIMESTAMPS:
      if (length === 10) readTimestamps(view, at, options)
      else options.isMalformed = true
      return
    default:
      readRareOption(view, at, kind, length, options)
  }
}

function readSack(view: DataView, at: number, length: number, options: TcpOptions): void {
  options.sackBlocks = (length - 2) / 8
  options.sackEnd = view.getInt32(at + 6)
}

function readRareOption(view: DataView, at: number, kind: number, length: number, options: TcpOptions): void {
  switch (kind) {
    case MD5_SIGNATURE:
    case AUTHENTICATION:
      options.isAuthenticated = true
      return
    case MULTIPATH:
      options.isMultipath = true
      return
    case FAST_OPEN:
      readFastOpen(length - 2, options)
      return
    case EXPERIMENT:
      if (length >= 4 && view.getUint16(at + 2) === FAST_OPEN_EXPERIMENT) readFastOpen(length - 4, options)
      return
  }
}

/** A cookie is absent (a request) or 4 to 16 bytes, an even number (RFC 7413 §4.1.1). */
function readFastOpen(cookieLength: number, options: TcpOptions): void {
  const isRight = cookieLength === 0 || (cookieLength >= 4 && cookieLength <= 16 && cookieLength % 2 === 0)
  if (isRight) options.fastOpenCookieLength = cookieLength
  else options.isMalformed = true
}

function readTimestamps(view: DataView, at: number, options: TcpOptions): void {
  options.hasTimestamps = true
  options.tsVal = view.getInt32(at + 2)
  options.tsEcr = view.getInt32(at + 6)
}

function reset(options: TcpOptions): void {
  options.mss = 0
  options.windowScale = -1
  options.sackPermitted = false
  options.sackBlocks = 0
  options.sackEnd = 0
  options.hasTimestamps = false
  options.tsVal = 0
  options.tsEcr = 0
  options.fastOpenCookieLength = -1
  options.isAuthenticated = false
  options.isMultipath = false
  options.isMalformed = false
}
