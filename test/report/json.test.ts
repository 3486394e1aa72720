import { describe, expect, it } from 'vitest'
import { json, showJson } from '../../src/report/json.ts'
import { ndjson } from '../../src/report/ndjson.ts'
import { reportOptions, written } from '../support/report-options.ts'
import { connection, sampleReport, sampleShow } from '../support/sample-report.ts'

describe('JSON', () => {
  it('is the report, field by field and in the documented order', async () => {
    const text = written(json, sampleReport())
    expect(JSON.parse(text)).toEqual(sampleReport())
    expect(Object.keys(JSON.parse(text))).toEqual([
      'schema',
      'captures',
      'connections',
      'hosts',
      'findings',
      'summary',
      'udp',
    ])
    await expect(text).toMatchFileSnapshot('snapshots/json.txt')
  })

  it('has the connections in order of their numbers, in whatever order they end', () => {
    const report = { ...sampleReport(), connections: [connection(2), connection(0), connection(1)] }
    expect(JSON.parse(written(json, report)).connections.map((c: { connection: number }) => c.connection)).toEqual([
      0, 1, 2,
    ])
  })

  it('is one document even without connections', () => {
    expect(JSON.parse(written(json, { ...sampleReport(), connections: [] })).connections).toEqual([])
  })

  it('is the whole report of one connection', () => {
    expect(JSON.parse(showJson(sampleShow()))).toEqual(sampleShow())
  })
})

describe('NDJSON', () => {
  it('prints a connection at once and has the fields of the JSON report', () => {
    const writer = ndjson.begin(reportOptions())
    const line = writer.connection(sampleReport().connections[0]!)
    expect(line.endsWith('}\n')).toBe(true)
    expect(JSON.parse(line)).toEqual({ type: 'connection', ...sampleReport().connections[0]! })
  })

  it('ends with the summary', () => {
    const last = written(ndjson, sampleReport()).trimEnd().split('\n').at(-1)!
    const { summary, udp, schema } = sampleReport()
    expect(JSON.parse(last)).toEqual({ type: 'summary', schema, ...summary, udp })
  })
})
