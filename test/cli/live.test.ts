/** `finwait live` as a user runs it, on loopback: what it prints, what it keeps, how it ends. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/analysis/analyze-bytes.ts'
import { ownFilter } from '../../src/cli/live/request.ts'
import type { CaptureReport, ConnectionReport, TransitionLine } from '../../src/report/model.ts'
import { abilityOf, ENGINES } from '../../src/source/live/choose-engine.ts'
import { finwait } from '../support/fake-process.ts'
import { LiveProcess } from '../support/live-process.ts'
import { requirement } from '../support/require.ts'

const abilities = await Promise.all(Object.values(ENGINES).map((engine) => abilityOf(engine, 'lo')))
const whyNot = abilities.flatMap(({ error }) => (error === null ? [] : [error.message])).join('; ')
const folder = mkdtempSync(join(tmpdir(), 'finwait-live-'))
afterAll(() => rmSync(folder, { recursive: true }))

requirement(
  'capturing',
  whyNot === '',
  whyNot,
)('finwait live on loopback', () => {
  let server: Server
  let port: number

  beforeAll(async () => {
    server = createServer((socket) => socket.on('data', () => socket.end('and so on')).on('error', () => {}))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
  })

  afterAll(() => server.close())

  /** One connection, closed by the server first. */
  async function converse(): Promise<void> {
    const socket = connect(port, '127.0.0.1').resume()
    socket.write('hello')
    await once(socket, 'close')
  }

  const live = (...words: string[]) => new LiveProcess(null, '-i', 'lo', '-f', `tcp port ${port}`, ...words)

  it.each(Object.keys(ENGINES))('tells by %s what happens, and reports at Ctrl-C', async (source) => {
    const watching = live('--source', source)
    await watching.started()
    await converse()
    await watching.until(() => watching.of<TransitionLine>('transition').some(({ to }) => to === 'TIME-WAIT'))
    expect(watching.of('connection')).toEqual([])
    expect(await watching.stop('SIGINT')).toBe(130)
    expect(watching.of<ConnectionReport>('connection')).toMatchObject([
      { close: { kind: 'three-segment', by: 'server' }, server: { state: 'TIME-WAIT' }, client: { state: 'CLOSED' } },
    ])
    const [capture] = watching.of<CaptureReport>('capture')
    const isCounted = source !== 'cap'
    expect(capture).toMatchObject({
      file: 'lo',
      dropped: isCounted ? 0 : null,
      live: {
        source,
        interface: 'lo',
        clock: isCounted ? 'kernel' : 'program',
        drops: isCounted ? { kernel: 0, program: 0, interface: 0 } : null,
      },
    })
    expect(watching.lines.at(-1)).toMatchObject({ type: 'summary', connections: 1 })
  })

  it('keeps the packets in a file that gives the same report, even when it is killed', async () => {
    const path = join(folder, 'killed.pcapng')
    const watching = live('-w', path, '--snaplen', '0')
    await watching.started()
    await converse()
    await watching.until(() => watching.of<TransitionLine>('transition').some(({ to }) => to === 'TIME-WAIT'))
    await watching.stop('SIGKILL')
    const { captures, connections } = analyzeBytes(readFileSync(path))
    expect(captures).toMatchObject([{ format: 'pcapng', warnings: [], dropped: null }])
    expect(connections).toMatchObject([{ close: { kind: 'three-segment', by: 'server' } }])
    const told = watching.of<TransitionLine>('transition').map(({ cause }) => cause)
    expect(connections[0]!.transitions.map(({ cause }) => cause)).toEqual(told)
  })

  it('says in the file how many packets are not in it', async () => {
    const path = join(folder, 'ended.pcapng')
    const watching = live('-w', path, '--format', 'json', '-o', join(folder, 'report.json'))
    await watching.started()
    await converse()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await watching.stop('SIGTERM')).toBe(130)
    expect(analyzeBytes(readFileSync(path)).captures).toMatchObject([{ dropped: 0 }])
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).connections).toHaveLength(1)
  })

  it('stops after so many packets, or so many seconds', async () => {
    const counting = live('-c', '3')
    await counting.started()
    await converse()
    expect(await counting.ended()).toBe(0)
    expect(counting.of<CaptureReport>('capture')).toMatchObject([{ packets: 3, tcpSegments: 3 }])
    const timed = live('-a', 'duration:0.3')
    expect(await timed.ended()).toBe(0)
    expect(timed.lines.map(({ type }) => type)).toEqual(['capture', 'summary'])
  })

  it('says in one line what cannot be, with exit code 2', async () => {
    const wrong = await finwait('live', '-i', 'nosuch0', '--source', 'tcpdump')
    expect(wrong).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'finwait: -i nosuch0: no such interface is up; finwait interfaces lists them\n',
    })
    const filter = live('--capture-filter', 'tcp and (')
    expect(await filter.ended()).toBe(2)
    expect(filter.errors).toBe('finwait: lo: tcpdump: not a capture filter: tcp and (\n')
  })
})

describe('--exclude-own', () => {
  it('leaves out the connection that sshd names, and no other', () => {
    expect(ownFilter('192.0.2.7 50022 192.0.2.1 22')).toBe(
      'not (tcp and host 192.0.2.7 and port 50022 and host 192.0.2.1 and port 22)',
    )
    expect(ownFilter('2001:db8::7 50022 2001:db8::1 22')).toContain('host 2001:db8::7')
  })

  it.each([undefined, '', '192.0.2.7 50022', '192.0.2.7 50022 $(date) 22', '::1 x ::1 22'])(
    'is refused for %j',
    (value) => {
      expect(() => ownFilter(value)).toThrow('there is no remote shell here')
    },
  )
})

describe('wrong options', () => {
  it.each([
    [['-a', 'files:3'], /expected duration:SECONDS/],
    [['-a', 'duration:soon'], /-a duration:soon: expected a number of seconds above 0, as in -a duration:30/],
    [['--source', 'wireshark'], /no such source: wireshark/],
    [['-c', '0'], /--count 0/],
    [['-w', '/nowhere/x.pcapng', '-i', 'lo'], /-w \/nowhere\/x.pcapng: no such directory/],
  ])('%j', async (words, message) => {
    const { exitCode, stderr } = await finwait('live', ...words)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(message)
  })
})
