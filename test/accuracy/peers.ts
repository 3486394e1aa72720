/**
 * What other tools say of a capture, in their own words: one verdict for each of their connections, in their order.
 * Needs the tools; read `COMMANDS` for how they are asked.
 */
import { spawnSync } from 'node:child_process'

export const PEERS = ['tshark', 'tcptrace', 'argus'] as const
export type Peer = (typeof PEERS)[number]

/** As a reader would type them. */
export const COMMANDS: Record<Peer, string> = {
  tshark: 'tshark -2 -n -r CAPTURE -T pdml -j tcp',
  tcptrace: 'tcptrace -n -l CAPTURE',
  argus: 'argus -r CAPTURE -w - | ra -n -r - -c , -s saddr sport daddr dport state -- tcp',
}

/** Null when the tool is not installed. */
export function versionOf(peer: Peer): string | null {
  const argument = { tshark: '-v', tcptrace: '-v', argus: '-h' }[peer]
  const { error, stdout, stderr } = spawnSync(peer, [argument], { encoding: 'utf8' })
  if (error) return null
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version'
}

export const ASK: Record<Peer, (file: string) => string[]> = {
  tshark: askTshark,
  tcptrace: askTcptrace,
  argus: askArgus,
}

/** With two passes every frame of a stream has the final value; with one, the value before that frame. */
function askTshark(file: string): string[] {
  const text = output('tshark', ['-2', '-n', '-r', file, '-T', 'pdml', '-j', 'tcp'])
  const verdicts = new Map<number, string>()
  for (const packet of text.split('</packet>')) {
    const stream = /name="tcp\.stream"[^>]* show="(\d+)"/.exec(packet)?.[1]
    const verdict = /showname="Conversation completeness: (.*?) \((\d+)\)"/.exec(packet)
    if (stream && verdict) verdicts.set(Number(stream), `${verdict[2]} ${verdict[1]}`)
  }
  return [...verdicts].sort(([first], [second]) => first - second).map(([, verdict]) => verdict)
}

function askTcptrace(file: string): string[] {
  const text = output('tcptrace', ['-n', '-l', file])
  return [...text.matchAll(/complete conn: (.*)/g)].map(([, verdict]) => verdict!.replace(/\s+/g, ' ').trim())
}

/** A flow has many records; its state is that of the last. */
function askArgus(file: string): string[] {
  const { stdout } = spawnSync('argus', ['-r', file, '-w', '-'])
  const wanted = ['-n', '-r', '-', '-c', ',', '-s', 'saddr', 'sport', 'daddr', 'dport', 'state', '--', 'tcp']
  const states = new Map<string, string>()
  for (const line of output('ra', wanted, stdout).split('\n').slice(1)) {
    const [source, sourcePort, destination, destinationPort, state] = line.split(',')
    if (state === undefined) continue
    const flow = [`${source} ${sourcePort}`, `${destination} ${destinationPort}`].sort().join(' ')
    states.set(flow, state.trim())
  }
  return [...states.values()]
}

function output(program: string, words: readonly string[], input: Uint8Array = new Uint8Array(0)): string {
  const { stdout } = spawnSync(program, words, { encoding: 'utf8', input, maxBuffer: 2 ** 28 })
  return stdout
}
