/**
 * What the terminal can show: its width, colours, more than ASCII. Anything else than a terminal gets plain text
 * that is never cut.
 */
import picocolors from 'picocolors'
import type { Palette } from '../report/palette.ts'
import type { ProcessLike } from './process.ts'

export interface Terminal {
  /** null: no terminal. */
  width: number | null
  palette: Palette
  unicode: boolean
}

/**
 * @param isStdout - whether the report goes to standard output at all
 * @param wantsColour - false under `--no-color`
 */
export function terminalOf({ stdout, env, platform }: ProcessLike, isStdout: boolean, wantsColour: boolean): Terminal {
  const isTerminal = isStdout && stdout.isTTY === true
  return {
    width: isTerminal ? stdout.columns || 80 : null,
    palette: picocolors.createColors(wantsColour && hasColour(env, isTerminal)),
    unicode: !isTerminal || platform === 'win32' || isUtf8(env),
  }
}

/** NO_COLOR (no-color.org) outranks FORCE_COLOR; both count when they are not empty. */
function hasColour(env: ProcessLike['env'], isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return isTerminal && env.TERM !== 'dumb'
}

/** POSIX: the first that is set and not empty says the character set. */
function isUtf8(env: ProcessLike['env']): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')
}
