/**
 * Runs whole processes and says what they took: the operating system's own account of each, by GNU time.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GNU_TIME = '/usr/bin/time'

export interface Cost {
  /** User and system. */
  cpuSeconds: number
  wallSeconds: number
  peakMegabytes: number
}

export interface Limits {
  seconds: number
  /** Of address space: some tools take all there is. Node reserves more than it uses, so it is not limited. */
  gigabytes: number | null
}

export function canMeasure(): boolean {
  return existsSync(GNU_TIME)
}

/** Null when the command failed, took too long, or too much memory. What it prints is thrown away. */
export function measure(command: readonly string[], { seconds, gigabytes }: Limits): Cost | null {
  const folder = mkdtempSync(join(tmpdir(), 'finwait-bench-'))
  const account = join(folder, 'account')
  const limited = gigabytes === null ? command : ['prlimit', `--as=${gigabytes * 1e9}`, ...command]
  const words = ['-f', '%U %S %e %M', '-o', account, 'timeout', `${seconds}`, ...limited]
  const { status } = spawnSync(GNU_TIME, words, { stdio: 'ignore' })
  const [user = 0, system = 0, wallSeconds = 0, kilobytes = 0] =
    readFileSync(account, 'utf8').trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  rmSync(folder, { recursive: true })
  return status === 0 ? { cpuSeconds: user + system, wallSeconds, peakMegabytes: kilobytes / 1000 } : null
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
