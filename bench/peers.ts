/**
 * What finwait is measured beside, each as a reader would type it. A tool that is not installed is left out.
 */
import { spawnSync } from 'node:child_process'

export interface Peer {
  name: string
  /** `FILE` stands for the capture. */
  command: readonly string[]
  /** Prints its version. */
  version: readonly string[]
  /** Takes gzip as well. */
  readsGzip: boolean
}

export const FINWAIT: Peer = {
  name: 'finwait',
  command: ['node', 'bin/finwait.js', 'FILE'],
  version: ['node', 'bin/finwait.js', '--version'],
  readsGzip: true,
}

/** The same, but every connection is printed. */
export const FINWAIT_NDJSON: Peer = {
  ...FINWAIT,
  name: 'finwait, ndjson',
  command: ['node', 'bin/finwait.js', '--format', 'ndjson', 'FILE'],
}

export const TCPDUMP = 'tcpdump'
export const GZIP = 'gzip -dc'
export const PCAPPLUSPLUS = 'PcapPlusPlus'

const TSHARK = ['tshark', '-v']
const FIELDS = ['-T', 'fields', '-e', 'tcp.stream', '-e', 'tcp.flags', '-e', 'tcp.completeness']

const PEERS: readonly Peer[] = [
  { name: 'cat', command: ['cat', 'FILE'], version: ['cat', '--version'], readsGzip: false },
  { name: GZIP, command: ['gzip', '-dc', 'FILE'], version: ['gzip', '--version'], readsGzip: true },
  {
    name: TCPDUMP,
    command: ['tcpdump', '-r', 'FILE', '-w', '/dev/null'],
    version: ['tcpdump', '--version'],
    readsGzip: false,
  },
  { name: 'capinfos', command: ['capinfos', '-c', 'FILE'], version: ['capinfos', '-v'], readsGzip: true },
  {
    // Its example of that name. Debian has no package of it: github.com/seladb/PcapPlusPlus, cmake.
    name: PCAPPLUSPLUS,
    command: ['TcpReassembly', '-c', '-r', 'FILE'],
    version: ['TcpReassembly', '-v'],
    readsGzip: false,
  },
  { name: 'tcptrace', command: ['tcptrace', '-n', 'FILE'], version: ['tcptrace', '-v'], readsGzip: false },
  {
    name: 'tshark conv',
    command: ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', 'FILE'],
    version: TSHARK,
    readsGzip: true,
  },
  { name: 'tshark fields', command: ['tshark', '-n', ...FIELDS, '-r', 'FILE'], version: TSHARK, readsGzip: true },
]

/** Those that are installed and can read the capture, with their versions. */
export function installedPeers(isGzip: boolean): { peer: Peer; version: string }[] {
  return [FINWAIT, FINWAIT_NDJSON, ...PEERS]
    .filter(({ name, readsGzip }) => (isGzip ? readsGzip : name !== GZIP))
    .flatMap((peer) => {
      const version = versionOf(peer)
      return version === null ? [] : [{ peer, version }]
    })
}

/** Null when it is not installed. */
function versionOf({ version: [program = '', ...words] }: Peer): string | null {
  const { error, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  if (error) return null
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version'
}

export function commandText({ command }: Peer): string {
  return command.join(' ')
}
