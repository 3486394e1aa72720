import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { captureOf, temporaryDirectory, wholeConnection } from '../support/capture-files.ts'
import { finwait } from '../support/fake-process.ts'
import { ROOT } from '../support/source-tree.ts'

const GOOD = captureOf(...wholeConnection(40000), ...wholeConnection(40001))

/** A directory with these files. */
function directoryOf(files: Record<string, string | Uint8Array>): string {
  const directory = temporaryDirectory()
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), data)
  }
  return directory
}

const MET = 'connections: [{ match: { server: { port: 80 } }, count: 2, close: { kind: four-way, by: client } }]\n'
const UNMET = 'connections:\n  - name: web\n    close: { kind: reset }\n'

describe('finwait check', () => {
  it('exits with 0 when all is as expected, and says so in a line for each capture', async () => {
    const directory = directoryOf({ 'a.pcap': GOOD, 'a.pcap.expect.yaml': MET, 'b.pcap': GOOD, 'notes.txt': 'x' })
    const { exitCode, stdout, stderr } = await finwait('check', directory)
    expect(stdout).toBe(
      [
        `ok     ${directory}/a.pcap  4 expectations, 2 connections`,
        `ok     ${directory}/b.pcap  2 expectations, 2 connections`,
        '',
        '2 captures: 2 as expected; 6 expectations',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  it('exits with 1 when something is not, and says which, where, what was seen, and how to look at it', async () => {
    const directory = directoryOf({ 'a.pcap': GOOD, 'a.pcap.expect.yaml': UNMET })
    const { exitCode, stdout } = await finwait('check', join(directory, 'a.pcap'))
    expect(stdout.replaceAll(`${directory}/`, '')).toBe(`FAIL   a.pcap  1 of 4 expectations not met, 2 connections

  a.pcap.expect.yaml:3:5  web: connections[0].close: reset
    seen: four-way by client
      connection 0, 10.0.0.1:40000 to 10.0.0.2:80, frames 7, 8, 9 and 10
      Wireshark: tcp.stream eq 0 and frame.number in {7, 8, 9, 10}
    seen: four-way by client
      connection 1, 10.0.0.1:40001 to 10.0.0.2:80, frames 17, 18, 19 and 20
      Wireshark: tcp.stream eq 1 and frame.number in {17, 18, 19, 20}

1 capture: 0 as expected and 1 failed; 4 expectations, 1 not met
look at: finwait show a.pcap 0
`)
    expect(exitCode).toBe(1)
  })

  it('without expectations fails for a finding of severity error, and for a capture that is cut short', async () => {
    const directory = directoryOf({ 'cut.pcap': GOOD.subarray(0, GOOD.length - 3) })
    copyFileSync(join(ROOT, 'fixtures', 'forged-reset.pcap'), join(directory, 'forged.pcap'))
    const { exitCode, stdout } = await finwait('check', directory)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/default policy {2}capture\.quality: not cut short\n {4}seen: .*middle/)
    expect(stdout).toMatch(
      /default policy {2}capture\.findings: no finding of severity error\n {4}seen: error reset-by-mid/,
    )
  })

  it('exits with 2 for a capture that is damaged or missing, after checking what came before', async () => {
    const damaged = GOOD.slice().fill(0xff, GOOD.length / 2)
    const directory = directoryOf({ 'a.pcap': damaged, 'a.pcap.expect.yaml': MET })
    const { exitCode, stdout, stderr } = await finwait('check', join(directory, 'a.pcap'), join(directory, 'b.pcap'))
    expect(stdout).toContain(`ERROR  ${directory}/a.pcap\n  could not be read: byte `)
    expect(stdout).toContain(`ERROR  ${directory}/b.pcap\n  could not be read: byte 0: no such file`)
    expect(stdout).toContain('2 captures: 0 as expected and 2 could not be read')
    expect(stderr).toMatch(/^.*b\.pcap: no such file\n.*a\.pcap: byte \d+: .*\n$/)
    expect(exitCode).toBe(2)
  })

  it('finds the nearest finwait.config.yaml above, unless --config names another', async () => {
    const directory = directoryOf({
      'finwait.config.yaml': 'capture: { connections: 7 }',
      'sub/a.pcap': GOOD,
      'sub/deep/finwait.config.yaml': 'connections: [{ close: four-way }]',
      'sub/deep/a.pcap': GOOD,
      'other.yaml': 'connections: [{ match: { close: reset }, count: 0 }]',
    })
    const run = (...words: string[]) =>
      finwait('check', ...words, join(directory, 'sub/a.pcap'), join(directory, 'sub/deep'))
    const found = await run()
    expect(found.stdout).toContain('capture.connections: 7 connections\n    seen: 2')
    expect(found.stdout).toContain('deep/a.pcap  3 expectations')
    expect(found.exitCode).toBe(1)
    expect((await run('--config', join(directory, 'other.yaml'))).exitCode).toBe(0)
    expect((await run('--config', join(directory, 'none.yaml'))).stderr).toContain('none.yaml: no such file\n')
  })

  it('takes patterns, and an expectation file for its capture, each capture once', async () => {
    const directory = directoryOf({
      'x/a.pcap': GOOD,
      'x/y/b.pcapng': GOOD,
      'x/y/b.pcapng.expect.yaml': MET,
      'x/c.md': 'x',
    })
    const { stdout } = await finwait('check', `${directory}/**/*`, join(directory, 'x/y/b.pcapng.expect.yaml'))
    expect(stdout.match(/^\S+ +\S+/gm)).toEqual([
      `ok     ${directory}/x/a.pcap`,
      `ok     ${directory}/x/y/b.pcapng`,
      '2 captures:',
    ])
    expect((await finwait('check', `${directory}/**/*.snoop`)).stderr).toContain('*.snoop: no capture matches this\n')
  })

  it('tells every mistake in expectation files at once, before anything is read', async () => {
    const directory = directoryOf({
      'a.pcap': GOOD,
      'a.pcap.expect.yaml': 'connections:\n  - clsoe: reset\n  - close: rest\n',
      'b.pcap': GOOD,
      'b.pcap.expect.yaml': 'capture: {',
    })
    const { exitCode, stdout, stderr } = await finwait('check', directory)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.replaceAll(directory, '').split('\n')).toEqual([
      'finwait: /a.pcap.expect.yaml:2:5: no such key: clsoe (did you mean close?)',
      'finwait: /a.pcap.expect.yaml:3:5: no such way to close: rest (did you mean reset?)',
      expect.stringMatching(/^finwait: \/b\.pcap\.expect\.yaml:1:\d+: not YAML: /),
      '',
    ])
  })

  it('tells when expectations have lost their capture', async () => {
    const directory = directoryOf({ 'a.pcap': GOOD, 'b.pcap.expect.yaml': MET })
    const { exitCode, stderr } = await finwait('check', directory)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('b.pcap.expect.yaml: there is no capture ')
  })

  it('needs a path', async () => {
    expect(await finwait('check')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('which captures?') })
  })
})

describe('finwait check --update', () => {
  it('writes a file for each capture, which the next check meets, and says what became of it', async () => {
    const directory = directoryOf({ 'a.pcap': GOOD, 'b.pcap': GOOD, 'b.pcap.expect.yaml': MET, 'c.pcap': GOOD })
    writeFileSync(join(directory, 'c.pcap.expect.yaml'), UNMET)
    const { exitCode, stdout } = await finwait('check', '--update', directory)
    expect(stdout.replaceAll(`${directory}/`, '')).toBe(
      'new        a.pcap.expect.yaml\nas before  b.pcap.expect.yaml\nchanged    c.pcap.expect.yaml\n',
    )
    expect(exitCode).toBe(0)
    expect((await finwait('check', directory)).exitCode).toBe(0)
  })

  it('writes nothing for a capture that cannot be read to its end, and exits with 2', async () => {
    const directory = directoryOf({ 'a.pcap': GOOD.slice().fill(0xff, GOOD.length / 2) })
    const { exitCode, stdout } = await finwait('check', '--update', directory)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(readdirSync(directory)).toEqual(['a.pcap'])
  })
})
