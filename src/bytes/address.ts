/**
 * IP addresses as big-endian int32 words ↔ text. An IPv4 address is the first word, an IPv6 address all four.
 */

export interface Address {
  /** 4 or 6. */
  family: number
  /** Four int32; the last three are 0 for IPv4. */
  words: readonly [number, number, number, number]
}

/** `10.0.0.1`, or RFC 5952's one spelling of an IPv6 address: `2001:db8::1`, `::ffff:10.0.0.1`. */
export function addressText(family: number, word0: number, word1: number, word2: number, word3: number): string {
  return family === 4 ? ipv4Text(word0) : ipv6Text(word0, word1, word2, word3)
}

function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

function ipv6Text(word0: number, word1: number, word2: number, word3: number): string {
  // IPv4-mapped addresses keep the dotted form (RFC 5952 §5).
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return `::ffff:${ipv4Text(word3)}`
  const groups: number[] = []
  for (const word of [word0, word1, word2, word3]) groups.push(word >>> 16, word & 0xffff)
  const { start, length } = longestZeroRun(groups)
  if (length < 2) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** RFC 5952 §4.2: the longest run of zero groups, the first of equals; a single group is not shortened. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  const best = { start: 0, length: 0 }
  let length = 0
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0
    if (length > best.length) {
      best.start = index - length + 1
      best.length = length
    }
  })
  return best
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

/** An address in any spelling that RFC 4291 §2.2 allows; null when `text` is none. */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) return parseIpv6(text)
  const word = parseIpv4(text)
  return word === null ? null : { family: 4, words: [word, 0, 0, 0] }
}

function parseIpv4(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let word = 0
  for (const part of parts) {
    // No leading zeros: some programs read them as octal.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    word = (word << 8) | Number(part)
  }
  return word
}

function parseIpv6(text: string): Address | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const before = parseGroups(halves[0]!, halves.length === 1)
  const after = halves.length === 2 ? parseGroups(halves[1]!, true) : []
  if (before === null || after === null) return null
  const missing = 8 - before.length - after.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after]
  const word = (index: number): number => (groups[index]! << 16) | groups[index + 1]!
  return { family: 6, words: [word(0), word(2), word(4), word(6)] }
}

/** Groups of 16 bits; the last may be a dotted IPv4 address when `isEnd`, which makes two. */
function parseGroups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes('.')) {
      const word = parseIpv4(part)
      if (word === null) return null
      groups.push(word >>> 16, word & 0xffff)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else {
      return null
    }
  }
  return groups
}
