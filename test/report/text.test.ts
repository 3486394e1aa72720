import { describe, expect, it } from 'vitest'
import { type Column, columnLines, type Row } from '../../src/report/columns.ts'
import { PLAIN } from '../../src/report/palette.ts'
import { Selection } from '../../src/report/selection.ts'
import { counted, displayWidth, NO_BREAK, numbers, truncate, wrap } from '../../src/report/text.ts'
import { clockTime, duration, secondsBetween } from '../../src/report/time.ts'

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [1e-9, '1 µs'],
    [0.000085, '85 µs'],
    [0.000999, '999 µs'],
    [0.0009996, '1.00 ms'],
    [0.0123456, '12.3 ms'],
    [0.9996, '1.00 s'],
    [61.23, '61.2 s'],
    [99.96, '100 s'],
    [119.4, '119 s'],
    [119.6, '2 min'],
    [3600, '1 h'],
    [11_100, '3 h 5 min'],
    [200_000, '2 d 7 h'],
    [-0.5, '-500 ms'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})

describe('moments', () => {
  it('are a nanosecond apart when they are, across a second, a day and a year', () => {
    expect(secondsBetween('2026-12-31T23:59:59.999999999Z', '2027-01-01T00:00:00.000000000Z')).toBeCloseTo(1e-9, 12)
    expect(secondsBetween('2026-11-20T10:00:00.000000001Z', '2026-11-20T10:00:01.000000000Z')).toBe(0.999999999)
  })

  it('are read without their time zone letters', () => {
    expect(clockTime('2026-11-20T10:00:00.123456789Z')).toBe(`2026-11-20${NO_BREAK}10:00:00.123`)
  })
})

describe('truncate', () => {
  it('says where something is lost, at either end, and is never too wide', () => {
    expect(truncate('2001:db8::1', 6)).toBe('2001:…')
    expect(truncate('2001:db8::1', 6, 'start')).toBe('…b8::1')
    expect(truncate('abc', 3)).toBe('abc')
    expect(truncate('abcd', 1)).toBe('…')
    expect(truncate('日本語', 5)).toBe('日本…')
    expect(displayWidth(truncate('日本語', 4))).toBeLessThanOrEqual(4)
  })
})

describe('wrap', () => {
  it('breaks between words, and a long word anywhere', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k'])
    expect(wrap('', 4)).toEqual([''])
  })

  it('keeps words together that belong together', () => {
    expect(wrap(`12 three-way, 1${NO_BREAK}split`, 15)).toEqual(['12 three-way,', `1${NO_BREAK}split`])
  })
})

describe('counts', () => {
  it('are grouped and take the plural', () => {
    expect([counted(0, 'packet'), counted(1, 'packet'), counted(1234567, 'packet')]).toEqual([
      '0 packets',
      '1 packet',
      '1,234,567 packets',
    ])
    expect(numbers([1, 2, 3], 8)).toBe('1, 2 and 3')
    expect(numbers([1, 2, 3, 4], 2)).toBe('1, 2 and 2 more')
  })
})

describe('columnLines', () => {
  const columns: Column[] = [
    { title: '#', align: 'right' },
    { title: 'name', cut: 'start', min: 6 },
    { title: 'state' },
  ]
  const rows: Row[] = [
    [{ text: '1' }, { text: 'a long name', paint: (text) => text }, { text: 'CLOSED' }],
    [{ text: '100' }, { text: 'こんにちは' }, { text: '' }],
    [{ text: '' }, { text: 'a cell that spans both of the others', span: 2 }],
  ]
  const options = { width: 30, palette: PLAIN, ellipsis: '…' }

  it('prints the same by cli-table3 and by the writer for many rows', () => {
    const many = Array.from({ length: 600 }, (_, i) => rows[i % rows.length]!)
    for (const width of [null, 60, 30, 20]) {
      const few = columnLines(columns, rows, { ...options, width })
      expect(columnLines(columns, many, { ...options, width }).slice(0, few.length)).toEqual(few)
    }
  })

  it('takes width from the columns that may lose it', () => {
    expect(columnLines(columns, rows.slice(0, 1), { ...options, width: 16 })).toEqual([
      '#  name    state',
      '1  … name  CLOSED',
    ])
  })
})

describe('Selection', () => {
  it('keeps as many as it may show, however many are offered in whatever order', () => {
    const selection = new Selection<{ number: number; rank: number }>(3)
    for (let number = 999; number >= 0; number--) selection.offer({ number, rank: number === 500 ? 3 : -1 })
    expect(selection.take().map(({ number }) => number)).toEqual([500, 0, 1])
    expect(selection.count).toBe(1000)
  })

  it('names the loudest, and none when all are quiet', () => {
    const selection = new Selection<{ number: number; rank: number }>(0)
    selection.offer({ number: 0, rank: 1 })
    expect(selection.loudest()).toBe(null)
    selection.offer({ number: 1, rank: 2 })
    selection.offer({ number: 2, rank: 3 })
    expect(selection.loudest()?.number).toBe(2)
  })
})
