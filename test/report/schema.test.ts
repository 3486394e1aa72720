import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { SEVERITIES } from '../../src/findings/finding.ts'
import { json, showJson } from '../../src/report/json.ts'
import {
  type CaptureReport,
  CLOSE_KINDS,
  type CloseReport,
  type ConnectionReport,
  OPEN_KINDS,
  type Report,
  type TimeWaitReport,
  type UseReport,
} from '../../src/report/model.ts'
import { ndjson } from '../../src/report/ndjson.ts'
import { STATES } from '../../src/tcp/states.ts'
import { EVIDENCE, SIDE_NAMES } from '../../src/tcp/timeline.ts'
import { written } from '../support/report-options.ts'
import { sampleReport, sampleShow } from '../support/sample-report.ts'

interface Schema {
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  unevaluatedProperties?: boolean
  $ref?: string
  $defs?: Record<string, Schema>
  oneOf?: Schema[]
  items?: Schema
}

const schema: Schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true })
ajv.addSchema(schema, 'report')
const isReport = ajv.getSchema('report')!
const isLine = ajv.getSchema('report#/$defs/line')!
const isShow = ajv.getSchema('report#/$defs/show')!

function expectValid(validate: typeof isReport, value: unknown): void {
  expect(validate(value) ? [] : validate.errors).toEqual([])
}

/** Every value found anywhere under a key of this name. */
function valuesOf(document: unknown, key: string): Set<unknown> {
  const found = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (name === key) found.add(inner)
      visit(inner)
    }
  }
  visit(document)
  return found
}

function enumOf(definition: string, property: string): unknown[] {
  return schema.$defs![definition]!.properties![property]!.enum!
}

/** The keys of an exhaustive record: a value that the type has and the record has not is a compile error. */
function all<T extends string>(record: Record<T, true>): T[] {
  return Object.keys(record) as T[]
}

