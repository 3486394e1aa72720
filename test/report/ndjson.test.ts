import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/analysis/analyze-bytes.ts'
import { escapeJson } from '../../src/report/escape.ts'
import type { ConnectionReport } from '../../src/report/model.ts'
import { ndjson, ndjsonLine } from '../../src/report/ndjson.ts'
import { listFixtures } from '../support/fixtures.ts'
import { printedText, reportOptions, written } from '../support/report-options.ts'
import { at, connection, finding, sampleReport, transition } from '../support/sample-report.ts'

/** With every field that may be left out. */
type Full<T> = T extends readonly (infer Item)[]
  ? Full<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Full<T[Key]> }
    : T

const COUNTS = { good: 1, bad: 2, offloaded: 3, unknown: 4 }

function fullConnection(): Full<ConnectionReport> {
  const one = connection(7)
  const moment = { frame: 4_294_967_295, file: 2, time: at(3) }
  const step = transition(['client', 'CLOSED', 'SYN-SENT', 'snd SYN', 'RFC 9293 §3.10.1', 'observed', null, null, null])
  return {
    ...one,
    client: { ...one.client, name: 'a"b\\c\u001b[2J\u009b\u202e\u00adé€😀\ud800' },
    server: { ...one.server, name: null, state: null },
    path: ['vlan 10', 'vxlan 5'],
    lastFile: 1,
    open: { ...one.open, files: [0, 1, 0] },
    close: { ...one.close, by: null, files: [1] },
    timeWait: [
      {
        side: 'client',
        start: at(0),
        expires: at(60_000),
        restarts: 1,
        restartFrames: [10],
        restartFiles: [1],
        ended: 'assassinated',
        endFrame: 12,
        endFile: 0,
        reuse: 'A1',
      },
    ],
    transitions: [
      { ...step, cause: moment, proof: { ...moment, file: 1 } },
      { ...step, cause: moment, proof: { ...moment, time: at(4) }, call: 'connect()' },
      { ...step, cause: null, proof: null, time: at(5), call: 'close()' },
    ],
    use: { ...one.use, heartbeatSeconds: 1e-7, timeToFirstByte: 1234567.25, halfCloseSeconds: 0 },
    traffic: { client: { ...one.traffic.client, bytes: 2 ** 40 }, server: one.traffic.server },
    quality: {
      ...one.quality,
      missing: ['syn', 'data'],
      checksums: { client: COUNTS, server: COUNTS },
      droppedMeanwhile: 3,
    },
    findings: [{ ...finding('zero-window', 'warn', { message: 'frame 3 of \u001b.pcap' }), files: [0, 1] }],
  }
}

describe('NDJSON', () => {
  it('prints every field that a connection may have, safe to print', () => {
    const line = printedText(ndjson.begin(reportOptions()).connection(fullConnection()))
    expect(JSON.parse(line)).toEqual({ type: 'connection', ...fullConnection() })
    expect(line).toBe(escapeJson(line))
  })

  it('prints a connection at once, as JSON.stringify would', () => {
    const writer = ndjson.begin(reportOptions())
    for (const one of sampleReport().connections) {
      expect(printedText(writer.connection(one))).toBe(ndjsonLine('connection', one))
    }
  })

  it.each(listFixtures().map(({ name, capturePath }) => [name, capturePath]))('does so of %s', (_, capturePath) => {
    const writer = ndjson.begin(reportOptions())
    for (const one of analyzeBytes(readFileSync(capturePath), { verifyChecksums: true }).connections) {
      expect(printedText(writer.connection(one))).toBe(ndjsonLine('connection', one))
    }
  })

  it('ends with the summary', () => {
    const last = written(ndjson, sampleReport()).trimEnd().split('\n').at(-1)!
    const { summary, udp, schema } = sampleReport()
    expect(JSON.parse(last)).toEqual({ type: 'summary', schema, ...summary, udp })
  })
})
