/**
 * What can be captured on: the interfaces as the capture programs list them.
 */
import { networkInterfaces } from 'node:os'
import { ENGINES } from './choose-engine.ts'
import { ENGINE_NAMES } from './engine.ts'
import { runCommand } from './run-command.ts'

/** Texts come from the system: escape before printing. */
export interface CaptureDevice {
  name: string
  /** What the system calls it besides; empty when nothing. */
  description: string
  isUp: boolean
  isLoopback: boolean
  addresses: string[]
}

/** In the order in which libpcap would choose. */
export async function listInterfaces(): Promise<CaptureDevice[]> {
  for (const name of ENGINE_NAMES) {
    const ran = await runCommand(ENGINES[name].list())
    const devices = ran.isDone ? ran.output.split('\n').flatMap((line) => readDevice(line) ?? []) : []
    if (devices.length > 0) return devices.map(withAddresses)
  }
  return Object.keys(networkInterfaces()).map((name) =>
    withAddresses({ name, description: '', isUp: true, isLoopback: false }),
  )
}

/** Capturing is on this one unless told: the first that is up and no loopback, else the first that is up. */
export async function usualInterface(): Promise<string | null> {
  const devices = (await listInterfaces()).filter(({ isUp }) => isUp)
  return (devices.find(({ isLoopback }) => !isLoopback) ?? devices[0])?.name ?? null
}

type Listed = Pick<CaptureDevice, 'name' | 'description' | 'isUp' | 'isLoopback'>

/** `1.eth0 (description) [Up, Running]` of tcpdump, `1. eth0 (description)` of dumpcap, `eth0 description` of cap. */
function readDevice(line: string): Listed | null {
  const match = /^(?:\d+\. ?)?(\S+)\s*(.*?)\s*(?:\[([^\]]*)\])?$/.exec(line)
  if (match === null) return null
  const [, name = '', description = '', flags] = match
  const isUp = flags === undefined || /\bUp\b/.test(flags)
  const isLoopback = /\bLoopback\b/.test(`${description} ${flags}`)
  return { name, description: description.replace(/^\((.*)\)$/, '$1'), isUp, isLoopback }
}

function withAddresses(listed: Listed): CaptureDevice {
  const known = networkInterfaces()[listed.name] ?? []
  return {
    ...listed,
    isLoopback: known.some(({ internal }) => internal) || listed.isLoopback,
    addresses: known.map(({ address }) => address),
  }
}
