/**
 * What a connection was used for, of the fixtures: how long, how regularly, who spoke when, and how quickly.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import type { ConnectionReport } from '../../src/report/model.ts'
import { listFixtures } from '../support/fixtures.ts'
import { parseLadder } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'

const fixtures = new Map(listFixtures().map(({ name, capturePath }) => [name, capturePath]))

function read(name: string, connection = 0): ConnectionReport {
  return analyzeBytes(new Uint8Array(readFileSync(fixtures.get(name)!))).connections[connection]!
}

const OPENED = `
        --> <SEQ=100><CTL=SYN>               -->
        <-- <SEQ=300><ACK=101><CTL=SYN,ACK>  <--
        --> <SEQ=101><ACK=301><CTL=ACK>      -->`

/** What the client sends at these seconds, each time so many bytes, and what comes back; `after` follows on the 4-tuple. */
function exchanges(seconds: readonly number[], bytes: number, after = ''): ConnectionReport[] {
  const lines = seconds.map((second, at) => {
    const [seq, ack] = [101 + at * bytes, 301 + at * bytes]
    return `
   @${second}        --> <SEQ=${seq}><ACK=${ack}><CTL=ACK><DATA=${bytes}> -->
   @${second + 0.02} <-- <SEQ=${ack}><ACK=${seq + bytes}><CTL=ACK><DATA=${bytes}> <--
   @${second + 0.04} --> <SEQ=${seq + bytes}><ACK=${ack + bytes}><CTL=ACK> -->`
  })
  return analyzeBytes(captureOf(parseLadder(OPENED + lines.join('') + after)).bytes).connections
}

describe('heartbeats', () => {
  it.each([
    ['heartbeats', 0.5],
    ['keep-alive', 1.02],
  ])('are seen in %s, every %f s', (name, period) => {
    const { use } = read(name)
    expect(use.length).toBe('long')
    expect(use.heartbeatSeconds).toBeGreaterThan(period * 0.97)
    expect(use.heartbeatSeconds).toBeLessThan(period * 1.03)
  })

  it.each(['four-way-client', 'half-close', 'data-timeout', 'zero-window', 'first-fin-lost'])(
    'are not seen in %s',
    (name) => {
      expect(read(name).use).toMatchObject({ length: 'short', heartbeatSeconds: null })
    },
  )

  it('go on through one longer pause', () => {
    expect(exchanges([1, 11, 21, 31, 90, 100], 20)[0]!.use.heartbeatSeconds).toBeCloseTo(10, 3)
  })

  it('are not pauses of different lengths, nor transfers at regular times', () => {
    expect(exchanges([1, 3, 9, 12, 30, 31], 20)[0]!.use.heartbeatSeconds).toBeNull()
    expect(exchanges([1, 11, 21, 31, 41], 1400)[0]!.use).toMatchObject({ heartbeatSeconds: null, length: 'short' })
  })

  it('are not those of the connection before', () => {
    const next = `
      @32  --> <SEQ=181><CTL=RST> -->
      @200 --> <SEQ=90000><CTL=SYN> -->
      @200 <-- <SEQ=70000><ACK=90001><CTL=SYN,ACK> <--
      @200 --> <SEQ=90001><ACK=70001><CTL=ACK> -->
      @201 --> <SEQ=90001><ACK=70001><CTL=ACK><DATA=20> -->`
    const periods = exchanges([1, 11, 21, 31], 20, next).map(({ use }) => use.heartbeatSeconds)
    expect(periods).toEqual([expect.closeTo(10, 3), null])
  })

  it('are not needed for a long connection', () => {
    expect(exchanges([1, 70], 20)[0]!.use).toMatchObject({ heartbeatSeconds: null, length: 'long' })
  })
})

describe('duplex', () => {
  it.each([
    ['refused', 'none'],
    ['deferred-accept', 'simplex'],
    ['zero-window', 'simplex'],
    ['four-way-client', 'half'],
    ['heartbeats', 'half'],
    ['both-ways', 'full'],
    // A segment that the network delivers twice says nothing.
    ['time-wait-assassination', 'half'],
  ])('of %s is %s', (name, duplex) => {
    expect(read(name).use.duplex).toBe(duplex)
  })
})

describe('times', () => {
  it.each([
    // On the interface of the client, 10 or 20 ms from the server, in both directions.
    ['both-ways', 0.02],
    ['simultaneous-close', 0.04],
    ['simultaneous-open', 0.04],
    ['middle', 0.08],
  ])('round trip of the handshake of %s: %f s', (name, rtt) => {
    expect(read(name).open.rtt).toBeGreaterThan(rtt)
    expect(read(name).open.rtt).toBeLessThan(rtt + 0.002)
  })

  it.each([
    ['deferred-accept', 0.401208],
    ['handshake-ack-lost', 1.008363],
    ['four-way-client', 0.000699],
    ['time-wait-own-connect', 0.001674],
  ])('first byte of %s: %f s after the handshake', (name, seconds) => {
    expect(read(name).use.timeToFirstByte).toBeCloseTo(seconds, 6)
  })

  it('first byte in the SYN: at once', () => {
    expect(read('fast-open', 1).use.timeToFirstByte).toBe(0)
  })

  it.each(['refused', 'mid-stream', 'one-sided-client'])('first byte of %s: not known', (name) => {
    expect(read(name).use.timeToFirstByte).toBeNull()
  })

  it.each([
    ['half-close', 0.41],
    ['four-way-client', 0.102],
    ['simultaneous-close', 0.021],
    ['three-segment', 0.001],
  ])('from FIN to FIN of %s: %f s', (name, seconds) => {
    expect(read(name).use.halfCloseSeconds).toBeCloseTo(seconds, 3)
  })

  it('from FIN to FIN, where there is one only: not known', () => {
    expect(read('fin-wait-2-left').use.halfCloseSeconds).toBeNull()
  })
})
