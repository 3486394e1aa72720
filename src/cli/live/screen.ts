/**
 * The terminal of the live screen: its other buffer, its keys, and its old face again however the program ends.
 */
import { writeSync } from 'node:fs'
import type { InputLike, OutputLike, ProcessLike } from '../process.ts'

const STDOUT = 1
/** The other screen, without a cursor and without wrapping; and all of it back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
/** Before the line: after one that fills its row the cursor stands on the last character, which would go, too. */
const ERASE_LINE = '\x1b[2K'

export class Screen {
  readonly #process: ProcessLike
  readonly #output: OutputLike
  readonly #input: InputLike
  readonly #onInput: (text: string) => void
  readonly #onExit = () => this.#restore()
  #shown = ''
  #isOpen = false

  /** @param onInput - takes what is typed, as the terminal sends it */
  constructor(process: ProcessLike, input: InputLike, onInput: (text: string) => void) {
    this.#process = process
    this.#output = process.stdout
    this.#input = input
    this.#onInput = (text) => onInput(String(text))
  }

  open(): void {
    this.#isOpen = true
    this.#process.on('exit', this.#onExit)
    this.#output.write(ENTER)
    this.#input.setRawMode?.(true)
    this.#input.on('data', this.#onInput)
    this.#input.resume()
  }

  get size(): { width: number; height: number } {
    return { width: this.#output.columns || 80, height: this.#output.rows ?? 24 }
  }

  /** Shows these lines, as many as the terminal has; nothing is written when they are there already. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${ERASE_LINE}${line}`).join('\r\n')
    if (text === this.#shown || !this.#isOpen) return
    this.#shown = text
    this.#output.write(`${HOME}${text}`)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#process.off('exit', this.#onExit)
    this.#input.off('data', this.#onInput)
    this.#input.setRawMode?.(false)
    this.#input.pause()
    this.#output.write(LEAVE)
  }

  /** At the very end, of an exception too: nothing but a synchronous write is heard any more. */
  #restore(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#input.setRawMode?.(false)
    writeSync(STDOUT, LEAVE)
  }
}
