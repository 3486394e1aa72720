/**
 * Fitting text into columns: counting, cutting, wrapping. All texts here are escaped already and have no colour yet.
 */

/** Columns a text takes in a terminal. Ours is narrow throughout; East Asian wide characters and emoji take two. */
export function displayWidth(text: string): number {
  if (isNarrow(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

function isNarrow(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x300 && !isOurs(text.charCodeAt(i))) return false
  return true
}

/** General punctuation, arrows, box drawing, geometric shapes, dingbats: what reports themselves print. */
function isOurs(code: number): boolean {
  return code >= 0x2010 && code <= 0x27bf
}

function characterWidth(character: string): number {
  if (/\p{Mark}/u.test(character)) return 0
  const code = character.codePointAt(0)!
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return isWide ? 2 : 1
}

/** Which end of a text may be lost when it does not fit. */
export type Cut = 'start' | 'end'

/**
 * The text, at most `width` columns wide; what is lost is marked by `…`.
 *
 * @param cut - `start` keeps the end, where an address or a path differs from its neighbours
 */
export function truncate(text: string, width: number, cut: Cut = 'end', ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  if (width <= ellipsis.length) return ellipsis.slice(0, Math.max(0, width))
  const characters = [...text]
  let room = width - ellipsis.length
  let kept = ''
  for (;;) {
    const next = cut === 'end' ? characters.shift() : characters.pop()
    if (next === undefined) break
    room -= characterWidth(next)
    if (room < 0) break
    kept = cut === 'end' ? kept + next : next + kept
  }
  return cut === 'end' ? kept + ellipsis : ellipsis + kept
}

/** Keeps two words on one line; `printable` makes it a space. */
export const NO_BREAK = '\u00a0'

/** Lines of at most `width` columns, broken between words; a word that is longer than a line is broken anywhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    while (displayWidth(word) > width) {
      const head = truncate(word, width, 'end', '')
      if (head === '') break
      lines.push(head)
      word = word.slice(head.length)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}

/** `12345` → `12,345`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `1 connection`, `2,000 connections`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(count)} ${count === 1 ? singular : plural}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `1, 2, 5 and 40 more`: at most `limit` numbers. */
export function numbers(values: readonly number[], limit: number): string {
  if (values.length <= limit) return listed(values.map(String))
  return `${values.slice(0, limit).join(', ')} and ${grouped(values.length - limit)} more`
}

const ASCII: Record<string, string> = { '§': '', µ: 'u', '×': 'x' }

/**
 * A finished text as the terminal can show it. Without UTF-8 that is ASCII; what has another width there is chosen
 * where it is laid out.
 */
export function printable(text: string, unicode: boolean): string {
  const spaced = text.replaceAll(NO_BREAK, ' ')
  return unicode ? spaced : spaced.replace(/[§µ×]/g, (character) => ASCII[character]!)
}
