/**
 * What captures on an interface: a program whose standard output is a capture. Read by the same reader as files, it
 * cannot take finwait down with it, and only it needs the privilege.
 *
 * Next: tcpdump.ts, dumpcap.ts, cap.ts; choose-engine.ts, which of them works here; live-capture.ts, one that runs.
 */

/** In the order in which `auto` prefers them: tcpdump hands packets over at once and tells losses while it runs. */
export const ENGINE_NAMES = ['tcpdump', 'dumpcap', 'cap'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

export interface CaptureRequest {
  /** As the system names it: `eth0`, `lo`, `any`. */
  interface: string
  /** In the language of pcap-filter(7); empty: all packets. */
  filter: string
  /** Bytes kept of each packet; 0: all. */
  snaplen: number
  /** What the kernel may keep while nobody reads, in MiB. */
  bufferMegabytes: number
}

/** Packets that are missing from a capture, by who lost them. */
export interface Drops {
  /** No room in the kernel's buffer: the capturing program was too slow. */
  kernel: number
  /** Lost by the capturing program itself. */
  program: number
  /** Lost by the interface or its driver, before the kernel's capturing. */
  interface: number
}

export interface Command {
  program: string
  args: readonly string[]
}

export interface Engine {
  readonly name: EngineName
  /** Who stamps the packets with their time. */
  readonly clock: 'kernel' | 'program'
  /** What it is better or worse at than the others, a few words. */
  readonly merit: string
  /** Writes a capture to standard output, its header at once, until SIGINT. */
  capture(request: CaptureRequest): Command
  /** Opens the interface and ends: fails where `capture` would for want of a privilege or of the interface. */
  probe(name: string): Command
  /** Lists the interfaces, to be read by `interfaces.ts`. */
  list(): Command
  /** Makes it say on standard error what it has lost so far; null when it says so at its end only, or never. */
  readonly tellsDropsOn: 'SIGUSR1' | null
  /** The last such word in what it wrote on standard error; null without one. */
  dropsIn(text: string): Drops | null
  /** How long to wait before SIGINT, which throws away what has not left the kernel's buffer. */
  readonly drainMs: number
}
