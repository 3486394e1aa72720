/**
 * The options of `finwait show`.
 */
import type { RunOptions } from './run-options.ts'

export const SHOW_FORMATS = ['text', 'json'] as const

export interface ShowOptions extends RunOptions {
  format: (typeof SHOW_FORMATS)[number]
}
