import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it, vi } from 'vitest'
import { abilityOf, ENGINES } from '../../src/source/live/choose-engine.ts'
import { recordCapture } from '../../src/testing/vitest.ts'
import { requirement } from '../support/require.ts'

const abilities = await Promise.all(Object.values(ENGINES).map((engine) => abilityOf(engine, 'lo')))
const canCapture = abilities.some(({ error }) => error === null)

/** One connection, which the client closes first. */
async function converse(): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('end', () => socket.end()).resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end('hello')
  socket.resume()
  await once(socket, 'close')
  server.close()
  await once(server, 'close')
}

requirement(
  'capturing on loopback',
  canCapture,
  abilities[0]?.error?.message ?? '',
)('recordCapture', () => {
  it('reports on what the code did meanwhile, with the segments for messages', async () => {
    const report = await recordCapture(converse, { filter: 'tcp and host 127.0.0.1', isRequired: true })
    const own = { ...report, connections: report.connections.filter(({ traffic }) => traffic.client.bytes === 5) }
    expect(own).toHaveCompletedHandshake()
    expect(own.connections[0]).toHaveStates('client', ['SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', '...', 'TIME-WAIT'])
    expect(() => expect(own.connections[0]).toHaveClosed({ kind: 'reset' })).toThrow(/FIN,ACK seq=6 ack=1/)
  })

  it('passes on what the code throws, and captures no more', async () => {
    const failing = recordCapture(() => Promise.reject(new Error('of the test')), { isRequired: true })
    await expect(failing).rejects.toThrow('of the test')
  })

  it('says what is wrong with a filter', async () => {
    await expect(recordCapture(converse, { filter: 'tcp and (', isRequired: true })).rejects.toThrow(
      'not a capture filter',
    )
  })
})

it('skips the test where nothing can capture, and says why', async ({ task }) => {
  const skip = vi.spyOn(task.context, 'skip').mockImplementation(() => {
    throw new Error('skipped')
  })
  await expect(recordCapture(converse, { interface: 'nosuch0' })).rejects.toThrow('skipped')
  expect(skip).toHaveBeenCalledWith(expect.stringMatching(/^cannot capture on nosuch0: tcpdump: /))
  skip.mockRestore()
})
