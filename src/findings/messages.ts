/**
 * The only prose about findings: what each means (for the documentation), and the sentence of one case, in words that
 * a socket programmer can act on. A file of `messages/` for each group of the catalogue.
 */
import type { FindingCode } from './catalogue.ts'
import { CLOSE, STUCK } from './messages/close.ts'
import { LIMIT } from './messages/limits.ts'
import { OPENING } from './messages/opening.ts'
import { RESET, TIME_WAIT } from './messages/reset.ts'
import { CAPTURE, QUALITY, TRAFFIC } from './messages/traffic.ts'
import type { Message } from './messages/words.ts'

export const MESSAGES: Record<FindingCode, Message> = {
  ...OPENING,
  ...CLOSE,
  ...RESET,
  ...TIME_WAIT,
  ...STUCK,
  ...TRAFFIC,
  ...QUALITY,
  ...CAPTURE,
  ...LIMIT,
}
