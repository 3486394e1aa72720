/**
 * JSON as bytes of UTF-8, for what is printed a million times: nothing is made but the bytes. Strings are safe to print,
 * as `escapeJson` makes them.
 */
import { escapeJson } from './escape.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
/** More than what is written between two looks at the room that is left: a key and a number, or three bytes a character. */
const MARGIN = 256

const encoder = new TextEncoder()

export class JsonBytes {
  private bytes: Uint8Array = new Uint8Array(1 << 14)
  /** Written since `take` was called. */
  length = 0

  /** What was written since it was called last; only until the next is written. */
  take(): Uint8Array {
    const { length } = this
    this.length = 0
    return this.bytes.subarray(0, length)
  }

  /** Text as it is: ASCII. */
  raw(text: string): this {
    const bytes = this.reserve(text.length)
    let at = this.length
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.length = at
    return this
  }

  /** What stands between two values of `length`, once more. */
  repeat(start: number, end: number): this {
    this.reserve(end - start).copyWithin(this.length, start, end)
    this.length += end - start
    return this
  }

  /** Bytes that `take` returned once. */
  again(text: Uint8Array): this {
    this.reserve(text.length).set(text, this.length)
    this.length += text.length
    return this
  }

  /** Null without a text. */
  string(text: string | null): this {
    if (text === null) return this.raw('null')
    const bytes = this.reserve(2 * text.length)
    let at = this.length
    bytes[at++] = QUOTE
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x20 || code === QUOTE || code === BACKSLASH || code === 0xad || code > 0xff) return this.escaped(text)
      if (code < 0x7f) bytes[at++] = code
      else if (code < 0xa0) return this.escaped(text)
      else {
        bytes[at++] = 0xc0 | (code >>> 6)
        bytes[at++] = 0x80 | (code & 0x3f)
      }
    }
    bytes[at++] = QUOTE
    this.length = at
    return this
  }

  /** Null without a number. */
  number(value: number | null): this {
    if (value === null || !Number.isFinite(value)) return this.raw('null')
    if (value >>> 0 !== value) return this.raw(String(value))
    const bytes = this.reserve(0)
    let rest = value >>> 0
    let at = this.length + digitsOf(rest)
    this.length = at
    do {
      const tenth = (rest / 10) >>> 0
      bytes[--at] = ZERO + rest - tenth * 10
      rest = tenth
    } while (rest > 0)
    return this
  }

  boolean(value: boolean): this {
    return this.raw(value ? 'true' : 'false')
  }

  /** Anything: as `JSON.stringify` has it. */
  value(value: unknown): this {
    return this.encoded(escapeJson(JSON.stringify(value)))
  }

  /** An array; `item` writes each. */
  list<T>(items: readonly T[], item: (json: this, of: T) => void): this {
    this.raw('[')
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.raw(',')
      item(this, items[i]!)
    }
    return this.raw(']')
  }

  /** Anything, a line for each field, `depth` levels in: as `JSON.stringify` has it, but numbers in a row on one line. */
  indented(value: unknown, depth: number): this {
    if (value === null || typeof value === 'string') return this.string(value)
    if (typeof value === 'number') return this.number(value)
    if (typeof value === 'boolean') return this.boolean(value)
    return Array.isArray(value) ? this.items(value, depth) : this.fields(value as Record<string, unknown>, depth)
  }

  private items(items: readonly unknown[], depth: number): this {
    if (items.every((item) => typeof item === 'number')) return this.raw(`[${items.join(', ')}]`)
    let separator = '['
    for (const item of items) {
      this.raw(separator)
        .line(depth + 1)
        .indented(item, depth + 1)
      separator = ','
    }
    return this.line(depth).raw(']')
  }

  private fields(of: Record<string, unknown>, depth: number): this {
    let separator = '{'
    for (const key in of) {
      if (of[key] === undefined) continue
      this.raw(separator)
        .line(depth + 1)
        .string(key)
        .raw(': ')
        .indented(of[key], depth + 1)
      separator = ','
    }
    return separator === '{' ? this.raw('{}') : this.line(depth).raw('}')
  }

  private line(depth: number): this {
    this.raw('\n')
    for (let i = 0; i < depth; i++) this.raw('  ')
    return this
  }

  private escaped(text: string): this {
    return this.value(text)
  }

  private encoded(text: string): this {
    const bytes = this.reserve(3 * text.length)
    this.length += encoder.encodeInto(text, bytes.subarray(this.length)).written
    return this
  }

  /** Makes room for so many bytes and some more. */
  private reserve(more: number): Uint8Array {
    const least = this.length + more + MARGIN
    if (least > this.bytes.length) {
      const wider = new Uint8Array(Math.max(least, 2 * this.bytes.length))
      wider.set(this.bytes.subarray(0, this.length))
      this.bytes = wider
    }
    return this.bytes
  }
}

function digitsOf(value: number): number {
  let digits = 1
  for (let least = 10; digits < 10 && value >= least; least *= 10) digits++
  return digits
}
