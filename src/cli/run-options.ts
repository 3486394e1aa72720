/**
 * The options that every command which reads captures has, with their words for `--help`.
 */
import { randomInt } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { AnalyzerOptions } from '../analysis/analyzer.ts'
import { LIMITS, type Limits } from '../analysis/limits.ts'
import { seconds, several, wholeNumber } from './option-values.ts'

/** Options of every command that prints a report on captures. */
export interface ReportCommandOptions extends Limits {
  output?: string
  msl: number
  checksum?: boolean
  names?: boolean
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

/** Each limit: its option, what it bounds and what happens beyond it. */
const LIMIT_OPTIONS: Readonly<Record<keyof Limits, [option: string, words: string, most?: number]>> = {
  maxConnections: ['--max-connections <n>', 'connections kept at once; beyond it the oldest is reported as it is'],
  maxEvents: ['--max-events <n>', 'segments of one connection that are kept for its states', 65_535],
  maxExamples: ['--max-examples <n>', 'frames named of many that are alike'],
  maxDatagrams: ['--max-datagrams <n>', 'IP datagrams that wait for fragments at once', 8_000_000],
  maxFragmentBytes: ['--max-fragment-bytes <n>', 'bytes of fragments that wait'],
  maxPaths: ['--max-paths <n>', 'nestings of tags and tunnels told apart', 16_000_000],
  maxStreams: ['--max-streams <n>', 'addresses and ports whose tcp.stream is remembered'],
  maxCopies: ['--max-copies <n>', 'packets remembered to know them in another capture', 8_000_000],
  maxConversations: ['--max-conversations <n>', 'UDP conversations told apart', 16_000_000],
  maxHosts: ['--max-hosts <n>', 'clients and ports watched for scans and floods', 1_000_000],
  maxNames: ['--max-names <n>', 'names kept for addresses', 8_000_000],
}

export function addRunOptions(command: Command): Command {
  command
    .option('-r, --read <file>', 'read this capture, as a positional does; may be repeated', several)
    .option('-c, --count <packets>', 'stop after so many packets', wholeNumber('--count', 1))
    .option('--strict', 'exit with 2 when a capture ends in the middle of a packet')
  return addReportOptions(command)
}

export function addReportOptions(command: Command): Command {
  command
    .option('-o, --output <file>', 'write the report to this file')
    .option(
      '--msl <seconds>',
      'maximum segment lifetime; TIME-WAIT lasts twice as long',
      seconds('--msl'),
      DEFAULT_MSL_SECONDS,
    )
    .option('--checksum', 'verify the TCP checksum of every segment: damage, or offloading')
    .option('--names', 'show names for addresses, as blocks and DNS answers in the captures tell them; nobody is asked')
    .option('--no-color', 'no colours, as the environment variable NO_COLOR')
    .option('-q, --quiet', 'say nothing but the report and errors')
  for (const [name, [option, words, most]] of Object.entries(LIMIT_OPTIONS)) {
    const [flag = ''] = option.split(' ')
    command.addOption(
      new Option(option, words)
        .argParser(wholeNumber(flag, 1, most))
        .default(LIMITS[name as keyof Limits])
        .helpGroup(LIMITS_TITLE),
    )
  }
  return command
}

const LIMITS_TITLE = 'Limits (reaching one is a finding with a count, see docs/limits.md):'

/** What the analysis wants to know of the options. */
export function analyzerOptions(options: ReportCommandOptions): AnalyzerOptions {
  const limits = Object.fromEntries(Object.keys(LIMIT_OPTIONS).map((name) => [name, options[name as keyof Limits]]))
  return {
    // Whoever makes a capture must not know which of its addresses and ports would share a slot.
    seed: randomInt(2 ** 31),
    mslSeconds: options.msl,
    verifyChecksums: options.checksum === true,
    showNames: options.names === true,
    ...limits,
  }
}
