import { describe, expect, it } from 'vitest'
import { csv } from '../../src/report/csv.ts'
import { written } from '../support/report-options.ts'
import { connection, finding, sampleReport } from '../support/sample-report.ts'

/** An independent reader of RFC 4180. */
function parse(text: string): string[][] {
  return text
    .split('\r\n')
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!,
      ),
    )
}

function cellsOf(others: Parameters<typeof connection>[1]): Record<string, string> {
  const [titles, cells] = parse(written(csv, { ...sampleReport(), connections: [connection(0, others)] }))
  return Object.fromEntries(titles!.map((title, i) => [title, cells![i]!]))
}

describe('CSV', () => {
  it('has a line for each connection, with as many cells as titles', async () => {
    const text = written(csv, sampleReport())
    const rows = parse(text)
    expect(rows.length).toBe(1 + sampleReport().connections.length)
    expect(new Set(rows.map((row) => row.length)).size).toBe(1)
    await expect(text.replaceAll('\r\n', '\n')).toMatchFileSnapshot('snapshots/csv.txt')
  })

  it('has its titles even without connections', () => {
    expect(parse(written(csv, { ...sampleReport(), connections: [] })).length).toBe(1)
  })

  it('prints a connection as soon as it is final', () => {
    const writer = csv.begin({ ...({} as Parameters<typeof csv.begin>[0]) })
    expect(writer.connection(connection(7))).toMatch(/^connection,.*\r\n7,.*\r\n$/)
    expect(writer.connection(connection(8))).toMatch(/^8,.*\r\n$/)
  })

  it('quotes commas and quotes', () => {
    expect(cellsOf({ path: ['a,"b"'] }).path).toBe('a,"b"')
    expect(cellsOf({}).wireshark_text).toBe('Complete, WITH_DATA')
  })

  it('leaves the cell empty where JSON has null', () => {
    expect(cellsOf({ open: { ...connection(0).open, rtt: null } }).open_rtt_seconds).toBe('')
  })

  it('lists each code of a finding once and names the loudest severity', () => {
    const cells = cellsOf({ findings: [finding('b', 'note'), finding('a', 'warn'), finding('b', 'note')] })
    expect(cells).toMatchObject({ findings: 'b a', severity: 'warn' })
  })

  it.each([
    ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\\x09x"],
    ['\rx', "'\\x0dx"],
    ['a\nb', 'a\\x0ab'],
  ])('makes %j text, never a formula or a new line', (hostile, cell) => {
    expect(cellsOf({ path: [hostile] }).path).toBe(cell)
  })
})
