/**
 * `npm run fuzz -- [--seconds 60] [--seed 1] [--only INDEX]`: damages captures and looks whether finwait bears it.
 * Ends with 1 when something did not hold; each such input is kept in `.build/fuzz/`, and comes again by its seed and
 * index.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { makeInput } from './input.ts'
import type { Message, Task } from './worker.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})

const seed = Number(values.seed)
const deadline = performance.now() + Number(values.seconds) * 1000
const only = values.only === undefined ? null : Number(values.only)

/** Longer on one input than this is a hang. */
const HANG_MS = 30_000
const CHECK_MS = 1000
const HEAP_MB = 512
const FOLDER = join('.build', 'fuzz')

const total = { inputs: 0, connections: 0, failures: 0, slowestMs: 0, slowest: 0, memory: 0 }
const seen = new Set<string>()
let next = only ?? 0
do {
  next = await runThread(next)
} while (only === null && performance.now() < deadline)
const { inputs, connections, failures, slowestMs, slowest, memory } = total
process.stdout.write(
  `seed ${seed}: ${inputs} inputs, ${connections} connections, ${failures} failures; ` +
    `slowest ${slowestMs.toFixed(0)} ms (input ${slowest}), typed arrays ${(memory / 1e6).toFixed(0)} MB at most\n`,
)
process.exitCode = failures > 0 ? 1 : 0

/** Judges from input `first` on, until the time is over or the thread is lost. Returns the input to go on with. */
function runThread(first: number): Promise<number> {
  const current = new SharedArrayBuffer(4)
  const now = new Int32Array(current)
  const seconds = (deadline - performance.now()) / 1000
  const task: Task = { seed, first, count: only === null ? Number.MAX_SAFE_INTEGER : 1, seconds, current }
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  return new Promise((resolve) => {
    let last = first
    let since = performance.now()
    const watch = setInterval(() => {
      if (now[0] !== last) {
        last = now[0]!
        since = performance.now()
      } else if (performance.now() - since > HANG_MS) {
        fail(last, makeInput(seed, last).story, `still not done after ${HANG_MS} ms`)
        void worker.terminate()
      }
    }, CHECK_MS)
    worker.on('message', (message: Message) => {
      if (message.type === 'failure') fail(message.index, message.story, message.reason)
      else add(message)
    })
    worker.on('error', (error) => fail(now[0]!, makeInput(seed, now[0]!).story, error.stack ?? error.message))
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(now[0]! + 1)
    })
  })
}

function add(end: Extract<Message, { type: 'end' }>): void {
  total.inputs += end.inputs
  total.connections += end.connections
  total.memory = Math.max(total.memory, end.memory)
  if (end.slowestMs <= total.slowestMs) return
  total.slowestMs = end.slowestMs
  total.slowest = end.slowest
}

/** Tells every kind of failure once: kinds differ in their message without its numbers, and in where they come from. */
function fail(index: number, story: string, reason: string): void {
  total.failures++
  const kind = reason.split('\n').slice(0, 3).join('\n').replace(/\d+/g, '#').slice(0, 400)
  if (seen.has(kind)) return
  seen.add(kind)
  mkdirSync(FOLDER, { recursive: true })
  const path = join(FOLDER, `${seed}-${index}.pcap`)
  writeFileSync(path, makeInput(seed, index).bytes)
  process.stdout.write(`input ${index}, ${story}, kept as ${path}:\n${reason}\n\n`)
}
