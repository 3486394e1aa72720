/**
 * A `process` for tests of the command line: arguments in, what was printed out.
 */
import type { OutputLike, ProcessLike, StopSignal, WriteError } from '../../src/cli/process.ts'
import { run } from '../../src/cli/run.ts'

export class FakeOutput implements OutputLike {
  text = ''
  isTTY = false
  columns = 80
  /** After so many bytes every write fails as it does when `head` has ended. */
  breaksAfter = Number.POSITIVE_INFINITY
  readonly #listeners: ((error: WriteError) => void)[] = []

  write(text: string, done?: (error?: WriteError) => void): boolean {
    this.text += text
    const error =
      this.text.length > this.breaksAfter ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : undefined
    process.nextTick(() => {
      done?.(error)
      if (error) for (const listener of this.#listeners) listener(error)
    })
    return true
  }

  on(_event: 'error', listener: (error: WriteError) => void): this {
    this.#listeners.push(listener)
    return this
  }
}

export class FakeProcess implements ProcessLike {
  readonly argv: readonly string[]
  env: Record<string, string | undefined> = { LANG: 'C.UTF-8' }
  platform = 'linux'
  readonly stdout = new FakeOutput()
  readonly stderr = new FakeOutput()
  readonly #interrupts = new Set<() => void>()

  constructor(...words: string[]) {
    this.argv = ['node', 'finwait', ...words]
  }

  on(_signal: StopSignal | 'exit', listener: () => void): this {
    this.#interrupts.add(listener)
    return this
  }

  off(_signal: StopSignal | 'exit', listener: () => void): this {
    this.#interrupts.delete(listener)
    return this
  }

  /** Ctrl-C; says whether anybody heard it. */
  interrupt(): boolean {
    const heard = [...this.#interrupts]
    for (const listener of heard) listener()
    return heard.length > 0
  }
}

export interface Printed {
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs `finwait` with these words. */
export async function finwait(...words: string[]): Promise<Printed> {
  return runWith(new FakeProcess(...words))
}

export async function runWith(fake: FakeProcess): Promise<Printed> {
  const exitCode = await run(fake)
  return { exitCode, stdout: fake.stdout.text, stderr: fake.stderr.text }
}
