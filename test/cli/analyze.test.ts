import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { captureOfPackets, closed, opened, PAIR } from '../findings/packets.ts'
import {
  captureOf,
  refusedConnection,
  temporaryDirectory,
  wholeConnection,
  writeCapture,
} from '../support/capture-files.ts'
import { FakeProcess, finwait, runWith } from '../support/fake-process.ts'
import { requirement } from '../support/require.ts'

const directory = temporaryDirectory()
const web = writeCapture(directory, 'web.pcap', captureOf(...wholeConnection(40000), ...refusedConnection(40001)))

interface Lines {
  type: string
  connection: number
  client: { port: number }
}

function linesOf(text: string): Lines[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('finwait <capture>', () => {
  it('prints a table', async () => {
    const { exitCode, stdout, stderr } = await finwait(web)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^0 {2}10\.0\.0\.1:40000 {2}10\.0\.0\.2:80 {2}three-way +four-way by client +TIME-WAIT +CLOSED/m,
    )
    expect(stdout).toMatch(/^1 {2}10\.0\.0\.1:40001 {2}10\.0\.0\.2:80 {2}refused +never opened/m)
    expect(stdout).toContain(`finwait show ${web} 1`)
  })

  it('is the same as finwait analyze, as -r, and as the options before the capture', async () => {
    const { stdout } = await finwait(web, '--format', 'json')
    expect((await finwait('analyze', web, '--format', 'json')).stdout).toBe(stdout)
    expect((await finwait('--format', 'json', '-r', web)).stdout).toBe(stdout)
    expect((await finwait('-Tjson', web)).stdout).toBe(stdout)
  })

  it('selects by --filter and counts what it selected', async () => {
    const { stdout } = await finwait('--filter', 'open=refused', '--format', 'json', web)
    const report = JSON.parse(stdout)
    expect(report.connections.map((each: Lines) => each.client.port)).toEqual([40001])
    expect(report.summary).toMatchObject({ connections: 1, open: { refused: 1 }, close: { 'never-opened': 1 } })
    expect((await finwait('--filter', 'open=refused', web)).stdout).toContain(
      'connections  1 of 2 (--filter open=refused)',
    )
  })

  it('says what else could have been meant when no connection is in that state', async () => {
    const { exitCode, stderr } = await finwait('--filter', 'state=CLOSING', web)
    expect(exitCode).toBe(0)
    expect(stderr).toBe(
      'finwait: state is the state at the end; visited=CLOSING selects connections that passed through it\n',
    )
  })

  it.each([
    ['error', 0],
    ['warn', 1],
    ['note', 1],
  ])('--fail-on %s exits with %i when the loudest finding is a warning', async (severity, code) => {
    expect((await finwait('--fail-on', severity, web)).exitCode).toBe(code)
  })

  it('--fail-on looks at the connections that the filter selects', async () => {
    expect((await finwait('--fail-on', 'warn', '--filter', 'close=four-way', web)).exitCode).toBe(0)
  })

  it('-c stops after so many packets', async () => {
    const { stdout } = await finwait('-c', '3', '--format', 'json', web)
    const { captures, connections } = JSON.parse(stdout)
    expect(captures[0]).toMatchObject({ packets: 3, tcpSegments: 3, end: expect.stringMatching(/\.002000000Z$/) })
    expect(connections).toHaveLength(1)
    expect(connections[0].client.state).toBe('ESTABLISHED')
  })

  it('--limit cuts the table', async () => {
    expect((await finwait('--limit', '1', web)).stdout).toContain('… 1 more: --limit 0')
  })

  it('--msl sets how long TIME-WAIT lasts', async () => {
    const { stdout } = await finwait('--msl', '0.001', '--format', 'json', web)
    expect(JSON.parse(stdout).connections[0].client.state).toBe('CLOSED')
  })

  it('reads several captures as one run, and says which', async () => {
    const half = Math.floor(wholeConnection(40000).length / 2)
    const first = writeCapture(directory, 'a.pcap', captureOf(...wholeConnection(40000).slice(0, half)))
    const rest = writeCapture(directory, 'b.pcap.gz', gzipSync(captureOf(...wholeConnection(40000).slice(half))))
    const { stdout } = await finwait('--format', 'json', first, rest)
    const { captures, connections } = JSON.parse(stdout)
    expect(captures.map((capture: { compression: string }) => capture.compression)).toEqual(['none', 'gzip'])
    expect(connections).toHaveLength(1)
    expect(connections[0].close.kind).toBe('four-way')
  })

  it('reads the captures of a directory', async () => {
    const inside = join(directory, 'inside')
    mkdirSync(inside)
    copyFileSync(web, join(inside, 'web.pcap'))
    writeCapture(inside, 'readme.txt', 'no capture')
    const { stdout, exitCode } = await finwait('--format', 'ndjson', inside)
    expect(exitCode).toBe(0)
    expect(linesOf(stdout).filter(({ type }) => type === 'capture')).toHaveLength(1)
  })

  it('prints connections as NDJSON before the summary', async () => {
    const types = linesOf((await finwait('--format', 'ndjson', web)).stdout).map(({ type }) => type)
    expect(types.slice(0, 2)).toEqual(['connection', 'connection'])
    expect(types.at(-1)).toBe('summary')
  })

  it('fits the terminal, and colours it', async () => {
    const fake = new FakeProcess(web)
    fake.stdout.isTTY = true
    fake.stdout.columns = 80
    const { stdout } = await runWith(fake)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this removes SGR sequences.
    const bare = stdout.replace(/\x1b\[\d+m/g, '')
    expect(bare).not.toBe(stdout)
    for (const line of bare.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('-o', () => {
  it('writes the report into a file, uncut and without colours', async () => {
    const path = join(directory, 'report.txt')
    const fake = new FakeProcess('-o', path, web)
    fake.stdout.isTTY = true
    fake.stdout.columns = 40
    expect(await runWith(fake)).toMatchObject({ exitCode: 0, stdout: '' })
    expect(readFileSync(path, 'utf8')).toBe((await finwait(web)).stdout)
  })

  it('never writes over the capture', async () => {
    const copy = writeCapture(directory, 'copy.pcap', readFileSync(web))
    const { exitCode, stderr } = await finwait('-o', copy, copy)
    expect(exitCode).toBe(2)
    expect(stderr).toBe(`finwait: -o ${copy}: this would overwrite the capture\n`)
    expect(readFileSync(copy)).toEqual(readFileSync(web))
  })

  it('says why it cannot', async () => {
    const { exitCode, stderr } = await finwait('-o', join(directory, 'none', 'x'), web)
    expect(exitCode).toBe(2)
    expect(stderr).toBe(`finwait: -o ${join(directory, 'none', 'x')}: no such directory\n`)
  })
})

describe('a capture that cannot be read to its end', () => {
  it('is no capture at all: one line, no report', async () => {
    const path = writeCapture(directory, 'page.pcap', '<html>not a capture</html>')
    const { exitCode, stdout, stderr } = await finwait(path)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(new RegExp(`^finwait: ${path}: byte 0: .*\n$`))
  })

  it('is damaged: the report of what came before, then where and what was expected', async () => {
    const good = readFileSync(web)
    const bad = Buffer.concat([good, Buffer.alloc(200, 0xff)])
    const path = writeCapture(directory, 'damaged.pcap', bad)
    const { exitCode, stdout, stderr } = await finwait(path)
    expect(exitCode).toBe(2)
    expect(stdout).toContain('connections  2')
    expect(stderr).toMatch(new RegExp(`^finwait: ${path}: byte ${good.length}: .+\n$`))
  })

  it('is cut in its last packet: a warning, and with --strict a failure', async () => {
    const bytes = readFileSync(web)
    const lastRecord = bytes.length - 16 - refusedConnection(40001)[1]!.length
    const path = writeCapture(directory, 'cut.pcap', bytes.subarray(0, -3))
    const mild = await finwait(path)
    expect(mild.exitCode).toBe(0)
    const said = `${path}: byte ${lastRecord}: ends in the middle of a packet`
    expect(mild.stderr).toBe(`finwait: warning: ${said}\n`)
    expect((await finwait('--quiet', path)).stderr).toBe('')
    const strict = await finwait('--strict', path)
    expect(strict.exitCode).toBe(2)
    expect(strict.stderr).toBe(`finwait: ${said} (--strict)\n`)
    expect(strict.stdout).toBe(mild.stdout)
    const { captures } = JSON.parse((await finwait('--format', 'json', path)).stdout)
    const message = 'ends in the middle of a packet'
    expect(captures[0].warnings).toEqual([{ code: 'cut-short', offset: lastRecord, message }])
  })

  it('does not keep the others from being read', async () => {
    const { exitCode, stdout, stderr } = await finwait(join(directory, 'none.pcap'), web)
    expect(exitCode).toBe(2)
    expect(stdout).toContain('connections  2')
    expect(stderr).toBe(`finwait: ${join(directory, 'none.pcap')}: no such file\n`)
  })

  it('is not reached by -c: no failure', async () => {
    const bad = Buffer.concat([readFileSync(web), Buffer.alloc(200, 0xff)])
    const path = writeCapture(directory, 'later-damage.pcap', bad)
    expect(await finwait('-c', '3', path)).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('an end before the end', () => {
  const long = writeCapture(
    directory,
    'long.pcap',
    captureOf(...Array.from({ length: 4000 }, (_, i) => wholeConnection(1024 + i, 1400)).flat()),
  )

  it('Ctrl-C: the report of what was read, then exit code 130', async () => {
    const fake = new FakeProcess('--format', 'json', long)
    setImmediate(() => expect(fake.interrupt()).toBe(true))
    const { exitCode, stdout, stderr } = await runWith(fake)
    expect(exitCode).toBe(130)
    expect(stderr).toBe('')
    const { summary } = JSON.parse(stdout)
    expect(summary.connections).toBeGreaterThan(100)
    expect(summary.connections).toBeLessThan(4000)
    expect(fake.interrupt()).toBe(false)
  })

  it('a reader that goes away: silence, and exit code 0', async () => {
    const fake = new FakeProcess('--format', 'ndjson', '--msl', '0.01', '--fail-on', 'chat', long)
    fake.stdout.breaksAfter = 100_000
    const { exitCode, stdout, stderr } = await runWith(fake)
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.length).toBeGreaterThan(100_000)
    expect(stdout).not.toContain('"type":"summary"')
  })
})

describe('finwait show', () => {
  it('draws the connection', async () => {
    const { exitCode, stdout } = await finwait('show', web, '1')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Connection 1: 10.0.0.1:40001 to 10.0.0.2:80')
    expect(stdout).toMatch(/SYN-SENT +│─+ SYN seq=0 ─+►│/)
    expect(stdout).toMatch(/CLOSED.* +│◄─+ RST,ACK/)
  })

  it('prints it as JSON', async () => {
    const { stdout } = await finwait('show', '--format', 'json', '-r', web, '0')
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'finwait/show/1', connection: { connection: 0 } })
  })

  it('says which connections there are', async () => {
    const { exitCode, stdout, stderr } = await finwait('show', web, '7')
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toBe('finwait: no connection 7: there are 2, numbered from 0 to 1\n')
  })

  it('tells of a file that is no capture, and nothing else', async () => {
    const path = writeCapture(directory, 'text.pcap', 'plain text, no capture')
    const { exitCode, stdout, stderr } = await finwait('show', path, '0')
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^finwait: .*: byte 0: .*\n$/)
  })
})

const bin = fileURLToPath(new URL('../../bin/finwait.js', import.meta.url))
const built = fileURLToPath(new URL('../../dist/bundle/run.js', import.meta.url))

requirement(
  'the build',
  existsSync(built),
  'dist/ is missing: npm run build',
)('the program itself', () => {
  it('reads standard input and ends with its exit code', () => {
    const input = readFileSync(web)
    const result = spawnSync(process.execPath, [bin, '--fail-on', 'warn', '--format', 'json', '-'], { input })
    expect(result.stderr.toString()).toBe('')
    expect(result.status).toBe(1)
    expect(JSON.parse(result.stdout.toString()).captures[0].file).toBe('-')
  })

  it('ends quietly when the reader of its output does', async () => {
    const child = spawn(process.execPath, [bin, '--format', 'ndjson', join(directory, 'long.pcap')])
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('tells of a connection as soon as it is final, while standard input goes on', async () => {
    const pair = (clientPort: number) => ({ ...PAIR, clientPort })
    const capture = captureOfPackets([...closed(pair(40_000), 0), ...opened(pair(40_001), 100)])
    const child = spawn(process.execPath, [bin, '--format', 'ndjson', '-'])
    child.stdin.write(capture)
    const [early] = await once(child.stdout, 'data')
    expect(linesOf(String(early))).toMatchObject([{ type: 'connection', connection: 0 }])
    let rest = ''
    child.stdout.on('data', (data) => {
      rest += data
    })
    child.stdin.end()
    await once(child, 'close')
    expect(linesOf(rest).map(({ type }) => type)).toEqual(['connection', 'capture', 'host', 'host', 'summary'])
  })

  it('prints the report at Ctrl-C, even while standard input stays open', async () => {
    const child = spawn(process.execPath, [bin, '--format', 'ndjson', '-'])
    child.stdin.write(readFileSync(web))
    let stdout = ''
    child.stdout.on('data', (data) => {
      stdout += data
    })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(130)
    expect(linesOf(stdout).at(-1)).toMatchObject({ type: 'summary', connections: 2 })
  })
})

const hasFullDisk = existsSync(built) && existsSync('/dev/full')
requirement(
  'a full disk',
  hasFullDisk,
  'there is no /dev/full here, or no dist/',
)('a full disk', () => {
  it('is told, with exit code 2', () => {
    const full = openSync('/dev/full', 'w')
    const result = spawnSync(process.execPath, [bin, web], { stdio: ['ignore', full, 'pipe'] })
    expect(result.stderr.toString()).toBe('finwait: standard output: no space left on the device\n')
    expect(result.status).toBe(2)
  })
})
