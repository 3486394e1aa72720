import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/model.ts'
import { table } from '../../src/report/table.ts'
import { displayWidth } from '../../src/report/text.ts'
import { written } from '../support/report-options.ts'
import { connection, finding, sampleReport, summaryOf } from '../support/sample-report.ts'

/** A report of so many quiet connections, and the others among them. */
function crowd(count: number, loud: Report['connections'] = []): Report {
  const connections = Array.from({ length: count }, (_, i) => loud.find((c) => c.connection === i) ?? connection(i))
  return { ...sampleReport(), connections, findings: [], hosts: [], summary: summaryOf(connections) }
}

const WARNED = connection(9000, { findings: [finding('close-wait-stuck', 'warn')] })
const FAILED = connection(9500, { findings: [finding('data-lost', 'error'), finding('half-close', 'note')] })

describe('the table', () => {
  it.each([60, 80, 120, 200])('fits a terminal of %i columns', async (width) => {
    const text = written(table, sampleReport(), { width })
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
    await expect(text).toMatchFileSnapshot(`snapshots/table-${width}.txt`)
  })

  it('cuts nothing when it is not for a terminal', async () => {
    const text = written(table, sampleReport())
    expect(text).not.toContain('…')
    await expect(text).toMatchFileSnapshot('snapshots/table-unlimited.txt')
  })

  it('keeps the end of an IPv6 address, where it differs from its neighbours, and the port', () => {
    const report = sampleReport()
    report.connections[4]!.server.address = '2001:db8:85a3:1234:5678:8a2e:370:7335'
    const text = written(table, report, { width: 80 })
    expect(text).toContain('370:7334]:40004')
    expect(text).toContain('370:7335]:80')
  })

  it('is ASCII for a terminal without UTF-8', () => {
    for (const width of [80, 200]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII.
      expect(written(table, sampleReport(), { width, unicode: false })).toMatch(/^[\x00-\x7f]*$/)
    }
  })

  it('has the same text with colours as without', () => {
    const palette = picocolors.createColors(true)
    const coloured = written(table, sampleReport(), { width: 100, palette })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this removes SGR sequences.
    const bare = coloured.replace(/\x1b\[\d+m/g, '')
    expect(coloured).not.toBe(bare)
    expect(bare).toBe(written(table, sampleReport(), { width: 100 }))
  })

  it('shows connections in their order while all fit', () => {
    const numbers = written(table, crowd(20), { width: 120 }).matchAll(/^ *(\d+) {2}10\.0\.0\.1:/gm)
    expect([...numbers].map((match) => Number(match[1]))).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('shows connections with warnings and errors first when it cuts, and says what it cut', () => {
    const text = written(table, crowd(10_000, [WARNED, FAILED]), { width: 120, limit: 5 })
    const numbers = [...text.matchAll(/^ *(\d+) {2}10\.0\.0\.1:/gm)].map((match) => Number(match[1]))
    expect(numbers).toEqual([9500, 9000, 0, 1, 2])
    expect(text).toContain('… 9,995 more: --limit 0, --filter, or --format ndjson')
  })

  it('ends with the summary and the connection to look at first', () => {
    const lines = written(table, crowd(10_000, [WARNED, FAILED]), { width: 100 })
      .trimEnd()
      .split('\n')
    expect(lines.at(-1)).toBe('  look at      connection 9500 (error: data-lost, 1 more): finwait show web.pcapng 9500')
    expect(lines.slice(-12)).toContain('  connections  10,000')
  })

  it('quotes a file name in the command it suggests', () => {
    const text = written(table, crowd(3, [{ ...WARNED, connection: 1 }]), { paths: ["a b's.pcap"] })
    expect(text).toContain("finwait show 'a b'\\''s.pcap' 1")
  })

  it.each([50, 0])('takes less than a second of the processor for 10,000 connections with --limit %i', (limit) => {
    const report = crowd(10_000, [WARNED])
    const before = process.cpuUsage()
    const text = written(table, report, { width: 120, limit })
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1)
    expect(text.split('\n').length).toBeGreaterThan(limit === 0 ? 10_000 : 50)
  })

  it('says how many connections the filter kept', () => {
    const text = written(table, crowd(12), { filter: 'port=80' }, 9988)
    expect(text).toContain('connections  12 of 10,000 (--filter port=80)')
  })

  it('says so when there is no connection', () => {
    const text = written(table, crowd(0), { width: 80 })
    expect(text).toContain('connections  0')
    expect(text).not.toContain('client')
    expect(text).toContain('findings     none')
  })

  it('tells a few cases of a finding and numbers the rest, so that a flood of one hides no other', () => {
    const report = crowd(200)
    for (const each of report.connections) each.findings = [finding('syn-unanswered', 'warn')]
    report.connections[199]!.findings.push(finding('data-lost', 'error'))
    const text = written(table, report, { limit: 10 })
    expect(text).toMatch(/error {2}data-lost {2}/)
    expect(text).toMatch(/warn {2}syn-unanswered × 200/)
    expect(text).toContain('connection 2: The words for syn-unanswered')
    expect(text).toContain(
      '  also connections 3, 4, 5, 6, 7, 8, 9 and 190 more: --limit 0, or --filter finding=syn-unanswered',
    )
    expect(written(table, report, { limit: 0 })).toContain('connection 199: The words for syn-unanswered')
  })

  it('says which capture a connection is of when there are several', () => {
    const report = crowd(2)
    report.connections[1]!.file = 1
    report.connections[1]!.findings = [finding('half-open', 'warn', { side: 'server' })]
    for (const width of [null, 80, 60]) {
      const text = written(table, report, { width, files: ['a.pcap', 'dir/b.pcap'] })
      expect(text.match(/dir\/b\.pcap/g)?.length).toBe(2)
      expect(text).toContain('connection 1 in dir/b.pcap, server: The words')
    }
  })

  it('shows no control character of a capture', () => {
    const report = sampleReport()
    report.captures[0]!.file = 'a\x1b[2Jb\u202ec.pcap'
    report.connections[4]!.findings[0]!.message = 'by \x9b31m'
    const text = written(table, report, { width: 120, files: ['a\x1b[2J'] })
    expect(text).toContain('a\\x1b[2Jb\\u{202e}c.pcap')
    expect(text).toContain('by \\x9b31m')
    for (const character of ['\x1b', '\x9b', '\u202e']) expect(text).not.toContain(character)
  })
})
