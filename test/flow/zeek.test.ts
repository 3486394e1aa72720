/**
 * Zeek's columns by Zeek's rules: what is in zeek.txt, and what no ladder can say.
 *
 *     ## SF ShADadFf: opened, used, closed          conn_state, history, what it is
 *
 * and then the ladder.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isPowerOfTen } from '../../src/flow/zeek.ts'
import { analyzeBytes } from '../../src/index.ts'
import { captureOfPackets, damaged } from '../findings/packets.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'

function columnsOf(capture: Uint8Array): string {
  return analyzeBytes(capture)
    .connections.map(({ zeek }) => `${zeek.conn_state} ${zeek.history}`.trim())
    .join(', ')
}

const [, ...cases] = readFileSync(new URL('zeek.txt', import.meta.url), 'utf8').split(/^## /m)

describe('conn_state and history', () => {
  it.each(cases.map((text) => text.split(/: ([^\n]*)\n/, 3) as [string, string, string]))(
    '%s: %s',
    (columns, _, ladder) => {
      expect(columnsOf(captureOf(parseLadder(ladder)).bytes)).toBe(columns)
    },
  )

  it('note a damaged segment by C, and nothing else of it', () => {
    expect(columnsOf(captureOfPackets(damaged()))).toBe('S1 ShAdc')
  })
})

it('counts on a logarithmic scale', () => {
  expect(Array.from({ length: 1001 }, (_, count) => count).filter(isPowerOfTen)).toEqual([1, 10, 100, 1000])
})
