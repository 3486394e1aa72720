/**
 * The command line: arguments in, exit code out. Everything it touches of the outside is in `ProcessLike`, the file
 * system, and standard input. Next: program.ts.
 */
import { type Command, CommanderError } from 'commander'
import { Messages } from './messages.ts'
import type { ProcessLike } from './process.ts'
import { buildProgram } from './program.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs the command that `process.argv` asks for.
 *
 * @returns the exit code: 0 done, 1 a finding as asked for, 2 could not run, 130 after Ctrl-C
 */
export async function run(process: ProcessLike): Promise<number> {
  let exitCode = 0
  const program = buildProgram(process, (code) => {
    exitCode = code
  })
  for (const command of [program, ...program.commands]) configure(command, process)
  try {
    await program.parseAsync([...process.argv])
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof UsageError)) throw error
    const messages = new Messages(process.stderr, false)
    for (const line of error.message.split('\n')) messages.error(line)
    return 2
  }
}

/** Commander writes where we say, never exits, and says `finwait: …` in one line as everything else does. */
function configure(command: Command, { stdout, stderr }: ProcessLike): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    outputError(text, write) {
      const line = text
        .trim()
        .replace(/^error: /, '')
        .replace(/\n\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)')
      write(`finwait: ${line}\n`)
    },
  })
}
