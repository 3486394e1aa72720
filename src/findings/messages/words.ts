/**
 * Numbers and counts in a sentence. What the sentences are made of: `Message`.
 */
import type { Values } from '../finding.ts'

export interface Message {
  /** For `docs/findings.md`: what it means, and when it is a problem. */
  meaning: string
  /** The sentence of one case. */
  sentence: (values: Values) => string
}

export type Value = string | number | undefined

/** A sentence that is always the same. */
export function fixed(text: string): Message['sentence'] {
  return () => text
}

/** Seconds for a reader: 0.4 ms, 350 ms, 2.1 s, 61 s, 12 min, 5 h, 3 days. */
export function seconds(value: Value): string {
  const number = Math.max(0, Number(value ?? 0))
  if (number < 0.01) return `${(number * 1000).toFixed(1)} ms`
  if (number < 0.9995) return `${Math.round(number * 1000)} ms`
  if (number < 9.95) return `${number.toFixed(1)} s`
  if (number < 120) return `${Math.round(number)} s`
  if (number < 7200) return `${Math.round(number / 60)} min`
  return number < 172_800 ? `${Math.round(number / 3600)} h` : `${Math.round(number / 86_400)} days`
}

/** When the capture ends: `right after`, `20 ms after`. */
export function endsAfter(value: Value): string {
  return Number(value ?? 0) < 0.0005 ? 'right after' : `${seconds(value)} after`
}

/** 16 bits as Wireshark shows an IP identification. */
export function hex16(value: Value): string {
  return `0x${Number(value ?? 0)
    .toString(16)
    .padStart(4, '0')}`
}

/** `once`, `twice`, `3 times`. */
export function times(value: Value): string {
  const count = Number(value ?? 0)
  if (count === 1) return 'once'
  return count === 2 ? 'twice' : `${grouped(count)} times`
}

/** What was sent again: `once, 1.0 s later`, `twice, over 1.0 s`. */
export function again(count: Value, value: Value): string {
  return Number(count) === 1 ? `once, ${seconds(value)} later` : `${times(count)}, over ${seconds(value)}`
}

/** `1 byte`, `2 bytes`, `12,000 bytes`. */
export function counted(value: Value, singular: string, plural: string = `${singular}s`): string {
  const count = Number(value ?? 0)
  return `${grouped(count)} ${count === 1 ? singular : plural}`
}

/** Digits in groups of three. */
export function grouped(value: Value): string {
  return String(value ?? 0).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Text only where there is such a frame; 0 is none. With several captures a frame may be `12 of b.pcap`. */
export function ifFrame(frame: Value, text: (frame: Value) => string): string {
  return frame === undefined || frame === 0 ? '' : text(frame)
}

/** What every sentence about a state at the end of a capture must say. */
export const CAPTURE_ENDS = 'The capture ends there: what came later is not known.'
