/**
 * All interfaces at once, where a bridge forwards between two hosts: each packet is seen on both ports of the bridge, and
 * on the bridge itself.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, pause } from '../../fixtures/record/command.ts'
import { Host } from '../../fixtures/record/host.ts'
import { Network } from '../../fixtures/record/network.ts'
import { openAgain, type Stage } from '../../fixtures/record/scenario.ts'
import type { CaptureReport, ConnectionReport } from '../../src/report/model.ts'
import { LiveProcess } from '../support/live-process.ts'
import { hasProgram, requirement } from '../support/require.ts'

const isPossible = process.getuid?.() === 0 && hasProgram('tcpdump') && hasProgram('python3')
const PORT = 80

const network = new Network()
const middle = network.namespace('wire')

requirement(
  'root',
  isPossible,
  'ip, tcpdump and python3 are needed too',
)('on all interfaces at once', () => {
  let hosts: Pick<Stage, 'client' | 'server'>

  beforeAll(async () => {
    await network.create(4, {}, false)
    const ip = (words: string) => command('ip', '-n', middle, ...words.split(' '))
    await ip('link add bridge0 type bridge')
    for (const port of ['c0', 's0']) await ip(`link set ${port} master bridge0`)
    await ip('link set bridge0 up')
    hosts = {
      client: new Host('client', network.namespace('client')),
      server: new Host('server', network.namespace('server')),
    }
  })

  afterAll(async () => {
    await Promise.all([hosts?.client.stop(), hosts?.server.stop()])
    await network.destroy()
  })

  it('takes a packet that several interfaces show for one', async () => {
    const between = new LiveProcess(middle, '-i', 'any', '--format', 'ndjson')
    await between.started()
    const { client, server } = hosts
    const { c, s } = await openAgain(hosts as Stage, await server.listen(PORT), 4100, PORT)
    await c.send(1000)
    await s.receive()
    await s.send(3000)
    await c.receive()
    await c.close()
    await pause(0.1)
    await s.close()
    await pause(0.5)
    expect(await between.stop()).toBe(130)
    expect([client.calls.length, server.calls.length]).not.toContain(0)
    const [capture] = between.of<CaptureReport>('capture')
    expect(capture?.linkTypes.join()).toMatch(/^LINUX_SLL2?$/)
    const [connection, ...others] = between.of<ConnectionReport>('connection')
    expect(others).toEqual([])
    expect(connection).toMatchObject({
      open: { kind: 'three-way', synRetransmissions: 0 },
      traffic: { client: { bytes: 1000, retransmissions: 0 }, server: { bytes: 3000, retransmissions: 0 } },
    })
    const { traffic, quality } = connection!
    expect(traffic.client.segments + traffic.server.segments + quality.duplicatedByTap).toBe(capture!.tcpSegments)
    expect(quality.duplicatedByTap).toBeGreaterThanOrEqual(capture!.tcpSegments / 2)
  })

  it.each(['tcpdump', 'dumpcap'])('reports what came before the interface was gone, by %s', async (source) => {
    const name = `gone-${source}`
    await command('ip', '-n', middle, 'link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}-peer`.slice(-15))
    await command('ip', '-n', middle, 'link', 'set', name, 'up')
    const watching = new LiveProcess(middle, '-i', name, '--source', source)
    await watching.started()
    await command('ip', '-n', middle, 'link', 'del', name)
    expect(await watching.ended()).toBe(2)
    expect(watching.lines.at(-1)).toMatchObject({ type: 'summary' })
    expect(watching.errors).toMatch(/ended by itself, with \d: has the interface gone\?\n$/)
  })
})
