/**
 * What to capture, and by which program: the options, and what works on this machine.
 */
import { type Ability, chooseEngine } from '../../source/live/choose-engine.ts'
import type { CaptureRequest, Engine } from '../../source/live/engine.ts'
import { usualInterface } from '../../source/live/interfaces.ts'
import { UsageError } from '../usage-error.ts'
import type { LiveOptions } from './live-options.ts'

export interface Chosen {
  engine: Engine
  /** Which, where, and why, in one line. */
  reason: string
}

/** @throws UsageError when there is no interface, or when nothing is to be left out */
export async function requestOf(
  options: LiveOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CaptureRequest> {
  const name = options.interface ?? (await usualInterface())
  if (name === null) throw new UsageError('no interface is up: finwait interfaces lists them')
  const own = options.excludeOwn ? ownFilter(env.SSH_CONNECTION) : null
  const filters = [options.captureFilter, own].filter((filter) => filter)
  return {
    interface: name,
    filter: filters.length > 1 ? filters.map((filter) => `(${filter})`).join(' and ') : (filters[0] ?? ''),
    snaplen: options.snaplen,
    bufferMegabytes: options.buffer,
  }
}

/**
 * A filter for everything but the remote shell.
 *
 * @param connection - SSH_CONNECTION as sshd sets it: address and port of the client, then of the server
 */
export function ownFilter(connection: string | undefined): string {
  const words = (connection ?? '').split(' ')
  const [client = '', clientPort = '', server = '', serverPort = ''] = words
  const isAddress = (text: string) => /^[0-9a-fA-F.:]+$/.test(text)
  const isPort = (text: string) => /^\d{1,5}$/.test(text)
  if (words.length !== 4 || ![client, server].every(isAddress) || ![clientPort, serverPort].every(isPort)) {
    throw new UsageError('--exclude-own: there is no remote shell here, SSH_CONNECTION does not name one')
  }
  return `not (tcp and host ${client} and port ${clientPort} and host ${server} and port ${serverPort})`
}

/** @throws UsageError with the command that mends it when nothing can capture there */
export async function programFor(options: LiveOptions, { interface: name }: CaptureRequest): Promise<Chosen> {
  const choice = await chooseEngine(options.source, name)
  if (!('engine' in choice)) throw new UsageError(refusalText(choice, name))
  const { engine, refused } = choice
  const others = refused.map(({ error }) => error?.message ?? '')
  const why = options.source === 'auto' ? [engine.merit, ...others].join('; ') : engine.merit
  return { engine, reason: `capturing on ${name} by ${engine.name} (${why})` }
}

function refusalText(refused: readonly Ability[], name: string): string {
  const installed = refused.filter(({ error }) => error?.code !== 'ENOENT')
  if (installed.length > 0 && installed.every(({ error }) => error?.code === 'ENODEV')) {
    return `-i ${name}: no such interface is up; finwait interfaces lists them`
  }
  return refused
    .flatMap(({ error, remedy }) => [error?.message ?? '', ...(remedy ? [`  ${remedy.command}`] : [])])
    .join('\n')
}
