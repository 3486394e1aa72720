/**
 * dumpcap, the part of Wireshark that captures: where Wireshark is set up, it may capture without root.
 */
import type { Engine } from './engine.ts'

const DROPS = /\(pcap:(\d+)\/dumpcap:(\d+)\/flushed:(\d+)\/ps_ifdrop:(\d+)\)/g

export const dumpcap: Engine = {
  name: 'dumpcap',
  clock: 'kernel',
  merit: 'times by the kernel; it counts lost packets at its end only',
  capture: ({ interface: name, filter, snaplen, bufferMegabytes }) => ({
    program: 'dumpcap',
    args: [
      ...['-q', '-i', name, '-B', String(bufferMegabytes), '-w', '-'],
      ...(snaplen === 0 ? [] : ['-s', String(snaplen)]),
      ...(filter === '' ? [] : ['-f', filter]),
    ],
  }),
  probe: (name) => ({ program: 'dumpcap', args: ['-i', name, '-L'] }),
  list: () => ({ program: 'dumpcap', args: ['-D'] }),
  tellsDropsOn: null,
  dropsIn(text) {
    const last = [...text.matchAll(DROPS)].at(-1)?.slice(1).map(Number)
    if (last === undefined) return null
    const [kernel = 0, program = 0, flushed = 0, byInterface = 0] = last
    return { kernel, program: program + flushed, interface: byInterface }
  },
  // It reads the ring four times a second.
  drainMs: 300,
}
