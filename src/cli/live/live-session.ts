/**
 * One run on an interface: packets from the capture program into the watch, what happens to the terminal or to the
 * lines, the report at the end.
 */
import { CaptureError } from '../../capture/capture-error.ts'
import type { Packet } from '../../capture/packet.ts'
import type { ScreenOptions } from '../../live/screen/render.ts'
import { type Listener, Watch } from '../../live/watch.ts'
import { FORMATS, type FormatName } from '../../report/formats.ts'
import type { LiveReport } from '../../report/model.ts'
import { ndjsonLine } from '../../report/ndjson.ts'
import { CaptureFile } from '../../source/live/capture-file.ts'
import type { CaptureRequest } from '../../source/live/engine.ts'
import { LiveCapture } from '../../source/live/live-capture.ts'
import type { ConnectionFilter } from '../filter.ts'
import { failureText } from '../messages.ts'
import { notWritten } from '../output.ts'
import type { ProcessLike } from '../process.ts'
import { Reporting } from '../reporting.ts'
import { analyzerOptions } from '../run-options.ts'
import { SelectedReport } from '../selected.ts'
import { terminalOf } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'
import type { LiveOptions } from './live-options.ts'
import { LiveView } from './live-view.ts'
import type { Chosen } from './request.ts'

/** How often connections are judged and the screen is drawn. */
const TURN_MS = 100
/** Judging leaves so much of a turn to the packets. */
const JUDGING_MS = 40
/** How often the capture program is asked what it has lost. */
const DROPS_MS = 1000
/** Packets may be on their way for so long: a timer that runs out meanwhile is not told yet. */
const LATE_MS = 300

export class LiveSession extends Reporting {
  readonly #options: LiveOptions
  readonly #request: CaptureRequest
  readonly #report: SelectedReport
  readonly #watch: Watch
  readonly #file: CaptureFile | null
  /** Null where nobody looks at a terminal. */
  readonly #view: LiveView | null
  #wrong: string[] = []
  #capture: LiveCapture | null = null
  #bug: Error | null = null

  constructor(process: ProcessLike, options: LiveOptions, isWanted: ConnectionFilter, request: CaptureRequest) {
    super(process, options, options.write === undefined ? [] : [options.write])
    this.#options = options
    this.#request = request
    const format: FormatName = options.format ?? (this.terminal.width === null ? 'ndjson' : 'table')
    const words = {
      ...this.terminal,
      files: [request.interface],
      paths: options.write === undefined ? [] : [options.write],
    }
    const filter = options.filter?.join(' ') ?? null
    const writer = FORMATS[format].begin({ ...words, limit: options.limit, filter })
    this.#report = new SelectedReport(writer, isWanted, (piece) => this.write(piece))
    this.#watch = new Watch(
      { ...analyzerOptions(options), idleSeconds: options.idle },
      (connection) => this.#report.connection(connection),
      format === 'ndjson' ? this.#listener() : null,
    )
    this.#file = options.write === undefined ? null : this.#openFile(options.write)
    const isFree = format === 'table' || options.output !== undefined
    this.#view = isFree ? this.#makeView({ ...words, ...terminalOf(process, true, options.color) }) : null
  }

  #listener(): Listener {
    return {
      transition: (line) => this.write(ndjsonLine('transition', line)),
      finding: (line) => this.write(ndjsonLine('finding', line)),
    }
  }

  /** Null where standard input or output is no terminal. */
  #makeView(options: ScreenOptions): LiveView | null {
    const { stdin, stdout } = this.process
    if (!stdout.isTTY || !stdin?.isTTY) return null
    return new LiveView(this.process, stdin, this.#watch, options, {
      quit: () => void this.#capture?.stop(),
      interrupt: () => this.interrupt(),
      guard: (work) => this.#guard(work),
    })
  }

  #openFile(path: string): CaptureFile {
    try {
      return new CaptureFile(path, this.#request, this.#watch.analyzer.timeBase, (error) => {
        this.#wrong.push(`-w ${path}: ${notWritten(error)}`)
        void this.#capture?.stop()
      })
    } catch (cause) {
      throw new UsageError(`-w ${path}: ${notWritten(cause)}`)
    }
  }

  /** Captures until something ends it, and writes the report. */
  async run({ engine, reason }: Chosen): Promise<void> {
    try {
      await this.heeding(['SIGINT', 'SIGTERM', 'SIGHUP'], async () => {
        const capture = await LiveCapture.start(engine, this.#request)
        this.#capture = capture
        if (this.#view === null) this.messages.hint(reason)
        await this.#follow(capture)
      })
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      this.#wrong.push(failureText(this.#request.interface, error))
    }
    if (this.#bug !== null) throw this.#bug
  }

  /** What a timer or a key threw ends the run as what a packet threw does: with the terminal as before. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#bug ??= error instanceof Error ? error : new Error(String(error))
      void this.#capture?.stop()
    }
  }

  async #follow(capture: LiveCapture): Promise<void> {
    const { analyzer } = this.#watch
    const stop = () => void capture.stop()
    const fileIndex = analyzer.beginCapture(this.#request.interface)
    const turns = setInterval(() => this.#guard(() => this.#turn(capture)), TURN_MS)
    const drops = setInterval(() => capture.askDrops(), DROPS_MS)
    const { autostop } = this.#options
    const end = autostop === undefined ? undefined : setTimeout(stop, autostop * 1000)
    this.signal.addEventListener('abort', stop)
    if (this.signal.aborted) stop()
    try {
      this.#view?.open(capture)
      const sink = this.#sink(stop)
      const { info, compression, error } = await capture.read(sink, analyzer.timeBase, fileIndex)
      if (error !== null) this.#wrong.push(failureText(this.#request.interface, error))
      info.packets = this.#watch.packets
      this.#noteDrops(capture)
      this.#view?.close()
      this.#file?.close(info.dropped)
      analyzer.endCapture(info, compression, fileIndex, this.#describe(capture))
      this.#report.end(analyzer.finish(), true)
    } finally {
      this.#view?.close()
      clearInterval(turns)
      clearInterval(drops)
      clearTimeout(end)
      this.signal.removeEventListener('abort', stop)
      await capture.stop()
    }
  }

  /** Takes as many packets as are wanted; what the program still has after that is passed over. */
  #sink(onEnough: () => void): { packet(packet: Packet): void } {
    let left = this.#options.count ?? Number.POSITIVE_INFINITY
    return {
      packet: (packet) => {
        if (left <= 0) return
        this.#watch.packet(packet)
        this.#file?.packet(packet)
        if (--left <= 0) onEnough()
      },
    }
  }

  /** Now and then: what time does, and what has happened since. */
  #turn(capture: LiveCapture): void {
    this.#noteDrops(capture)
    const { seconds } = this.#watch.analyzer.timeBase
    const until = performance.now() + JUDGING_MS
    if (seconds !== null) {
      const nowNs = (Date.now() - LATE_MS - seconds * 1000) * 1e6
      this.#watch.advance(nowNs, () => performance.now() < until)
    }
    this.#file?.flush()
    this.#view?.turn()
  }

  #noteDrops({ drops }: LiveCapture): void {
    if (drops !== null) this.#watch.analyzer.noteDropped(drops.kernel + drops.program + drops.interface)
  }

  #describe({ engine, drops }: LiveCapture): LiveReport {
    const { interface: name, filter, snaplen } = this.#request
    return { source: engine.name, interface: name, filter, snaplen, clock: engine.clock, drops }
  }

  /** Says what was wrong; resolves to the exit code. */
  end(): Promise<number> {
    return this.finish(this.#wrong, [], false)
  }
}
