/**
 * The command line as commander knows it: commands, options, their help. What a command does is in its own file, loaded
 * when it runs: all files together take 0.15 s, twice what Node itself does.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { MAX_LAYERS } from '../decode/decoder.ts'
import { SEVERITIES } from '../findings/finding.ts'
import { MAX_CAPTURES } from '../flow/frames.ts'
import { CHECK_FORMAT_NAMES, CHECK_FORMATS } from '../report/checks/formats.ts'
import { FORMAT_NAMES, FORMATS } from '../report/formats.ts'
import { grouped } from '../report/text.ts'
import { MAX_OPEN } from '../source/merge-captures.ts'
import { PACKAGE_FOLDER } from '../source/package-folder.ts'
import { type AnalyzeOptions, analyze } from './analyze.ts'
import type { CheckCommandOptions } from './check.ts'
import { FILTER_KEYS } from './filter.ts'
import { addLiveOptions, type LiveOptions } from './live/live-options.ts'
import { choice, several, wholeNumber } from './option-values.ts'
import type { ProcessLike } from './process.ts'
import { addReportOptions, addRunOptions } from './run-options.ts'
import { SHOW_FORMATS, type ShowOptions } from './show-options.ts'
import { UsageError } from './usage-error.ts'

/** Rows of the table unless `--limit` says otherwise. */
const DEFAULT_LIMIT = 50

const ANALYZE_HELP = `
Formats:
${FORMAT_NAMES.map((name) => `  ${name.padEnd(10)}${FORMATS[name].purpose}`).join('\n')}

Filters:
  key=value or key!=value; a comma means "or", several filters mean "and".
  Keys: ${FILTER_KEYS.slice(0, 6).join(', ')},
  ${FILTER_KEYS.slice(6).join(', ')}.
  A state may be spelled TIME_WAIT, time-wait, ESTAB; state is the one at the
  end, visited any on the way.

Fixed limits:
  ${grouped(MAX_CAPTURES)} captures of a run, ${MAX_OPEN} of the same time; ${MAX_LAYERS} headers in a packet

Exit code:
  0    done
  1    there is a finding as --fail-on asks
  2    wrong usage, or a capture that cannot be read to its end: what came
       before is reported
  130  after Ctrl-C, with the report printed first

Examples:
  finwait web.pcapng
  finwait show web.pcapng 3                      one connection as a ladder
  finwait check captures/                        fails when not as expected
  finwait --filter state=CLOSE_WAIT web.pcapng   nobody called close()
  finwait --filter 'port=443 close=reset' dir/   all captures of a directory
  finwait tap-a.pcap tap-b.pcap                  in order of time, as one
  finwait --format ndjson big.pcap.gz | jq .     in constant memory
  finwait --fail-on warn web.pcapng              for scripts
  tcpdump -i eth0 -w - tcp | finwait -`

const SHOW_HELP = `
Connections are numbered as in the report on the same captures. Times are in
seconds since the first segment, seq and ack are relative.

Examples:
  finwait show web.pcapng 3
  finwait show --format json web.pcapng 3        the same for a program
  finwait show a.pcap b.pcap 12 | less           of two captures of one run`

const CHECK_HELP = `
The expectations of a.pcapng are in a.pcapng.expect.yaml beside it; rules for
all captures are in the nearest finwait.config.yaml above them. Without either:
no finding of severity error, and no capture that is cut short.

  connections:
    - match: { server: { port: 443 } }
      count: 3
      close: { kind: [four-way, three-segment], by: client }
      states: { client: [SYN-SENT, ESTABLISHED, ..., TIME-WAIT] }
  capture:
    findings: { none: { severity: warn } }

Formats:
${CHECK_FORMAT_NAMES.map((name) => `  ${name.padEnd(10)}${CHECK_FORMATS[name].purpose}`).join('\n')}

Exit code:
  0    every expectation is met
  1    at least one is not
  2    wrong usage, a mistake in an expectation file, or a capture that cannot
       be read to its end: what came before is checked
  130  after Ctrl-C, with the report printed first

Examples:
  finwait check captures/
  finwait check 'captures/**/*.pcap*'            quoted: finwait finds the files
  finwait check --update web.pcapng              writes web.pcapng.expect.yaml
  finwait check --format junit -o report.xml captures/
  finwait check --config strict.yaml web.pcapng`

