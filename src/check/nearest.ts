/**
 * The word that was probably meant: for commands, options, keys, states and codes that do not exist.
 */

/** ` (did you mean state?)` when one of the candidates is close to `typed`, else the empty string. */
export function didYouMean(typed: string, candidates: readonly string[]): string {
  const near = nearest(typed, candidates)
  return near === null ? '' : ` (did you mean ${near}?)`
}

/**
 * The candidate that most looks like `typed`: a beginning of it, or it the beginning of one, or else not more than
 * about a third of its letters away. null when none is.
 */
export function nearest(typed: string, candidates: readonly string[]): string | null {
  const word = typed.toLowerCase()
  const isBeginning = (a: string, b: string) => a.length > 2 && b.startsWith(a)
  for (const candidate of candidates) {
    if (isBeginning(word, candidate.toLowerCase()) || isBeginning(candidate.toLowerCase(), word)) return candidate
  }
  let found: string | null = null
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate.toLowerCase())
    if (distance >= least) continue
    least = distance
    found = candidate
  }
  return found
}

/** Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = above
    above = row
  }
  return above[b.length]!
}
