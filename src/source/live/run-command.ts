/**
 * Short commands of the system, for what they print.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Command } from './engine.ts'

const LIMIT_MS = 10_000

export type Ran = { isDone: true; output: string } | { isDone: false; failure: Error }

/** Never rejects. The message of a failure has what the command wrote on standard error. */
export function runCommand({ program, args }: Command): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: LIMIT_MS, encoding: 'utf8' }, (error, output, errors) => {
      if (error === null) resolve({ isDone: true, output })
      else resolve({ isDone: false, failure: error.code === 'ENOENT' ? error : new Error(errors || error.message) })
    })
  })
}

/** Where the shell would find it; null when nowhere. */
export function pathOf(program: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return null
}
