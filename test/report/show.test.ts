import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { ShowReport, TransitionReport } from '../../src/report/model.ts'
import { showText } from '../../src/report/show.ts'
import { displayWidth } from '../../src/report/text.ts'
import { reportOptions } from '../support/report-options.ts'
import { at, finding, sampleReport, sampleShow, transition } from '../support/sample-report.ts'

function shown(report: ShowReport, width: number | null = 100, unicode = true): string {
  return showText(report, reportOptions({ width, unicode }))
}

/** The line of a frame in the diagram. */
function lineOf(text: string, frame: number): string {
  return text.split('\n').find((line) => new RegExp(`^ +${frame} `).test(line))!
}

/** RFC 9293 Figure 13, as a tap in the middle may see it. */
function simultaneousClose(): ShowReport {
  const report = sampleShow()
  const fin = (frame: number, ms: number, side: 'client' | 'server', flags: string) => ({
    ...report.segments[0]!,
    frame,
    time: at(ms),
    side,
    flags,
  })
  report.segments = [
    fin(1, 0, 'client', 'FIN,ACK'),
    fin(2, 1, 'server', 'FIN,ACK'),
    fin(3, 2, 'client', 'ACK'),
    fin(4, 3, 'server', 'ACK'),
  ]
  report.omitted = 0
  report.connection.transitions = [
    transition(['client', 'ESTABLISHED', 'FIN-WAIT-1', 'snd FIN', '', 'observed', [1, 0], null, null]),
    transition(['server', 'ESTABLISHED', 'FIN-WAIT-1', 'snd FIN', '', 'observed', [2, 1], null, null]),
    transition(['client', 'FIN-WAIT-1', 'CLOSING', 'rcv FIN', '', 'proved', [2, 1], [3, 2], null]),
    transition(['server', 'FIN-WAIT-1', 'CLOSING', 'rcv FIN', '', 'proved', [1, 0], [4, 3], null]),
  ]
  return report
}

describe('finwait show', () => {
  it.each([60, 80, 120])('fits a terminal of %i columns', async (width) => {
    const text = shown(sampleShow(), width)
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
    await expect(text).toMatchFileSnapshot(`snapshots/show-${width}.txt`)
  })

  it('is ASCII for a terminal without UTF-8, in the same places', async () => {
    const text = shown(sampleShow(), 80, false)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII.
    expect(text).toMatch(/^[\x00-\x7f]*$/)
    await expect(text).toMatchFileSnapshot('snapshots/show-ascii.txt')
  })

  it('has the same text with colours as without', () => {
    const coloured = showText(sampleShow(), reportOptions({ width: 100, palette: picocolors.createColors(true) }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this removes SGR sequences.
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(shown(sampleShow()))
  })

  it('shows a state where it is entered, with how it is known', () => {
    const text = shown(sampleShow())
    expect(lineOf(text, 1)).toMatch(/SYN-SENT +│.*►│ {2}SYN-RECEIVED ✓2$/)
    expect(lineOf(text, 9)).toMatch(/FIN-WAIT-2 \? +│◄/)
    expect(lineOf(text, 11)).toMatch(/│.*►│ {2}CLOSED \?$/)
  })

  it('enters CLOSING in a simultaneous close only after the own FIN was sent', () => {
    const lines = shown(simultaneousClose(), 80).split('\n')
    const second = lines.findIndex((line) => / 2 .*◄/.test(line))
    expect(lines[second - 1]).not.toContain('CLOSING')
    expect(lines[second]).toMatch(/CLOSING ✓3 .*│ {2}FIN-WAIT-1$/)
    expect(lines[second + 1]).toMatch(/│ {2}CLOSING ✓4$/)
  })

  it('never lets the time of a side go backwards', () => {
    const timeline = shown(simultaneousClose()).split('server 10.0.0.2:80')[1]!
    expect([...timeline.matchAll(/^(\d\.\d{6}) +(\d)/gm)].map((match) => [match[1], match[2]])).toEqual([
      ['0.001000', '2'],
      ['0.001000', '1'],
    ])
  })

  it('places a transition whose frames are not among the segments by its time', () => {
    const report = sampleShow()
    report.segments = report.segments.filter(({ frame }) => frame !== 10)
    const text = shown(report)
    const order = [lineOf(text, 9), text.split('\n').find((line) => /LAST-ACK$/.test(line))!, lineOf(text, 11)]
    expect(order.map((line) => text.indexOf(line))).toEqual(
      order.map((line) => text.indexOf(line)).sort((a, b) => a - b),
    )
    expect(order[1]).toMatch(/^ +10 +0\.012000/)
  })

  it('says how many segments are left out, and where when that is known', () => {
    const text = shown({ ...sampleShow(), omitted: 815 })
    expect(text).toMatch(/┊ +… 812 segments … +┊/)
    expect(text).toContain('not shown, because no state changed by it: 3 segments')
  })

  it('explains only the marks it uses', () => {
    const report = sampleShow()
    expect(shown(report)).toContain('assumed, nothing in the capture proves')
    report.connection.transitions = report.connection.transitions.filter(({ evidence }) => evidence === 'observed')
    expect(shown(report)).not.toContain('assumed, nothing')
    expect(shown(report)).not.toContain('✓')
  })

  it('says what became of every TIME-WAIT', () => {
    const said = sampleReport().connections.flatMap((connection) => {
      const text = shown({ schema: 'finwait/show/1', connection, segments: [], omitted: 0 }, null)
      return text.split('\n').filter((line) => line.startsWith('TIME-WAIT of'))
    })
    expect(said).toEqual([
      'TIME-WAIT of the client: from 0.012346 until 60.012346; it ran out.',
      'TIME-WAIT of the client: from 0.010000 until 60.010000, started again 1 time by frame 30; it was ended by a new connection by frame 31 (RFC 6191 case A1).',
      'TIME-WAIT of the server: from 0.010000 until 60.010000; it was ended by a RST by frame 31 (RFC 1337).',
      'TIME-WAIT of the client: from 0.000000 until 60.000000; it was still running at the end of the capture.',
    ])
  })

  it('ends with the findings', () => {
    const report = sampleShow()
    report.connection.findings = [finding('half-close', 'note', { message: 'Bytes after the FIN.' })]
    expect(shown(report)).toMatch(
      /Findings\n\nnote {2}half-close.*\n {2}connection 0: Bytes after the FIN\.\n.*Wireshark: tcp/,
    )
  })

  it('shows no control character of a capture', () => {
    const report = sampleShow()
    report.segments[0]!.note = '\x1b[2J'
    report.connection.transitions[0]!.call = '\x9bcall' as TransitionReport['call']
    const text = shown(report)
    expect(text).not.toContain('\x1b')
    expect(text).not.toContain('\x9b')
  })
})
