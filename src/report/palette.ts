/**
 * Colours, handed in by whoever knows the terminal: this room does not. `PLAIN` colours nothing.
 */
import type { Severity } from '../findings/finding.ts'

export type Paint = (text: string) => string

/** The colours that reports use; every one leaves the text itself unchanged. */
export interface Palette {
  bold: Paint
  dim: Paint
  red: Paint
  yellow: Paint
  cyan: Paint
  green: Paint
}

const plain: Paint = (text) => text

export const PLAIN: Palette = { bold: plain, dim: plain, red: plain, yellow: plain, cyan: plain, green: plain }

/** How loud a severity is, and its colour's name. Wireshark's Expert Info has the same order. */
export const SEVERITY_RANK: Record<Severity, number> = { chat: 0, note: 1, warn: 2, error: 3 }

export function severityPaint(palette: Palette, severity: Severity): Paint {
  return { chat: palette.dim, note: palette.cyan, warn: palette.yellow, error: palette.red }[severity]
}
