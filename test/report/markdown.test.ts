import { describe, expect, it } from 'vitest'
import { escapeMarkdown } from '../../src/report/escape.ts'
import { markdown } from '../../src/report/markdown.ts'
import { written } from '../support/report-options.ts'
import { connection, sampleReport } from '../support/sample-report.ts'

describe('Markdown', () => {
  it('has a head, the findings, the connections', async () => {
    await expect(written(markdown, sampleReport())).toMatchFileSnapshot('snapshots/markdown.txt')
  })

  it('says what it left out', () => {
    const connections = Array.from({ length: 60 }, (_, i) => connection(i))
    expect(written(markdown, { ...sampleReport(), connections })).toContain('\n… 10 more.\n')
  })

  it('keeps hostile names in their cell', () => {
    const report = sampleReport()
    report.findings[0]!.message = 'a|b <img src=x> @everyone #1 `x` [l](http://e.example) **b** www.e.example\n| c |'
    const row = written(markdown, report)
      .split('\n')
      .find((line) => line.includes('syn-flood'))!
    expect(row.match(/(?<!\\)\|/g)?.length).toBe(6)
    expect(row).not.toMatch(/<img|@everyone|#1|(?<!\\)`|(?<!\\)\[|:\/\/|www\./)
  })

  it.each([
    ['- item', '&#45; item'],
    ['1. item', '&#49;. item'],
    ['a_b*c', 'a\\_b\\*c'],
    ['\x1b[31m', '\\\\x1b\\[31m'],
  ])('shows %j as it is', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })
})
