/**
 * A check in words, as the formats for people and for machines that show them to people say it. Nothing is escaped
 * here: each format escapes in its own way.
 */
import { counted, listed, numbers } from '../text.ts'
import type { CheckedCapture, CheckResult, CheckSummary, Place, Violation } from './model.ts'

/** Frames named; the filter beside them names them all. */
const FRAMES_SHOWN = 8

/** `web.pcapng.expect.yaml:3:5`; `default policy` when no file says it. */
export function sourceText(source: Place | null): string {
  return source === null ? 'default policy' : `${source.file}:${source.line}:${source.column}`
}

/** `connections[0].close: four-way by client`, with the rule's name in front. */
export function expectationText({ name, key, expected }: CheckResult): string {
  return `${name === null ? '' : `${name}: `}${key}: ${expected}`
}

/** `connection 3, 10.0.0.1:40000 to 10.0.0.2:443`; empty when it is about the capture as a whole. */
export function connectionText({ connection: of }: Violation): string {
  return of === null ? '' : `connection ${of.connection}, ${of.client} to ${of.server}`
}

/** `frames 8 and 9`; empty when there are none. */
export function framesText({ frames }: Violation): string {
  return frames.length === 0 ? '' : `${frames.length === 1 ? 'frame' : 'frames'} ${numbers(frames, FRAMES_SHOWN)}`
}

/** One violation in one line: `expected …, seen …; connection 3, …; frames 8 and 9`. */
export function violationText(violation: Violation, { expected }: CheckResult): string {
  const about = [connectionText(violation), framesText(violation)].filter((text) => text !== '')
  return [`expected ${expected}, seen ${violation.seen}`, ...about].join('; ')
}

/** `Wireshark: tcp.stream eq 2 and …`; empty when there is no filter. */
export function filterText({ filter }: Violation): string {
  return filter === '' ? '' : `Wireshark: ${filter}`
}

/** Everything about the violations of an expectation, a line each; they are not escaped. */
export function violationLines(result: CheckResult): string[] {
  const lines = result.violations.flatMap((violation) => [violationText(violation, result), filterText(violation)])
  return [...lines, untoldText(result)].filter((line) => line !== '')
}

/**
 * What a violation is known by from one run to the next: no times, no ephemeral ports. Two of a run may share it;
 * `Occurrences` tells them apart.
 */
export function identityText(file: string, { key }: CheckResult, { connection, side }: Violation): string {
  return [file, key, connection?.server ?? '', side ?? ''].join(' ').trimEnd()
}

/** Numbers what would have the same name: the second is `name #2`. */
export class Occurrences {
  readonly #counts = new Map<string, number>()

  next(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return count === 1 ? name : `${name} #${count}`
  }
}

/** What is not told of an expectation: `and 3 more`; empty when all is. */
export function untoldText({ unmet, violations }: CheckResult, told = violations.length): string {
  return unmet > told ? `and ${unmet - told} more` : ''
}

export function unreadableText({ error }: CheckedCapture): string {
  return error === null ? '' : `could not be read: byte ${error.offset}: ${error.message}`
}

/** `3 captures: 2 as expected, 1 failed; 12 expectations, 2 not met`. */
export function summaryText({ captures, failed, unreadable, expectations, unmet }: CheckSummary): string {
  const met = captures - failed - unreadable
  const kinds = [`${met} as expected`]
  if (failed > 0) kinds.push(`${failed} failed`)
  if (unreadable > 0) kinds.push(`${unreadable} could not be read`)
  const missed = unmet === 0 ? '' : `, ${unmet} not met`
  return `${counted(captures, 'capture')}: ${listed(kinds)}; ${counted(expectations, 'expectation')}${missed}`
}

export function isUnmet({ unmet }: CheckResult): boolean {
  return unmet > 0
}