const INTERFACES_HELP = `
Lists the interfaces, and for each program that can capture whether it may here;
where not, the command that mends it. finwait itself needs no privilege, the
program that captures does.

Exit code:
  0    at least one program can capture
  2    none can

Examples:
  finwait interfaces`

/** Hands the exit code of the command that ran to `done`. */
export function buildProgram(process: ProcessLike, done: (exitCode: number) => void): Command {
  const program = new Command('finwait')
  program
    .description('What state was each end of this TCP connection in, and how do you know?')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'the same as finwait <command> --help')
    .enablePositionalOptions()
  addAnalyze(program).usage('[options] <capture>...\n       finwait <command> --help')
  addAnalyze(program.command('analyze')).summary('the same as finwait <capture>...')
  addShow(program.command('show'))
  addLive(program.command('live'))
  addCheck(program.command('check'))
  addInterfaces(program.command('interfaces'))
  return program

  function commands(): string[] {
    return program.commands.map((command) => command.name())
  }

  function addAnalyze(command: Command): Command {
    command
      .argument('[captures...]', 'files, directories, or - for standard input')
      .addOption(formatOption(FORMAT_NAMES, 'table'))
      .option('--filter <key=value>', 'only these connections; may be repeated', several)
      .option(
        '--limit <n>',
        'connections and findings listed in table and markdown; 0: all',
        wholeNumber('--limit', 0),
        DEFAULT_LIMIT,
      )
      .option(
        '--fail-on <severity>',
        `exit with 1 at this or worse: ${SEVERITIES.join(', ')}`,
        choice('severity', SEVERITIES),
      )
    return addRunOptions(command)
      .addHelpText('after', ANALYZE_HELP)
      .action(async (captures: string[], options: AnalyzeOptions) => {
        done(await analyze(process, captures, options, commands()))
      })
  }

  function addShow(command: Command): void {
    command
      .summary('one connection: ladder diagram and state timelines')
      .description('One connection: its ladder diagram, and the state timeline of each side.')
      .usage('[options] <capture>... <connection>')
      .argument('[capture...]', 'captures, then the number of a connection')
      .addOption(formatOption(SHOW_FORMATS, 'text'))
    addRunOptions(command)
      .addHelpText('after', SHOW_HELP)
      .action(async (words: string[], options: ShowOptions) => {
        const { show } = await import('./show.ts')
        done(await show(process, words, options, commands()))
      })
  }

  function addCheck(command: Command): void {
    command
      .summary('captures against their expectations, for CI')
      .description('Each capture by itself against the expectations beside it and the rules for all.')
      .argument('[paths...]', "files, directories, or patterns such as 'captures/**/*.pcap'")
      .addOption(formatOption(CHECK_FORMAT_NAMES, 'text'))
      .option('--config <file>', 'rules for all captures; instead of the nearest finwait.config.yaml')
      .option('--update', 'write what is seen into the expectation files, instead of checking')
    addReportOptions(command)
      .addHelpText('after', CHECK_HELP)
      .action(async (paths: string[], options: CheckCommandOptions) => {
        // yaml and zod take 90 ms to load, which no other command should wait for.
        const { check } = await import('./check.ts')
        done(await check(process, paths, options, commands()))
      })
  }

  function addLive(command: Command): void {
    command
      .summary('the same analysis on an interface, while it happens')
      .description('Watches the states of the connections on an interface while they happen.')
      .allowExcessArguments()
    addLiveOptions(command).action(async (options: LiveOptions) => {
      const [word] = command.args
      if (word !== undefined) {
        throw new UsageError(`${word}: an interface stands behind -i, as in finwait live -i eth0`)
      }
      const { live } = await import('./live/live.ts')
      done(await live(process, options))
    })
  }

  function addInterfaces(command: Command): void {
    command
      .summary('what can be captured on, and what is missing when nothing can')
      .description('What can be captured on, by which program, and what is missing if nothing can.')
      .addHelpText('after', INTERFACES_HELP)
      .action(async () => {
        const { interfaces } = await import('./interfaces.ts')
        done(await interfaces(process))
      })
  }
}

function formatOption<T extends string>(names: readonly T[], usual: T): Option {
  return new Option('-T, --format <name>', `one of ${names.join(', ')}`)
    .argParser(choice('format', names))
    .default(usual, usual)
}

function version(): string {
  return JSON.parse(readFileSync(join(PACKAGE_FOLDER, 'package.json'), 'utf8')).version
}
