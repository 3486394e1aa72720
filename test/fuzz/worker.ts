/**
 * Judges inputs in a thread of its own, so that one that never ends, or takes all memory, ends only the thread.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { makeInput } from './input.ts'
import { judge } from './judge.ts'
import { judgeProgram } from './judge-program.ts'

export interface Task {
  seed: number
  first: number
  /** Inputs to judge at most. */
  count: number
  seconds: number
  /** Shared: the number of the input that is judged now. */
  current: SharedArrayBuffer
}

export type Message =
  | { type: 'failure'; index: number; story: string; reason: string }
  | { type: 'end'; inputs: number; connections: number; slowestMs: number; slowest: number; memory: number }

/** Typed arrays beyond this are a leak, or an allocation by a length field. */
const MOST_MEMORY = 400 * 1024 * 1024

const { seed, first, count, seconds, current } = workerData as Task
const now = new Int32Array(current)
const end = performance.now() + seconds * 1000
const tell = (message: Message) => parentPort!.postMessage(message)

let inputs = 0
let connections = 0
let slowest = 0
let slowestMs = 0
let memory = 0
for (let index = first; inputs < count && performance.now() < end; index++) {
  Atomics.store(now, 0, index)
  inputs++
  const { story, bytes, others, chance } = makeInput(seed, index)
  const began = performance.now()
  try {
    connections += judge(bytes, chance)
    await judgeProgram([bytes, ...others], chance)
    const { arrayBuffers } = process.memoryUsage()
    memory = Math.max(memory, arrayBuffers)
    if (arrayBuffers > MOST_MEMORY) throw new RangeError(`${arrayBuffers} bytes of typed arrays`)
  } catch (error) {
    tell({
      type: 'failure',
      index,
      story,
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
  const took = performance.now() - began
  if (took > slowestMs) {
    slowestMs = took
    slowest = index
  }
}
tell({ type: 'end', inputs, connections, slowestMs, slowest, memory })
