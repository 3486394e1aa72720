import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/check/nearest.ts'
import { temporaryDirectory } from '../support/capture-files.ts'
import { finwait } from '../support/fake-process.ts'

describe('wrong usage is told in one line, with exit code 2', () => {
  it.each([
    [[], 'finwait: which capture? Give a file, a directory, or - for standard input; more: finwait --help\n'],
    [['show'], 'finwait: which connection? As in finwait show web.pcapng 3\n'],
    [['-i', 'lo'], "finwait: unknown option '-i' (finwait live has it)\n"],
    [['show', '--update'], "finwait: unknown option '--update' (finwait check has it)\n"],
    [['live', 'lo'], 'finwait: lo: an interface stands behind -i, as in finwait live -i eth0\n'],
    [['check', '--config', '/nowhere.yaml', 'fixtures'], 'finwait: /nowhere.yaml: no such file\n'],
    [['show', 'fixtures/refused.pcap', '1'], 'finwait: no connection 1: there is only connection 0\n'],
    [['--fromat', 'json', 'a.pcap'], "finwait: unknown option '--fromat' (did you mean --format?)\n"],
    [['--format', 'jsn', 'a.pcap'], 'finwait: no such format: jsn (did you mean json?)\n'],
    [['--fail-on', 'fatal', 'a.pcap'], 'finwait: no such severity: fatal: chat, note, warn, error\n'],
    [['--limit', '-1', 'a.pcap'], 'finwait: --limit -1: expected a whole number, 0 or more\n'],
    [['--limit', '1e3', 'a.pcap'], 'finwait: --limit 1e3: expected a whole number, 0 or more\n'],
    [['-c', '0', 'a.pcap'], 'finwait: --count 0: expected a whole number, 1 or more\n'],
    [['--max-events', '70000', 'a.pcap'], 'finwait: --max-events 70000: expected a whole number, 1 to 65535\n'],
    [['--msl', '0', 'a.pcap'], 'finwait: --msl 0: expected a number of seconds above 0, as in --msl 30\n'],
    [['--msl', 'x', 'a.pcap'], 'finwait: --msl x: expected a number of seconds above 0, as in --msl 30\n'],
    [
      ['--filter', 'prot=1', 'a.pcap'],
      /^finwait: --filter prot=1: no such key: prot \(did you mean port\?\); keys: .*\n$/,
    ],
    [['/nowhere/a.pcap'], 'finwait: /nowhere/a.pcap: no such file\n'],
    [
      ['/nowhere/a.pcap', '/nowhere/b.pcap'],
      'finwait: /nowhere/a.pcap: no such file\nfinwait: /nowhere/b.pcap: no such file\n',
    ],
    [['shwo', '3'], /^finwait: shwo: no such file \(did you mean the command show\?\)\n/],
    [['-', '-'], 'finwait: standard input can be read once only\n'],
    [['show', 'a.pcap', 'b.pcap'], /^finwait: b\.pcap: expected the number of a connection at the end/],
    [
      ['show', '3'],
      'finwait: which capture? Give a file, a directory, or - for standard input; more: finwait --help\n',
    ],
    [['show', '--format', 'table', 'a', '3'], 'finwait: no such format: table: text, json\n'],
  ] as [string[], string | RegExp][])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await finwait(...words)
    expect(stderr).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
  })

  it('a directory without captures', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'readme.txt'), 'no capture')
    const { exitCode, stderr } = await finwait(directory)
    expect(stderr).toBe(`finwait: ${directory}: no capture in this directory\n`)
    expect(exitCode).toBe(2)
  })

  it('names the command that was meant also beside a capture that is there', async () => {
    const { exitCode, stderr } = await finwait('shwo', 'fixtures/refused.pcap')
    expect(stderr).toBe('finwait: shwo: no such file (did you mean the command show?)\n')
    expect(exitCode).toBe(2)
  })

  it('shows no control character of an argument', async () => {
    expect((await finwait('/nowhere/\x1b[2J')).stderr).toBe('finwait: /nowhere/\\x1b[2J: no such file\n')
    expect((await finwait('--format', '\x1b[2J', 'a')).stderr).not.toContain('\x1b')
    expect((await finwait('--\x1b[2J')).stderr).toBe("finwait: unknown option '--\\x1b[2J'\n")
  })
})

describe('help', () => {
  it.each([
    ['--help'],
    ['analyze', '--help'],
    ['show', '--help'],
    ['check', '--help'],
    ['live', '--help'],
    ['interfaces', '--help'],
  ])('%s', async (...words) => {
    const { exitCode, stdout, stderr } = await finwait(...words)
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('\nExamples:\n')
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    await expect(stdout).toMatchFileSnapshot(`snapshots/${words.map((word) => word.replace(/^--/, '')).join('-')}.txt`)
  })

  it('help is --help', async () => {
    expect(await finwait('help')).toEqual(await finwait('--help'))
    expect(await finwait('help', 'live')).toEqual(await finwait('live', '--help'))
  })

  it('--version is the one of the package', async () => {
    expect((await finwait('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('did you mean', () => {
  it.each([
    ['tabel', 'table'],
    ['josn', 'json'],
    ['JSON', 'json'],
    ['cvs', 'csv'],
    ['mark-down', 'markdown'],
    ['mark', 'markdown'],
    ['tables', 'table'],
    ['x', null],
    ['quiet', null],
  ])('%s → %s', (typed, meant) => {
    expect(nearest(typed, ['table', 'json', 'ndjson', 'csv', 'markdown'])).toBe(meant)
  })
})
