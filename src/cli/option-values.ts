/**
 * Texts of the command line → values of options. Each throws `UsageError` with the option's name.
 */
import { oneOf } from './filter.ts'
import { UsageError } from './usage-error.ts'

/** A whole number, at least `least` and at most `most`. */
export function wholeNumber(
  option: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new UsageError(`${option} ${text}: expected a whole number, ${range}`)
    }
    return value
  }
}

/**
 * A number of seconds above 0; fractions are allowed.
 *
 * @param separator - what stands between the option and the number
 */
export function seconds(option: string, separator = ' '): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
      const wrong = `${option}${separator}${text}`
      throw new UsageError(`${wrong}: expected a number of seconds above 0, as in ${option}${separator}30`)
    }
    return value
  }
}

export function choice<T extends string>(what: string, known: readonly T[]): (text: string) => T {
  return (text) => oneOf(what, text, known)
}

/** For an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}
