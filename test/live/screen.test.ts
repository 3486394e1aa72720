/** The live screen as lines: of fixtures, at moments of theirs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Packet } from '../../src/capture/packet.ts'
import { readCaptureBytes } from '../../src/capture/read-capture-bytes.ts'
import { Board } from '../../src/live/screen/board.ts'
import { keysOf } from '../../src/live/screen/keys.ts'
import { renderScreen, type Status } from '../../src/live/screen/render.ts'
import { Watch } from '../../src/live/watch.ts'
import { PLAIN } from '../../src/report/palette.ts'
import { sparkline } from '../../src/report/sparkline.ts'
import { displayWidth } from '../../src/report/text.ts'
import { ROOT } from '../support/source-tree.ts'

/** All packets of fixtures, one after the other, none forgotten meanwhile; then `seconds` of silence. */
function watchOf(names: readonly string[], seconds = 2): Watch {
  const watch = new Watch({ mslSeconds: 1e6 }, () => {})
  for (const name of names) {
    const fileIndex = watch.analyzer.beginCapture('eth0')
    const sink = {
      packet(packet: Packet) {
        watch.packet(packet)
        watch.advance(packet.timeNs, () => true)
      },
    }
    readCaptureBytes(readFileSync(join(ROOT, 'fixtures', `${name}.pcap`)), sink, watch.analyzer.timeBase, fileIndex)
  }
  for (let turn = 0; turn < seconds * 10; turn++) watch.advance(watch.nowNs + 1e8, () => true)
  return watch
}

function linesOf(board: Board, watch: Watch, width: number, height: number, changes: Partial<Status> = {}): string[] {
  const status: Status = {
    source: 'eth0 by tcpdump',
    seconds: 61.7,
    packets: watch.packets,
    packetsPerSecond: 12,
    connections: watch.connections.size,
    counts: watch.counts,
    drops: { kernel: 0, program: 0, interface: 0 },
    ...changes,
  }
  board.update(watch)
  const lines = renderScreen(
    board,
    status,
    { width, height },
    { palette: PLAIN, unicode: true, files: ['eth0'], paths: [] },
  )
  expect(lines).toHaveLength(height)
  for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
  return lines
}

const press = (board: Board, ...keys: string[]) => {
  for (const key of keys) board.press(key)
}

const FIXTURES = ['half-close', 'simultaneous-close', 'four-way-client']

describe('the table', () => {
  it.each([80, 120])('in %i columns', async (width) => {
    const lines = linesOf(new Board(), watchOf(FIXTURES), width, 16)
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`snapshots/screen-${width}.txt`)
  })

  it('fits a terminal of any size', () => {
    const watch = watchOf(FIXTURES)
    for (const width of [1, 20, 59, 300])
      for (const height of [1, 2, 5, 9, 60]) linesOf(new Board(), watch, width, height)
  })

  it('says what was lost, and by whom', () => {
    const drops = { kernel: 1200, program: 0, interface: 34 }
    const lines = linesOf(new Board(), watchOf(FIXTURES), 100, 12, { drops })
    expect(lines[1]).toBe('lost packets: 1,234 (kernel 1,200, program 0, interface 34)')
    expect(linesOf(new Board(), watchOf(FIXTURES), 100, 12, { drops: null })[1]).toContain('not counted')
  })

  it('shows no control character of a filter', () => {
    const lines = linesOf(new Board(), watchOf(FIXTURES), 100, 12, { source: 'eth0 by tcpdump: \x1b[2J' })
    expect(lines[0]).toContain('\\x1b[2J')
  })
})

describe('keys', () => {
  it('are known as terminals send them, several at once', () => {
    expect(keysOf('\x1b[A\x1bOBq\r\x1b')).toEqual(['up', 'down', 'q', 'enter', 'escape'])
    expect(keysOf('\x1b[200~é\x00\x1b[5~')).toEqual(['é', 'page-up'])
  })

  it('sort by a column, and the other way round', () => {
    const board = new Board()
    const watch = watchOf(FIXTURES)
    const numbers = () => {
      board.update(watch)
      return board.rows.map(({ connection }) => connection)
    }
    const newestFirst = numbers()
    press(board, '1')
    expect(numbers()).toEqual(newestFirst.toReversed())
    press(board, '8')
    const bytes = numbers().map((_, at) => board.rows[at]!.bytes)
    expect(bytes).toEqual(bytes.toSorted((a, b) => b - a))
  })

  it('filter by words, show closed ones, and take both back', () => {
    const board = new Board()
    const watch = watchOf(FIXTURES)
    board.update(watch)
    const all = board.rows.length
    press(board, '/', ...'time-wait x', 'backspace', 'backspace', 'enter')
    board.update(watch)
    expect(board.filter).toBe('time-wait')
    expect(board.rows.length).toBeGreaterThan(0)
    for (const { states } of board.rows) expect(states).toContain('TIME-WAIT')
    press(board, 'escape')
    board.update(watch)
    expect(board.rows).toHaveLength(all)
  })

  it('open a connection, whose ladder is that of finwait show, and come back', () => {
    const board = new Board()
    const watch = watchOf(FIXTURES)
    board.update(watch)
    press(board, 'end', 'enter')
    expect(board.selected).toBe(0)
    const lines = linesOf(board, watch, 110, 60)
    expect(lines.join('\n')).toMatch(/Connection 0: .*\n[\s\S]*SYN seq=0 [\s\S]*FIN-WAIT-1/)
    press(board, 'down', 'down')
    expect(linesOf(board, watch, 110, 20).join('\n')).not.toContain('Connection 0:')
    press(board, 'escape')
    expect(board.mode).toBe('table')
  })

  it('hold the picture still, while the connections go on', () => {
    const board = new Board()
    const watch = watchOf(FIXTURES)
    board.update(watch)
    press(board, 'p')
    const before = linesOf(board, watch, 120, 16).slice(5)
    for (let turn = 0; turn < 100; turn++) watch.advance(watch.nowNs + 1e9, () => true)
    expect(linesOf(board, watch, 120, 16).slice(5)).toEqual(before)
    press(board, 'p')
    expect(linesOf(board, watch, 120, 16).slice(5)).not.toEqual(before)
  })

  it('quit', () => {
    const board = new Board()
    press(board, '?', 'q')
    expect(board.hasQuit).toBe(false)
    press(board, 'q')
    expect(board.hasQuit).toBe(true)
  })
})

it('draws counts over time: the newest at the right end, none as a blank', () => {
  expect(sparkline([0, 1, 4, 8], 6, true)).toBe('   ▁▄█')
  expect(sparkline([5, 0, 1, 4, 8], 3, false)).toBe('.=@')
  expect(sparkline([], 3, true)).toBe('   ')
})
