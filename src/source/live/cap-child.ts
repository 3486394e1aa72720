/**
 * The process that has the package cap loaded: packets of an interface to standard output, as a capture with
 * nanoseconds. Nothing else may load cap, see cap.ts.
 *
 * `capture REQUEST` | `probe INTERFACE` | `list`. Ends on SIGINT, or when its parent is gone.
 */
import { writeSync } from 'node:fs'
import type { CaptureRequest } from './engine.ts'

/** Longest packet that cap hands over. */
const LARGEST = 65_535
/** Collected up to so much, or so long: timers do not run under load. */
const PIECE = 192 * 1024
const EVERY_MS = 20
const RECORD_HEADER = 16
/** cap's ring has slots of 64 KiB, whatever the packets: with 10 MB it lost 0.5 to 26 % at 100,000 packets/s. */
const MEGABYTE = 1 << 20

const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
}

function linkTypeNumber(name: string): number {
  return LINK_TYPES[name] ?? Number(/\d+$/.exec(name)?.[0] ?? 147)
}

function fail(why: string): never {
  writeSync(2, `cap: ${why}\n`)
  process.exit(1)
}

/** What is written to standard output in pieces. */
class Output {
  private readonly bytes = Buffer.allocUnsafe(PIECE + RECORD_HEADER + LARGEST)
  private length = 0
  private since = 0

  header(linkType: number, snaplen: number): void {
    this.words(0xa1b23c4d, 0x00040002, 0, 0, snaplen, linkType)
    this.flush()
  }

  /** One packet, stamped now: cap does not say when it came. */
  packet(buffer: Buffer, captured: number, original: number): void {
    const now = performance.timeOrigin + performance.now()
    const seconds = Math.floor(now / 1000)
    if (this.length === 0) this.since = now
    this.words(seconds, Math.floor((now - seconds * 1000) * 1e6), captured, original)
    this.length += buffer.copy(this.bytes, this.length, 0, captured)
    if (this.length >= PIECE || now - this.since >= EVERY_MS) this.flush()
  }

  private words(...values: number[]): void {
    for (const value of values) this.length = this.bytes.writeUInt32LE(value, this.length)
  }

  flush(): void {
    for (let done = 0; done < this.length; ) {
      try {
        done += writeSync(1, this.bytes, done, this.length - done)
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN')) process.exit(0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      }
    }
    this.length = 0
  }
}

async function load(): Promise<typeof import('cap').default.Cap> {
  try {
    return (await import('cap')).default.Cap
  } catch (cause) {
    return fail(`not installed: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`)
  }
}

/** The buffer and the open device: kept, as cap itself keeps neither. After a failed `open` it must not be touched. */
const kept: unknown[] = []

async function open(request: CaptureRequest, onPacket: (buffer: Buffer, bytes: number, isCut: boolean) => void) {
  const Cap = await load()
  const known = Cap.deviceList().map(({ name }) => name)
  if (!known.includes(request.interface)) fail(`no such device: ${request.interface}`)
  const device = new Cap()
  const buffer = Buffer.allocUnsafeSlow(LARGEST)
  kept.push(device, buffer)
  device.on('packet', (bytes, isCut) => onPacket(buffer, bytes, isCut))
  try {
    return linkTypeNumber(device.open(request.interface, request.filter, request.bufferMegabytes * MEGABYTE, buffer))
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause))
  }
}

async function capture(request: CaptureRequest): Promise<void> {
  const most = request.snaplen || LARGEST
  const output = new Output()
  const linkType = await open(request, (buffer, bytes, isCut) => {
    output.packet(buffer, Math.min(bytes, most), isCut ? bytes + 1 : bytes)
  })
  output.header(linkType, most)
  setInterval(() => output.flush(), EVERY_MS)
  const end = () => {
    output.flush()
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.stdin.on('end', end).resume()
}

const [task, argument = ''] = process.argv.slice(2)
if (task === 'list') {
  for (const { name, description } of (await load()).deviceList()) writeSync(1, `${name} ${description ?? ''}\n`)
} else if (task === 'probe') {
  await open({ interface: argument, filter: '', snaplen: 0, bufferMegabytes: 1 }, () => {})
  process.exit(0)
} else await capture(JSON.parse(argument))
