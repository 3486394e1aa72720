/**
 * Counts over time as a line of bars, one character each.
 */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const ASCII_BARS = ['.', ':', '-', '=', '+', '*', '#', '@']

/**
 * The last `width` of `counts`, the newest at the right end; the highest of them is the highest bar, and none is a blank.
 */
export function sparkline(counts: readonly number[], width: number, unicode: boolean): string {
  const bars = unicode ? BARS : ASCII_BARS
  const shown = counts.slice(-width)
  const most = Math.max(1, ...shown)
  const text = shown.map((count) => (count === 0 ? ' ' : bars[Math.ceil((count / most) * bars.length) - 1]!)).join('')
  return text.padStart(width)
}
