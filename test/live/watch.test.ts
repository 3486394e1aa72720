/**
 * What is told while a capture goes by, packet for packet, as `finwait live` does: of every fixture, against its report.
 */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import schema from '../../schema/report.schema.json' with { type: 'json' }
import type { Packet } from '../../src/capture/packet.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { Watch } from '../../src/live/watch.ts'
import type { ConnectionReport, FindingLine, TransitionLine } from '../../src/report/model.ts'
import { ndjsonLine } from '../../src/report/ndjson.ts'
import { listFixtures } from '../support/fixtures.ts'

const TURN_NS = 0.1e9
/** Longer pauses of a capture are not gone through turn by turn. */
const MOST_TURNS = 3000

interface Told {
  transitions: TransitionLine[]
  findings: FindingLine[]
  connections: ConnectionReport[]
}

/** Time goes on between the packets, a tenth of a second a turn. */
function replay(path: string): Told {
  const told: Told = { transitions: [], findings: [], connections: [] }
  const watch = new Watch({}, (connection) => void told.connections.push(connection), {
    transition: (line) => void told.transitions.push(line),
    finding: (line) => void told.findings.push(line),
  })
  const fileIndex = watch.analyzer.beginCapture(path)
  const sink = {
    packet(packet: Packet) {
      const gap = watch.packets === 0 ? 0 : Math.min(MOST_TURNS, (packet.timeNs - watch.nowNs) / TURN_NS)
      for (let turn = 1; turn < gap; turn++) watch.advance(watch.nowNs + TURN_NS, () => true)
      watch.packet(packet)
      watch.advance(packet.timeNs, () => true)
    },
  }
  const { info } = readCaptureBytes(readFileSync(path), sink, watch.analyzer.timeBase, fileIndex)
  watch.analyzer.endCapture(info, 'none')
  watch.analyzer.finish()
  expect(watch.connections.size).toBe(0)
  return told
}

const fixtures = listFixtures().map(({ name, capturePath }) => ({ name, told: replay(capturePath) }))

/** What a reader of the lines knows at the end: transitions told and not taken back, the amended ones as they are now. */
function standing(lines: readonly TransitionLine[], connection: number): object[] {
  const known: TransitionLine[] = []
  const isSame = (a: TransitionLine, b: TransitionLine) => a.side === b.side && a.from === b.from && a.to === b.to
  for (const line of lines.filter((line) => line.connection === connection)) {
    const at = known.findLastIndex((before) => isSame(before, line))
    if (line.status === 'new') known.push(line)
    else if (line.status === 'withdrawn') known.splice(at, 1)
    else known[at] = line
  }
  return known.map(({ status: _, connection: __, client: ___, server: ____, ...transition }) => transition)
}

const bySide = (transitions: readonly object[], side: string) =>
  transitions.filter((transition) => 'side' in transition && transition.side === side)

describe('what is told of each fixture while it goes by', () => {
  it.each(fixtures)('$name: comes to what its report says', ({ told }) => {
    expect(told.connections.length).toBeGreaterThan(0)
    for (const { connection, transitions, findings } of told.connections) {
      const known = standing(told.transitions, connection)
      for (const side of ['client', 'server']) expect(bySide(known, side)).toEqual(bySide(transitions, side))
      const open = new Set<string>()
      for (const { connection: of, status, code, side } of told.findings) {
        if (of !== connection) continue
        if (status === 'withdrawn') open.delete(`${code} ${side}`)
        else open.add(`${code} ${side}`)
      }
      expect([...open].sort()).toEqual([...new Set(findings.map(({ code, side }) => `${code} ${side}`))].sort())
    }
  })
})

it('takes back no transition but what it called assumed, and one in a hundred of all', () => {
  const lines = fixtures.flatMap(({ told }) => told.transitions)
  const withdrawn = lines.filter(({ status }) => status === 'withdrawn')
  expect(withdrawn.filter(({ evidence }) => evidence !== 'assumed')).toEqual([])
  expect(withdrawn.length).toBeGreaterThan(0)
  expect(withdrawn.length / lines.length).toBeLessThan(0.01)
})

it('prints lines of the published schema', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema(schema)
  const isLine = ajv.getSchema(`${schema.$id}#/$defs/line`)!
  for (const { told } of fixtures) {
    const lines = [
      ...told.transitions.map((line) => ndjsonLine('transition', line)),
      ...told.findings.map((line) => ndjsonLine('finding', line)),
    ]
    for (const line of lines) expect(isLine(JSON.parse(line)), `${line} ${JSON.stringify(isLine.errors)}`).toBe(true)
  }
})
