/**
 * The live screen of a run: what the keys and the connections make of it, drawn now and then.
 */
import { Board } from '../../live/screen/board.ts'
import { keysOf } from '../../live/screen/keys.ts'
import { renderScreen, type ScreenOptions } from '../../live/screen/render.ts'
import type { Watch } from '../../live/watch.ts'
import type { LiveCapture } from '../../source/live/live-capture.ts'
import type { InputLike, ProcessLike } from '../process.ts'
import { Screen } from './screen.ts'

/** Drawing takes no more than this part of the time: with ten thousands of connections the picture changes less often. */
const DRAWING_SHARE = 0.2
const RATE_MS = 1000

export interface ViewActions {
  /** q */
  quit(): void
  /** Ctrl-C, which a terminal in raw mode does not make a signal of. */
  interrupt(): void
  /** Runs `work`; what it throws ends the run. */
  guard(work: () => void): void
}

export class LiveView {
  readonly #screen: Screen
  readonly #board = new Board()
  readonly #watch: Watch
  readonly #options: ScreenOptions
  readonly #actions: ViewActions
  readonly #began = performance.now()
  #capture: LiveCapture | null = null
  #nextDraw = 0
  #rate = { sinceMs: 0, packets: 0, perSecond: 0 }

  constructor(process: ProcessLike, input: InputLike, watch: Watch, options: ScreenOptions, actions: ViewActions) {
    this.#watch = watch
    this.#options = options
    this.#actions = actions
    this.#screen = new Screen(process, input, (text) => actions.guard(() => this.#take(text)))
  }

  open(capture: LiveCapture): void {
    this.#capture = capture
    this.#screen.open()
    this.#draw()
  }

  /** Draws when it is time to. */
  turn(): void {
    if (performance.now() >= this.#nextDraw) this.#draw()
  }

  close(): void {
    this.#screen.close()
  }

  #take(text: string): void {
    for (const key of keysOf(text)) {
      if (key === 'interrupt') this.#actions.interrupt()
      else this.#board.press(key)
    }
    if (this.#board.hasQuit) this.#actions.quit()
    this.#draw()
  }

  #draw(): void {
    if (this.#capture === null) return
    const began = performance.now()
    const { engine, request, drops } = this.#capture
    this.#countRate(began)
    this.#board.update(this.#watch)
    const status = {
      source: `${request.interface} by ${engine.name}${request.filter === '' ? '' : `: ${request.filter}`}`,
      seconds: (began - this.#began) / 1000,
      packets: this.#watch.packets,
      packetsPerSecond: this.#rate.perSecond,
      connections: this.#watch.connections.size,
      counts: this.#watch.counts,
      drops,
    }
    this.#screen.draw(renderScreen(this.#board, status, this.#screen.size, this.#options))
    const now = performance.now()
    this.#nextDraw = now + (now - began) / DRAWING_SHARE
  }

  #countRate(nowMs: number): void {
    const { sinceMs, packets } = this.#rate
    if (nowMs - sinceMs < RATE_MS) return
    const perSecond = sinceMs === 0 ? 0 : ((this.#watch.packets - packets) * 1000) / (nowMs - sinceMs)
    this.#rate = { sinceMs: nowMs, packets: this.#watch.packets, perSecond }
  }
}
