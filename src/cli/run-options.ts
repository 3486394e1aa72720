/**
 * The options that every command which reads captures has, with their words for `--help`.
 */
import type { Command } from 'commander'
import { seconds, several, wholeNumber } from './option-values.ts'

/** Options of every command that prints a report on captures. */
export interface ReportCommandOptions {
  output?: string
  msl: number
  maxConnections: number
  color: boolean
  quiet?: boolean
}

/** With those of commands that read captures into one report. */
export interface RunOptions extends ReportCommandOptions {
  read?: string[]
  count?: number
  strict?: boolean
}

/** RFC 9293 §3.4.2 says 2 minutes; Linux keeps TIME-WAIT for 60 s, which is an MSL of 30 s. */
const DEFAULT_MSL_SECONDS = 30
const DEFAULT_MAX_CONNECTIONS = 10_000_000

export function addRunOptions(command: Command): Command {
  command
    .option('-r, --read <file>', 'read this capture, as a positional does; may be repeated', several)
    .option('-c, --count <packets>', 'stop after so many packets', wholeNumber('--count', 1))
    .option('--strict', 'exit with 2 when a capture ends in the middle of a packet')
  return addReportOptions(command)
}

export function addReportOptions(command: Command): Command {
  return command
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
    .option('--no-color', 'no colours, as the environment variable NO_COLOR')
    .option('-q, --quiet', 'say nothing but the report and errors')
}
