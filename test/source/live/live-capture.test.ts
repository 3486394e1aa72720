/** Each capture program on loopback: the packets of a connection that the test makes, and what is said when one fails. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { type Packet, TimeBase } from '../../../src/capture/packet.ts'
import { abilityOf, chooseEngine, ENGINES } from '../../../src/source/live/choose-engine.ts'
import type { CaptureRequest, Engine } from '../../../src/source/live/engine.ts'
import { listInterfaces, usualInterface } from '../../../src/source/live/interfaces.ts'
import { LiveCapture } from '../../../src/source/live/live-capture.ts'
import { SourceError } from '../../../src/source/source-error.ts'
import { requirement } from '../../support/require.ts'

const onLoopback = (filter: string): CaptureRequest => ({ interface: 'lo', filter, snaplen: 256, bufferMegabytes: 8 })

const abilities = await Promise.all(Object.values(ENGINES).map((engine) => abilityOf(engine, 'lo')))

/** One connection, opened and closed by both sides. */
async function converse(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end('hello')
  socket.resume()
  await once(socket, 'close')
}

async function refusal(engine: Engine, request: CaptureRequest): Promise<string> {
  try {
    const capture = await LiveCapture.start(engine, request)
    await capture.stop()
    return 'captures'
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return error.code
  }
}

for (const { engine, error } of abilities) {
  const inSuite = requirement(engine.name, error === null, error?.message ?? '')
  inSuite(`${engine.name} on loopback`, () => {
    it('hands over the packets of a connection, with their times, and says what was lost', async () => {
      const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const began = Date.now()
      const capture = await LiveCapture.start(engine, onLoopback(`tcp port ${port}`))
      const times: number[] = []
      const timeBase = new TimeBase()
      const reading = capture.read({ packet: ({ timeNs }: Packet) => void times.push(timeNs) }, timeBase, 0)
      await converse(port)
      await capture.stop()
      const { info, error } = await reading
      server.close()
      expect(error).toBeNull()
      expect(times.length).toBeGreaterThanOrEqual(7)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(timeBase.seconds! * 1000 + times[0]! / 1e6).toBeGreaterThan(began - 100)
      expect(info).toMatchObject({ packets: times.length, cutShort: false })
      expect(capture.drops).toEqual(engine.clock === 'kernel' ? { kernel: 0, program: 0, interface: 0 } : null)
    })

    it('says that an interface is not there, and what is no filter', async () => {
      expect(await refusal(engine, { ...onLoopback(''), interface: 'nosuch0' })).toBe('ENODEV')
      expect(await refusal(engine, onLoopback('tcp and nonsense ('))).toBe('EFILTER')
    })
  })
}

const { name: first, ...tcpdump } = ENGINES.tcpdump

it('says of a program that is not there how to get it', async () => {
  const absent: Engine = { ...tcpdump, name: first, probe: () => ({ program: 'finwait-no-such-program', args: [] }) }
  const { error, remedy } = await abilityOf(absent, 'lo')
  expect(error?.message).toBe('tcpdump: not installed')
  expect(remedy?.command).toMatch(/install/)
})

it('says of a program that may not capture how to let it', async () => {
  const args = ['-c', 'echo "lo: You don\'t have permission to capture on that device" >&2; exit 1']
  const { error, remedy } = await abilityOf({ ...tcpdump, name: first, probe: () => ({ program: 'sh', args }) }, 'lo')
  expect(error?.code).toBe('EPERM')
  expect(remedy?.command).toMatch(/^sudo setcap cap_net_raw,cap_net_admin=eip \S*tcpdump$/)
})

requirement(
  'root',
  abilities[0]!.error === null,
  'tcpdump may not capture here',
)('where tcpdump can capture', () => {
  it('chooses it, and says of all others why not when none can', async () => {
    expect(await chooseEngine('auto', 'lo')).toEqual({ engine: ENGINES.tcpdump, refused: [] })
    const refused = await chooseEngine('auto', 'nosuch0')
    expect(refused).toMatchObject(Object.values(ENGINES).map((engine) => ({ engine, error: { code: 'ENODEV' } })))
  })

  it('lists the interfaces, and would take one that is up', async () => {
    const devices = await listInterfaces()
    const loopback = devices.find(({ name }) => name === 'lo')
    expect(loopback).toMatchObject({ isUp: true, isLoopback: true, addresses: expect.arrayContaining(['127.0.0.1']) })
    expect(devices.map(({ name }) => name)).toContain(await usualInterface())
  })
})
