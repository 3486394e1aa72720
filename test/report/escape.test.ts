import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeJson, escapeTerminal } from '../../src/report/escape.ts'

describe('escapeTerminal', () => {
  it.each([
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['\x9b2J', '\\x9b2J'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['\u2066\u2069\u2028', '\\u{2066}\\u{2069}\\u{2028}'],
    ['\ud800x', '\\u{d800}x'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('shows %j', (hostile, text) => {
    expect(escapeTerminal(hostile)).toBe(text)
  })

  it('leaves what people write alone', () => {
    const text = 'Büro/日本語 — “eth0” 🦈.pcapng'
    expect(escapeTerminal(text)).toBe(text)
  })
})

describe('escapeJson', () => {
  it('leaves nothing that a terminal acts upon, and means the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = escapeJson(JSON.stringify({ [text]: text }, null, 2))
        expect(JSON.parse(json)).toEqual({ [text]: text })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
        expect(json.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
  })
})
