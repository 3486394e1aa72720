/**
 * What is missing where capturing does not work, and the command that mends it.
 */
import type { EngineName } from './engine.ts'

export type Problem = 'absent' | 'permission' | 'other'

export interface Remedy {
  /** A command to type, or a place to go to. */
  command: string
  /** What it does, where that is not plain. */
  note: string
}

const LINUX: Record<EngineName, Record<Exclude<Problem, 'other'>, (path: string) => Remedy>> = {
  tcpdump: {
    absent: () => ({ command: 'sudo apt-get install tcpdump', note: 'or what your system has for apt-get' }),
    permission: (path) => ({
      command: `sudo setcap cap_net_raw,cap_net_admin=eip ${path}`,
      note: 'everybody may capture then; or run finwait as root',
    }),
  },
  dumpcap: {
    absent: () => ({ command: 'sudo apt-get install wireshark-common', note: 'it has dumpcap, without the windows' }),
    permission: (path) => ({
      command: `sudo chgrp wireshark ${path} && sudo chmod 750 ${path} && sudo setcap cap_net_raw,cap_net_admin=eip ${path} && sudo usermod -a -G wireshark $USER`,
      note: 'the members of the group wireshark may capture then, after their next login; on Debian sudo dpkg-reconfigure wireshark-common does the first three',
    }),
  },
  cap: {
    absent: () => ({
      command: 'npm install --allow-scripts=cap cap@0.2.1',
      note: 'needs a compiler and libpcap with its headers (sudo apt-get install g++ make libpcap-dev)',
    }),
    permission: () => ({
      command: `sudo setcap cap_net_raw=eip ${process.execPath}`,
      note: 'every script that Node runs may capture then: better give it to tcpdump or dumpcap',
    }),
  },
}

const MACOS: Remedy = {
  command: 'brew install --cask wireshark-chmodbpf',
  note: 'ChmodBPF lets the members of the group access_bpf capture; or run finwait by sudo',
}

const WINDOWS: Remedy = {
  command: 'winget install WiresharkFoundation.Wireshark',
  note: 'it has dumpcap, and its installer offers Npcap (https://npcap.com), without which nothing can capture',
}

/** @param path - of the program, where there is one */
export function remedyFor(platform: string, engine: EngineName, problem: Problem, path: string): Remedy | null {
  if (problem === 'other') return null
  if (platform === 'win32') return WINDOWS
  if (platform === 'darwin' && problem === 'permission') return MACOS
  return LINUX[engine][problem](path)
}
