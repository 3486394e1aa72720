/**
 * The options that every command which reads captures has, with their words for `--help`.
 */
import type { Command } from 'commander'
import { seconds, several, wholeNumber } from './option-values.ts'

export interface RunOptions {
  read?: string[]
  output?: string
  msl: number
  maxConnections: number
  count?: number
  strict?: boolean
  color: boolean
  quiet?: boolean
}

/** RFC 9293 §3.4.2 says 2 minutes; Linux keeps TIME-WAIT for 60 s, which is an MSL of 30 s. */
const DEFAULT_MSL_SECONDS = 30
const DEFAULT_MAX_CONNECTIONS = 10_000_000

export function addRunOptions(command: Command): Command {
  return command
    .option('-r, --read <file>', 'read this capture, as a positional does; may be repeated', several)
    .option('-c, --count <packets>', 'stop after so many packets', wholeNumber('--count', 1))
    .option('-o, --output <file>', 'write the report to this file')
    .option(
      '--msl <seconds>',
      'maximum segment lifetime; TIME-WAIT lasts twice as long',
      seconds('--msl'),
      DEFAULT_MSL_SECONDS,
    )
    .option(
      '--max-connections <n>',
      'connections kept at once; beyond it the oldest is reported as it is',
      wholeNumber('--max-connections', 1),
      DEFAULT_MAX_CONNECTIONS,
    )
    .option('--strict', 'exit with 2 when a capture ends in the middle of a packet')
    .option('--no-color', 'no colours, as the environment variable NO_COLOR')
    .option('-q, --quiet', 'say nothing but the report and errors')
}
