/**
 * The command line: arguments in, exit code out. Everything it touches of the outside is in `ProcessLike`, the file
 * system, and standard input. Next: program.ts.
 */
import { type Command, CommanderError } from 'commander'
import { escapeTerminal } from '../report/escape.ts'
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-code.ts'
import { Messages } from './messages.ts'
import type { ProcessLike } from './process.ts'
import { buildProgram } from './program.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs the command that `process.argv` asks for.
 *
 * @returns the exit code, see exit-code.ts
 */
export async function run(process: ProcessLike): Promise<number> {
  // Nobody is left to tell that nobody reads what is told; output.ts looks after a report.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  let exitCode: number = EXIT_DONE
  const program = buildProgram(process, (code) => {
    exitCode = code
  })
  for (const command of [program, ...program.commands]) configure(command, program.commands, process)
  try {
    await program.parseAsync([...process.argv])
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_COULD_NOT_RUN
    // An exception left to Node would end with 1, which means a finding.
    const text = error instanceof UsageError ? error.message : `a bug: ${error instanceof Error ? error.stack : error}`
    const messages = new Messages(process.stderr, false)
    for (const line of text.split('\n')) messages.error(line)
    return EXIT_COULD_NOT_RUN
  }
}

/** Commander writes where we say, never exits, and says `finwait: …` in one line as everything else does. */
function configure(command: Command, all: readonly Command[], { stdout, stderr }: ProcessLike): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => stdout.columns || 80,
    getErrHelpWidth: () => stderr.columns || 80,
    outputError(text, write) {
      const line = text
        .trim()
        .replace(/^error: /, '')
        .replace(/\n\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)')
        .replace(/^unknown option '([^']*)'$/, (text, option) => `${text}${ownerText(option, all)}`)
      write(`finwait: ${escapeTerminal(line)}\n`)
    },
  })
}

/** `finwait -i eth0` is what the hands know of tshark. */
function ownerText(option: string, commands: readonly Command[]): string {
  const owner = commands.find(({ options }) => options.some(({ short, long }) => option === short || option === long))
  return owner === undefined ? '' : ` (finwait ${owner.name()} has it)`
}
