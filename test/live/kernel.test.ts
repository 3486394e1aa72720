/**
 * What `finwait live` says beside what the kernel says at that moment: two hosts, each in a network namespace with
 * finwait beside it, and a wire that holds connections still in every state by losing what would end it.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, pause } from '../../fixtures/record/command.ts'
import { Host } from '../../fixtures/record/host.ts'
import { Network } from '../../fixtures/record/network.ts'
import { openAgain, type Stage } from '../../fixtures/record/scenario.ts'
import { Wire } from '../../fixtures/record/wire.ts'
import { LiveProcess } from '../support/live-process.ts'
import { hasProgram, requirement } from '../support/require.ts'

const isPossible = process.getuid?.() === 0 && hasProgram('ss') && hasProgram('tcpdump') && hasProgram('python3')
const PORT = 80
const FOREVER = 100

const network = new Network()
const namespaces = { client: network.namespace('client'), server: network.namespace('server') }

/** `ss` says TCP's states in words of its own. */
const WORDS: Record<string, string> = { 'SYN-RECEIVED': 'SYN-RECV', ESTABLISHED: 'ESTAB' }

/** States of the sockets of a host by the port of the client; sockets that the kernel has forgotten are not there. */
async function kernelStates(host: 'client' | 'server'): Promise<Map<number, string>> {
  const lines = (await command('ip', 'netns', 'exec', namespaces[host], 'ss', '-tanH')).trim().split('\n')
  const sockets = lines.map((line) => line.split(/\s+/)).filter(([state]) => state !== 'LISTEN')
  return new Map(sockets.map((words) => [Number(words[host === 'client' ? 3 : 4]!.split(':').at(-1)), words[0]!]))
}

const inWordsOfSs = (states: Map<number, string>) =>
  new Map([...states].filter(([, state]) => state !== 'CLOSED').map(([port, state]) => [port, WORDS[state] ?? state]))

requirement(
  'root',
  isPossible,
  'ip, ss, tcpdump and python3 are needed too',
)('beside the kernel', () => {
  let stage: Pick<Stage, 'client' | 'server' | 'wire'>
  let watches: Record<'client' | 'server', LiveProcess>

  beforeAll(async () => {
    await network.create(4, {}, false)
    const client = new Host('client', namespaces.client)
    const server = new Host('server', namespaces.server)
    stage = { client, server, wire: new Wire(network.namespace('wire'), undefined) }
    await Promise.all([stage.wire.ready, client.plain(), server.plain()])
    const words = ['-i', 'eth0', '--format', 'ndjson']
    watches = {
      client: new LiveProcess(namespaces.client, ...words),
      server: new LiveProcess(namespaces.server, ...words),
    }
    await Promise.all([watches.client.started(), watches.server.started()])
  })

  afterAll(async () => {
    await Promise.all([watches?.client.stop(), watches?.server.stop()])
    await Promise.all([stage?.client.stop(), stage?.server.stop(), stage?.wire.stop()])
    await network.destroy()
  })

  it('shows the states that ss shows, on both hosts, at the same moment', async () => {
    const { client, server, wire } = stage
    const listener = await server.listen(PORT)
    const open = (from: number) => openAgain(stage as Stage, listener, from, PORT)
    const loses = (from: 'client' | 'server', port: number, ...flags: ('SYN' | 'ACK' | 'FIN')[]) =>
      wire.lose({ from, port, flags, count: FOREVER })

    await open(4000)

    await loses('client', 4001, 'FIN', 'ACK')
    await (await open(4001)).c.close()

    await (await open(4002)).c.shutdown()

    const lastAck = await open(4003)
    await lastAck.c.shutdown()
    await pause(0.1)
    await loses('client', 4003, 'ACK')
    await lastAck.s.close()

    const timeWait = await open(4004)
    await timeWait.c.close()
    await pause(0.1)
    await timeWait.s.close()

    await loses('client', 4005, 'SYN')
    await (await client.socket(4005)).beginConnect(server, PORT)

    await wire.slow(0.02)
    const closing = await open(4006)
    await pause(0.1)
    await loses('client', 4006, 'ACK')
    await Promise.all([closing.c.close(), closing.s.close()])

    await loses('client', 4007, 'ACK')
    await (await client.socket(4007)).beginConnect(server, PORT)

    await pause(1)
    const kernel = { client: await kernelStates('client'), server: await kernelStates('server') }
    const told = { client: watches.client.states('client'), server: watches.server.states('server') }
    expect(inWordsOfSs(told.client)).toEqual(kernel.client)
    expect(inWordsOfSs(told.server)).toEqual(kernel.server)
    expect(new Set([...kernel.client.values(), ...kernel.server.values()])).toEqual(
      new Set([
        'SYN-SENT',
        'SYN-RECV',
        'ESTAB',
        'FIN-WAIT-1',
        'FIN-WAIT-2',
        'CLOSE-WAIT',
        'CLOSING',
        'LAST-ACK',
        'TIME-WAIT',
      ]),
    )
  })
})