describe('report.schema.json', () => {
  it('accepts the JSON report with every enumeration value', () => {
    expectValid(isReport, JSON.parse(written(json, sampleReport())))
  })

  it('accepts a report of nothing', () => {
    const nothing: Report = {
      ...sampleReport(),
      captures: [],
      connections: [],
      hosts: [],
      findings: [],
      summary: { connections: 0, open: {}, close: {}, findings: {} },
    }
    expectValid(isReport, JSON.parse(written(json, nothing)))
  })

  it('accepts every line of the NDJSON report, and no line without its type', () => {
    const lines = written(ndjson, sampleReport()).trimEnd().split('\n')
    for (const line of lines) {
      const { type, ...rest } = JSON.parse(line)
      expectValid(isLine, { type, ...rest })
      expect(isLine(rest)).toBe(false)
    }
    expect(lines.map((line) => JSON.parse(line).type).filter((type, i, types) => type !== types[i - 1])).toEqual([
      'connection',
      'capture',
      'host',
      'finding',
      'summary',
    ])
  })

  it('accepts the report of one connection', () => {
    expectValid(isShow, JSON.parse(showJson(sampleShow())))
  })

  it('requires every field of the sample and knows no other', () => {
    const changed = <T extends object>(change: (report: Report) => T, key: keyof T): Report => {
      const report = sampleReport()
      delete change(report)[key]
      return report
    }
    const parts: ((report: Report) => object)[] = [
      (report) => report,
      (report) => report.captures[0]!,
      (report) => report.captures[3]!.warnings[0]!,
      (report) => report.connections[1]!,
      (report) => report.connections[1]!.client,
      (report) => report.connections[1]!.open,
      (report) => report.connections[1]!.close,
      (report) => report.connections[1]!.timeWait[0]!,
      (report) => report.connections[0]!.transitions[0]!,
      (report) => report.connections[0]!.transitions[0]!.cause!,
      (report) => report.connections[1]!.traffic.server,
      (report) => report.connections[1]!.use,
      (report) => report.connections[1]!.quality,
      (report) => report.connections[1]!.wireshark,
      (report) => report.connections[1]!.zeek,
      (report) => report.connections[1]!.findings[0]!,
      (report) => report.hosts[0]!,
      (report) => report.summary,
      (report) => report.udp,
    ]
    for (const part of parts) {
      for (const key of Object.keys(part(sampleReport()))) {
        expect(isReport(changed(part, key as never)), `without ${key}`).toBe(false)
      }
      const report = sampleReport()
      Object.assign(part(report), { unknown: 1 })
      expect(isReport(report), `${Object.keys(part(report))} and another`).toBe(false)
    }
  })

  it('has the enumerations of the types', () => {
    expect(enumOf('open', 'kind')).toEqual([...OPEN_KINDS])
    expect(enumOf('close', 'kind')).toEqual([...CLOSE_KINDS])
    expect(schema.$defs!.state!.enum).toEqual([...STATES])
    expect(schema.$defs!.side!.enum).toEqual([...SIDE_NAMES])
    expect(schema.$defs!.severity!.enum).toEqual([...SEVERITIES])
    expect(enumOf('transitionFields', 'evidence')).toEqual([...EVIDENCE])
    expect(enumOf('captureFields', 'compression')).toEqual(
      all<CaptureReport['compression']>({ none: true, gzip: true, zstd: true, lz4: true }),
    )
    expect(enumOf('connectionFields', 'roles')).toEqual(
      all<ConnectionReport['roles']>({ observed: true, assumed: true }),
    )
    expect(enumOf('close', 'by')).toEqual([
      ...all<NonNullable<CloseReport['by']>>({ client: true, server: true, both: true }),
      null,
    ])
    expect(enumOf('timeWait', 'ended')).toEqual(
      all<TimeWaitReport['ended']>({ 'capture-end': true, expired: true, reused: true, assassinated: true }),
    )
    expect(enumOf('use', 'length')).toEqual(all<UseReport['length']>({ short: true, long: true }))
    expect(enumOf('use', 'duplex')).toEqual(
      all<UseReport['duplex']>({ none: true, simplex: true, half: true, full: true }),
    )
  })

  it('meets every enumeration value in the sample', () => {
    const { connections, captures } = sampleReport()
    expect(
      valuesOf(
        connections.map(({ open }) => open),
        'kind',
      ),
    ).toEqual(new Set(OPEN_KINDS))
    expect(
      valuesOf(
        connections.map(({ close }) => close),
        'kind',
      ),
    ).toEqual(new Set(CLOSE_KINDS))
    expect(valuesOf(connections, 'state')).toEqual(new Set([...STATES, null]))
    expect(valuesOf(connections, 'severity')).toEqual(new Set(SEVERITIES))
    expect(valuesOf(connections, 'evidence')).toEqual(new Set(EVIDENCE))
    expect(valuesOf(connections, 'by')).toEqual(new Set(enumOf('close', 'by')))
    expect(valuesOf(connections, 'ended')).toEqual(new Set(enumOf('timeWait', 'ended')))
    expect(valuesOf(connections, 'length')).toEqual(new Set(enumOf('use', 'length')))
    expect(valuesOf(connections, 'duplex')).toEqual(new Set(enumOf('use', 'duplex')))
    expect(valuesOf(connections, 'roles')).toEqual(new Set(enumOf('connectionFields', 'roles')))
    expect(valuesOf(captures, 'compression')).toEqual(new Set(enumOf('captureFields', 'compression')))
  })

  it('leaves no object open', () => {
    const open: string[] = []
    const visit = (at: string, part: Schema): void => {
      if (part.properties && part.additionalProperties !== false && part.unevaluatedProperties !== false) open.push(at)
      for (const [name, inner] of Object.entries(part.properties ?? {})) visit(`${at}.${name}`, inner)
      for (const [name, inner] of Object.entries(part.$defs ?? {})) visit(name, inner)
      if (part.items) visit(`${at}[]`, part.items)
    }
    visit('report', schema)
    expect(open).toEqual([
      'transitionFields',
      'connectionFields',
      'captureFields',
      'hostFields',
      'findingFields',
      'summaryFields',
      'tellingFields',
    ])
  })
})
