/**
 * The options of `finwait live`, with their words for `--help`.
 */
import type { Command } from 'commander'
import { FORMAT_NAMES, type FormatName } from '../../report/formats.ts'
import { ENGINE_NAMES, type EngineName } from '../../source/live/engine.ts'
import { choice, seconds, several, wholeNumber } from '../option-values.ts'
import { addReportOptions, type ReportCommandOptions } from '../run-options.ts'
import { UsageError } from '../usage-error.ts'

export interface LiveOptions extends ReportCommandOptions {
  count?: number
  interface?: string
  captureFilter?: string
  excludeOwn?: boolean
  /** Seconds to capture for. */
  autostop?: number
  write?: string
  snaplen: number
  buffer: number
  source: EngineName | 'auto'
  idle: number
  format?: FormatName
  filter?: string[]
  limit: number
  listInterfaces?: boolean
}

/** Headers are enough for the states; with whole packets the kernel's ring holds too few (see tcpdump.ts). */
const DEFAULT_SNAPLEN = 256
/** What the ring may take, in MiB. */
const DEFAULT_BUFFER = 64
/** RFC 5382 §5 REQ-5: an open connection may be forgotten after 2 hours and 4 minutes of silence. */
const DEFAULT_IDLE_SECONDS = 7440
const DEFAULT_LIMIT = 50

const HELP = `
In a terminal the connections are shown while they live; ? lists the keys.
Elsewhere, and with --format ndjson, each transition and finding is a line as it
happens. At the end comes the same report as on a file.

What the kernel and the capture program lose is counted, shown, and part of the
report.

Exit code:
  0    done: as many packets or seconds as asked for, or q
  2    wrong usage, no permission, or the capture ended by itself: what came
       before is reported
  130  after Ctrl-C, with the report printed first

Examples:
  finwait live                              on the usual interface
  finwait live -i lo -f 'tcp port 5432'     only what the filter lets through
  finwait live -i any --exclude-own         without the shell you sit in
  finwait live -a duration:60 -w all.pcapng keep what came for later
  finwait live --format ndjson | jq 'select(.type == "transition")'
  finwait interfaces                        what can be captured on, and how`

export function addLiveOptions(command: Command): Command {
  command
    .option('-i, --interface <name>', 'capture here; any: on all')
    .option('-f, --capture-filter <bpf>', 'only these packets, in the language of pcap-filter(7)')
    .option('--exclude-own', 'leave out the connection of the remote shell that finwait runs in')
    .option('-c, --count <packets>', 'stop after so many packets', wholeNumber('--count', 1))
    .option('-a, --autostop <condition>', 'stop after duration:SECONDS', readAutoStop)
    .option('-w, --write <file>', 'keep the packets in this file, as pcapng')
    .option(
      '-s, --snaplen <bytes>',
      'keep so much of each packet; 0: all',
      wholeNumber('--snaplen', 0),
      DEFAULT_SNAPLEN,
    )
    .option('-B, --buffer <MiB>', "size of the kernel's buffer", wholeNumber('--buffer', 1), DEFAULT_BUFFER)
    .option(
      '--source <program>',
      `what captures: auto, ${ENGINE_NAMES.join(', ')}`,
      choice('source', ['auto', ...ENGINE_NAMES] as const),
      'auto' as const,
    )
    .option('--idle <seconds>', 'forget a silent connection after so long', seconds('--idle'), DEFAULT_IDLE_SECONDS)
    .option('-T, --format <name>', `one of ${FORMAT_NAMES.join(', ')}`, choice('format', FORMAT_NAMES))
    .option('--filter <key=value>', 'report only these connections; may be repeated', several)
    .option(
      '--limit <n>',
      'connections and findings listed in table and markdown; 0: all',
      wholeNumber('--limit', 0),
      DEFAULT_LIMIT,
    )
    .option('-D, --list-interfaces', 'the same as finwait interfaces')
  return addReportOptions(command).addHelpText('after', HELP)
}

function readAutoStop(text: string): number {
  const match = /^duration:(.+)$/.exec(text)
  if (match === null) throw new UsageError(`-a ${text}: expected duration:SECONDS, as in -a duration:60`)
  return seconds('-a duration', ':')(match[1]!)
}
