/**
 * `finwait live` as a process of its own, in a network namespace where one is given, and what its lines say.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TransitionLine } from '../../src/report/model.ts'
import { ROOT } from './source-tree.ts'

type Line = { type: string } & Record<string, unknown>

export class LiveProcess {
  /** Lines of standard output, as they came. */
  readonly lines: Line[] = []
  errors = ''
  private readonly child: ChildProcessWithoutNullStreams
  private readonly isOver: Promise<unknown>

  constructor(namespace: string | null, ...words: string[]) {
    const inside = namespace === null ? [] : ['ip', 'netns', 'exec', namespace]
    const [program, ...args] = [...inside, process.execPath, join(ROOT, 'bin', 'finwait.js'), 'live', ...words]
    this.child = spawn(program!, args, { env: { ...process.env, NO_COLOR: '1' } })
    this.isOver = once(this.child, 'close')
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString()
    })
    createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(JSON.parse(line)))
  }

  /** Resolves when it captures, and has said by which program. */
  started(): Promise<void> {
    return this.until(() => this.errors.includes('capturing on'))
  }

  /** Resolves as soon as `isSo`; rejects after 20 seconds, or when the process ends before. */
  async until(isSo: () => boolean): Promise<void> {
    const limit = Date.now() + 20_000
    while (!isSo()) {
      if (this.child.exitCode !== null)
        throw new Error(`finwait live ended with ${this.child.exitCode}: ${this.errors}`)
      if (Date.now() > limit) throw new Error(`waited in vain: ${this.errors}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  of<T>(type: string): T[] {
    return this.lines.filter((line) => line.type === type) as T[]
  }

  /** The state of each connection's side now, by the port of the client, as the lines so far tell it. */
  states(side: 'client' | 'server'): Map<number, string> {
    const known = new Map<number, string[]>()
    for (const { side: of, client, status, from, to } of this.of<TransitionLine>('transition')) {
      if (of !== side) continue
      const states = known.get(client.port) ?? [from]
      known.set(client.port, states)
      if (status === 'new') states.push(to)
      else if (status === 'withdrawn') states.splice(states.lastIndexOf(to), 1)
    }
    return new Map([...known].map(([port, states]) => [port, states.at(-1)!]))
  }

  /** Resolves to the exit code. */
  async stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal)
    await this.isOver
    return this.child.exitCode
  }

  /** Resolves to the exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    await this.isOver
    return this.child.exitCode
  }
}
