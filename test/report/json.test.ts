import { describe, expect, it } from 'vitest'
import { json, showJson } from '../../src/report/json.ts'
import { written } from '../support/report-options.ts'
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
