/**
 * TCP options (RFC 9293 §3.1, RFC 7323, RFC 2018, RFC 7413, RFC 2385, RFC 5925, RFC 8684). Parsed only for the
 * segments that need them: options are kept off the packets that cannot change a verdict.
 */
export class TcpOptions {
  mss = 0
  /** Shift count 0-14; -1 when absent (RFC 7323 §2.2). */
  windowScale = -1
  sackPermitted = false
  sackBlocks = 0
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
