/**
 * The files of a check: which captures paths stand for, and which expectations hold for each.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { globSync, isDynamicPattern } from 'tinyglobby'
import { ExpectationError, type Expectations, parseExpectations } from '../check/parse.ts'
import { holdsCapture, listCaptures } from '../source/list-captures.ts'
import { SourceError, toSourceError } from '../source/source-error.ts'
import { UsageError } from './usage-error.ts'

/** `a.pcapng` has its expectations in `a.pcapng.expect.yaml`. */
const SUFFIX = '.expect.yaml'
/** Rules for all captures at or below where it is. */
const CONFIG = 'finwait.config.yaml'

export function expectationFileOf(capture: string): string {
  return `${capture}${SUFFIX}`
}

/**
 * The captures that paths stand for: files, directories, patterns; an expectation file stands for its capture. Each
 * once, in the order of the paths. What does not exist is among them: reading it will tell.
 *
 * @throws UsageError for a pattern without a capture, and for expectations in a directory without their capture
 */
export function capturesToCheck(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(capturesOf))]
}

function capturesOf(path: string): string[] {
  if (path.endsWith(SUFFIX)) return [path.slice(0, -SUFFIX.length)]
  if (path === '-' || existsSync(path)) return isDirectory(path) ? capturesIn(path) : [path]
  if (!isDynamicPattern(path)) return [path]
  const found = globSync(path, { expandDirectories: false, absolute: isAbsolute(path) }).sort()
  const captures = found.flatMap((file) => {
    if (file.endsWith(SUFFIX)) return capturesOf(file)
    return holdsCapture(file) ? [file] : []
  })
  if (captures.length === 0) throw new UsageError(`${path}: no capture matches this`)
  return captures
}

function isDirectory(path: string): boolean {
  return path !== '-' && statSync(path).isDirectory()
}

function capturesIn(directory: string): string[] {
  const captures = listCaptures(directory)
  const expected = readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => join(directory, name.slice(0, -SUFFIX.length)))
  const alone = expected.filter((capture) => !captures.includes(capture))
  if (alone.length > 0)
    throw new UsageError(
      alone.map((capture) => `${expectationFileOf(capture)}: there is no capture ${capture}`).join('\n'),
    )
  if (captures.length === 0) throw new UsageError(`${directory}: no capture in this directory`)
  return captures
}

/** Reads each expectation file once, and collects what is wrong with them. */
export class ExpectationFiles {
  readonly #config: Expectations | null | undefined
  readonly #parsed = new Map<string, Expectations | null>()
  readonly #problems: string[] = []

  /** @param config - the file of `--config`; without it, the nearest one above a capture counts */
  constructor(config: string | undefined) {
    this.#config = config === undefined ? undefined : this.#read(config, true)
  }

  /** The expectations that hold for a capture: those beside it, then the rules for all. */
  of(capture: string): Expectations[] {
    const beside = expectationFileOf(capture)
    const own = capture !== '-' && existsSync(beside) ? this.#read(beside, false) : null
    const config = this.#config === undefined ? this.#above(capture) : this.#config
    return [own, config].filter((source) => source !== null)
  }

  /** @throws UsageError with all that is wrong with the files read so far */
  assertValid(): void {
    if (this.#problems.length > 0) throw new UsageError(this.#problems.join('\n'))
  }

  #above(capture: string): Expectations | null {
    let directory = resolve(capture === '-' ? '.' : dirname(capture))
    for (;;) {
      const file = join(directory, CONFIG)
      if (existsSync(file)) return this.#read(shortest(file), true)
      const parent = dirname(directory)
      if (parent === directory) return null
      directory = parent
    }
  }

  #read(file: string, isForAll: boolean): Expectations | null {
    if (!this.#parsed.has(file)) this.#parsed.set(file, this.#parse(file, isForAll))
    return this.#parsed.get(file) ?? null
  }

  #parse(file: string, isForAll: boolean): Expectations | null {
    try {
      return parseExpectations(readFileSync(file, 'utf8'), file, isForAll)
    } catch (error) {
      if (error instanceof ExpectationError) this.#problems.push(error.message)
      else this.#problems.push(unreadText(file, error))
      return null
    }
  }
}

function unreadText(file: string, cause: unknown): string {
  const error = toSourceError(cause, 0)
  if (error instanceof SourceError) return `${file}: ${error.message}`
  throw cause
}

/** As seen from where the program runs, when it is below. */
function shortest(file: string): string {
  const path = relative('.', file)
  return path.startsWith('..') ? file : path
}
