/**
 * A capture program that runs: its packets, what it has lost, why it ended.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { PacketSink, TimeBase } from '../../capture/packet.ts'
import type { ReadResult } from '../capture-feed.ts'
import { readCaptureStream } from '../read-capture.ts'
import { SourceError } from '../source-error.ts'
import type { CaptureRequest, Drops, Engine } from './engine.ts'
import { engineError } from './engine-error.ts'

/** A program that has not ended so long after it was asked to is killed. */
const STOP_MS = 3000
/** Kept of what it says on standard error. */
const MAX_SAID = 64 * 1024

export class LiveCapture {
  readonly engine: Engine
  readonly request: CaptureRequest
  readonly #child: ChildProcess
  readonly #stream: Readable
  readonly #closed: Promise<unknown>
  #said = ''
  #isStopping = false

  private constructor(engine: Engine, request: CaptureRequest) {
    this.engine = engine
    this.request = request
    const { program, args } = engine.capture(request)
    // A group of its own: Ctrl-C is for finwait, which ends the program when it has handed over what it has.
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    this.#stream = this.#child.stdout!
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MAX_SAID)
    })
    this.#child.stdin!.on('error', () => {})
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve).once('error', resolve))
  }

  /**
   * Starts the program; resolves when it captures.
   *
   * @throws SourceError when it cannot: `ENOENT` no such program, `EPERM` no permission, `ENODEV` no such interface,
   * `EFILTER` not a filter, `EENGINE` anything else
   */
  static async start(engine: Engine, request: CaptureRequest): Promise<LiveCapture> {
    const capture = new LiveCapture(engine, request)
    const child = capture.#child
    const failure = await new Promise<Error | null>((resolve) => {
      child.once('error', resolve)
      child.once('close', () => resolve(new Error(capture.#said)))
      capture.#stream.once('readable', () => capture.#stream.readableLength > 0 && resolve(null))
    })
    if (failure !== null) throw engineError(engine, request, failure)
    return capture
  }

  /** What it has lost, as far as it has said; null when it never said. */
  get drops(): Drops | null {
    return this.engine.dropsIn(this.#said)
  }

  /** Has it say what it has lost so far, if it can while it runs: `drops` follows. */
  askDrops(): void {
    if (this.engine.tellsDropsOn !== null && !this.#isStopping) this.#child.kill(this.engine.tellsDropsOn)
  }

  /**
   * Hands its packets to `sink` as they come, until it ends: after `stop`, or because something happened to it or to
   * the interface; `error` of the result says what.
   */
  async read(sink: PacketSink, timeBase: TimeBase, fileIndex: number): Promise<ReadResult> {
    const result = await readCaptureStream(this.#stream, sink, timeBase, { fileIndex })
    const wasAsked = this.#isStopping
    await this.#closed
    const { drops } = this
    if (drops !== null) result.info.dropped = drops.kernel + drops.program + drops.interface
    return { ...result, error: result.error ?? (wasAsked ? null : this.#failure()) }
  }

  /** It ended although nobody had asked it to. */
  #failure(): SourceError {
    const { exitCode, signalCode } = this.#child
    const how = signalCode === null ? `with ${exitCode}` : `by ${signalCode}`
    return new SourceError('EENGINE', 0, `${this.engine.name}: ended by itself, ${how}: has the interface gone?`)
  }

  /** Asks it to end: `read` resolves when it has handed over what it had. Resolves when the program is gone. */
  async stop(): Promise<void> {
    const child = this.#child
    if (this.#isStopping || child.exitCode !== null || child.signalCode !== null) return
    this.#isStopping = true
    await pause(this.engine.drainMs)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    const gone = once(child, 'exit')
    if (child.kill('SIGINT')) await gone
    clearTimeout(timer)
  }
}
