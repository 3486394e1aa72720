/**
 * Writers of small captures for tests: classic pcap and pcapng, byte for byte as asked, also wrong on purpose.
 *
 * Nothing here is shared with `src/capture`: a reader tested against a writer built on its own code agrees with
 * itself in its mistakes. Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */

/** A packet to write. Times are since 1970; what is cut from `data` is told by a larger `originalLength`. */
export interface CapturedPacket {
  seconds: number
  /** Within the second; 0 when left out. Formats with microseconds drop the last three digits. */
  nanoseconds?: number
  data: Uint8Array
  /** Length on the wire; that of `data` when left out. */
  originalLength?: number
}

export interface PcapOptions {
  /** Nanosecond magic and fractions. Default false. */
  nanoseconds?: boolean
  /** Byte order of the writer. Default true. */
  littleEndian?: boolean
  /** The 32 bits of the header's last field, FCS bits included. Default 1, Ethernet. */
  linkType?: number
  /** Default 262144. */
  snapLength?: number
  /** Instead of the magic that `nanoseconds` chooses. */
  magic?: number
  version?: readonly [major: number, minor: number]
  /** Bytes that a variant puts between the 16 bytes of the record header and the data. */
  recordExtra?: Uint8Array
  /** Bytes that a variant puts between the file header and the first record. */
  headerExtra?: Uint8Array
  /** The original length first, as before version 2.3. */
  swapLengths?: boolean
}

/** A classic capture. */
export function pcap(packets: readonly CapturedPacket[], options: PcapOptions = {}): Uint8Array {
  const little = options.littleEndian ?? true
  const nanoseconds = options.nanoseconds ?? false
  const out = new Writer(little)
  out.u32(options.magic ?? (nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4))
  out.u16(options.version?.[0] ?? 2).u16(options.version?.[1] ?? 4)
  out.u32(0).u32(0)
  out
    .u32(options.snapLength ?? 262_144)
    .u32(options.linkType ?? 1)
    .bytes(options.headerExtra ?? new Uint8Array(0))
  for (const packet of packets) {
    const fraction = packet.nanoseconds ?? 0
    out.u32(packet.seconds).u32(nanoseconds ? fraction : Math.floor(fraction / 1000))
    const lengths = [packet.data.length, packet.originalLength ?? packet.data.length]
    if (options.swapLengths) lengths.reverse()
    out.u32(lengths[0]!).u32(lengths[1]!)
    out.bytes(options.recordExtra ?? new Uint8Array(0)).bytes(packet.data)
  }
  return out.done()
}

/** A snoop capture (RFC 1761); `droppedAtEnd` is the cumulative count of the last packet. */
export function snoop(packets: readonly CapturedPacket[], datalink = 4, droppedAtEnd = 0): Uint8Array {
  const out = new Writer(false)
  out.bytes(new TextEncoder().encode('snoop\0\0\0')).u32(2).u32(datalink)
  packets.forEach((packet, index) => {
    const length = packet.data.length
    out.u32(packet.originalLength ?? length).u32(length)
    out.u32(24 + Math.ceil(length / 4) * 4).u32(index === packets.length - 1 ? droppedAtEnd : 0)
    out.u32(packet.seconds).u32(Math.floor((packet.nanoseconds ?? 0) / 1000))
    out.bytes(packet.data).pad()
  })
  return out.done()
}

/**
 * A NetMon capture of version 1.0, or 2.0 to 2.3 with its trailers; the first packet's millisecond starts it. The table of
 * its frames comes last.
 */
export function netmon(
  packets: readonly CapturedPacket[],
  { major = 2, minor = 0, network = 1 }: { major?: 1 | 2; minor?: 0 | 1 | 2 | 3; network?: number } = {},
): Uint8Array {
  const { seconds = 0, nanoseconds = 0 } = packets[0] ?? {}
  const start = new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6))
  const frames = new Writer(true)
  const offsets: number[] = []
  for (const packet of packets) {
    offsets.push(128 + frames.length)
    const since = (packet.seconds - start.getTime() / 1000) * 1e6 + (packet.nanoseconds ?? 0) / 1000
    const original = packet.originalLength ?? packet.data.length
    if (major === 1)
      frames
        .u32(Math.floor(since / 1000))
        .u16(original)
        .u16(packet.data.length)
    else
      frames
        .u64(BigInt(Math.round(since)))
        .u32(original)
        .u32(packet.data.length)
    frames.bytes(packet.data)
    if (minor > 0) frames.u16(network)
    if (minor > 1) frames.u32(0)
    const units = (BigInt(packet.seconds) + 11_644_473_600n) * 10_000_000n + BigInt((packet.nanoseconds ?? 0) / 100)
    if (minor > 2) frames.u64(units).bytes(new Uint8Array(1))
  }
  const out = new Writer(true).bytes(new TextEncoder().encode(major === 1 ? 'RTSS' : 'GMBU'))
  out.bytes(Uint8Array.of(minor, major)).u16(network)
  out
    .u16(start.getUTCFullYear())
    .u16(start.getUTCMonth() + 1)
    .u16(start.getUTCDay())
    .u16(start.getUTCDate())
  out.u16(start.getUTCHours()).u16(start.getUTCMinutes()).u16(start.getUTCSeconds()).u16(start.getUTCMilliseconds())
  out
    .u32(128 + frames.length)
    .u32(4 * offsets.length)
    .bytes(new Uint8Array(96))
    .bytes(frames.done())
  for (const offset of offsets) out.u32(offset)
  return out.done()
}

/** A pcapng block before the byte order of its section is known. */
export interface Block {
  type: number
  body(out: Writer): void
  /** Set on a section header: the byte order of everything up to the next one. */
  littleEndian?: boolean
  /** Written into the leading length instead of the true one. */
  lyingLength?: number
  /** Written into the trailing length instead of the true one. */
  lyingTrailer?: number
}

/** An option of a block. Numbers take the byte order of the section: write `['u8' | 'u32' | 'u64', value]`. */
export interface Option {
  code: number
  value: Uint8Array | string | ['u8' | 'u32', number] | ['u64', bigint]
  /** Written instead of the true length. */
  lyingLength?: number
}

/** A capture of these blocks; starts with a little-endian section header unless the first block is one. */
export function pcapng(...blocks: Block[]): Uint8Array {
  const all = blocks[0]?.littleEndian === undefined ? [section(), ...blocks] : blocks
  let little = true
  const out = new Writer(little)
  for (const block of all) {
    little = block.littleEndian ?? little
    out.bytes(encodeBlock(block, little))
  }
  return out.done()
}

function encodeBlock(block: Block, little: boolean): Uint8Array {
  const body = new Writer(little)
  block.body(body)
  body.pad()
  const total = body.length + 12
  const out = new Writer(little)
  out.u32(block.type).u32(block.lyingLength ?? total)
  return out
    .bytes(body.done())
    .u32(block.lyingTrailer ?? total)
    .done()
}

/** Section Header Block. */
export function section(
  fields: { littleEndian?: boolean; version?: [number, number]; length?: bigint; options?: Option[] } = {},
): Block {
  return {
    type: 0x0a0d0d0a,
    littleEndian: fields.littleEndian ?? true,
    body(out) {
      out
        .u32(0x1a2b3c4d)
        .u16(fields.version?.[0] ?? 1)
        .u16(fields.version?.[1] ?? 0)
      out.u64(fields.length ?? 0xffff_ffff_ffff_ffffn)
      writeOptions(out, fields.options)
    },
  }
}

/** Interface Description Block. `resolution` is if_tsresol's byte (6: µs, 9: ns, 0x80 | n: 2^-n s). */
export function interfaceDescription(
  fields: {
    linkType?: number
    snapLength?: number
    name?: string
    resolution?: number
    offsetSeconds?: bigint
    fcsLength?: number
    options?: Option[]
  } = {},
): Block {
  const options: Option[] = []
  if (fields.name !== undefined) options.push({ code: 2, value: fields.name })
  if (fields.resolution !== undefined) options.push({ code: 9, value: ['u8', fields.resolution] })
  if (fields.fcsLength !== undefined) options.push({ code: 13, value: ['u8', fields.fcsLength] })
  if (fields.offsetSeconds !== undefined) options.push({ code: 14, value: ['u64', fields.offsetSeconds] })
  options.push(...(fields.options ?? []))
  return {
    type: 1,
    body(out) {
      out
        .u16(fields.linkType ?? 1)
        .u16(0)
        .u32(fields.snapLength ?? 0)
      writeOptions(out, options)
    },
  }
}

export interface PacketBlockFields {
  interfaceId?: number
  /** Units of the interface a second, as `resolution` says there. Default 1,000,000. */
  unitsPerSecond?: bigint
  options?: Option[]
  /** Written instead of the true captured length. */
  lyingLength?: number
}

/** Enhanced Packet Block. */
export function enhancedPacket(packet: CapturedPacket, fields: PacketBlockFields = {}): Block {
  return {
    type: 6,
    body(out) {
      out.u32(fields.interfaceId ?? 0)
      writePacket(out, packet, fields)
    },
  }
}

/** Packet Block, obsolete: 16 bits of interface, 16 bits of drop count. */
export function packetBlock(packet: CapturedPacket, fields: PacketBlockFields = {}): Block {
  return {
    type: 2,
    body(out) {
      out.u16(fields.interfaceId ?? 0).u16(0xffff)
      writePacket(out, packet, fields)
    },
  }
}

function writePacket(out: Writer, packet: CapturedPacket, fields: PacketBlockFields): void {
  const units = fields.unitsPerSecond ?? 1_000_000n
  const stamp = BigInt(packet.seconds) * units + (BigInt(packet.nanoseconds ?? 0) * units) / 1_000_000_000n
  out.u32(Number((stamp >> 32n) & 0xffff_ffffn)).u32(Number(stamp & 0xffff_ffffn))
  out.u32(fields.lyingLength ?? packet.data.length).u32(packet.originalLength ?? packet.data.length)
  out.bytes(packet.data).pad()
  writeOptions(out, fields.options)
}

/** Simple Packet Block: no time, no interface; the interface's snap length cuts it. */
export function simplePacket(data: Uint8Array, originalLength = data.length): Block {
  return { type: 3, body: (out) => void out.u32(originalLength).bytes(data) }
}

/** Name Resolution Block of IPv4 (4 bytes) and IPv6 (16 bytes) addresses. */
export function nameResolution(records: readonly { address: Uint8Array; names: string[] }[]): Block {
  return {
    type: 4,
    body(out) {
      for (const { address, names } of records) {
        const text = new TextEncoder().encode(names.map((name) => `${name}\0`).join(''))
        out.u16(address.length === 4 ? 1 : 2).u16(address.length + text.length)
        out.bytes(address).bytes(text).pad()
      }
      out.u32(0)
    },
  }
}

/** Interface Statistics Block; `dropped` becomes isb_ifdrop. */
export function interfaceStatistics(fields: { interfaceId?: number; dropped?: bigint; options?: Option[] }): Block {
  const options = [...(fields.options ?? [])]
  if (fields.dropped !== undefined) options.push({ code: 5, value: ['u64', fields.dropped] })
  return {
    type: 5,
    body(out) {
      out
        .u32(fields.interfaceId ?? 0)
        .u32(0)
        .u32(0)
      writeOptions(out, options)
    },
  }
}

/** Any other block: Decryption Secrets (10), Custom (0xbad), or one that nobody knows. */
export function block(type: number, body: Uint8Array): Block {
  return { type, body: (out) => void out.bytes(body) }
}

function writeOptions(out: Writer, options: readonly Option[] = []): void {
  if (options.length === 0) return
  for (const option of options) {
    const value = new Writer(out.littleEndian)
    if (typeof option.value === 'string') value.bytes(new TextEncoder().encode(option.value))
    else if (option.value instanceof Uint8Array) value.bytes(option.value)
    else if (option.value[0] === 'u64') value.u64(option.value[1])
    else if (option.value[0] === 'u32') value.u32(option.value[1])
    else value.u8(option.value[1])
    out.u16(option.code).u16(option.lyingLength ?? value.length)
    out.bytes(value.done()).pad()
  }
  out.u32(0)
}

/** Bytes in one byte order, appended. */
class Writer {
  readonly littleEndian: boolean
  private readonly data: number[] = []

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian
  }

  get length(): number {
    return this.data.length
  }

  u8(value: number): this {
    this.data.push(value & 0xff)
    return this
  }

  u16(value: number): this {
    return this.littleEndian ? this.u8(value).u8(value >>> 8) : this.u8(value >>> 8).u8(value)
  }

  u32(value: number): this {
    return this.littleEndian ? this.u16(value).u16(value >>> 16) : this.u16(value >>> 16).u16(value)
  }

  u64(value: bigint): this {
    const high = Number((value >> 32n) & 0xffff_ffffn)
    const low = Number(value & 0xffff_ffffn)
    return this.littleEndian ? this.u32(low).u32(high) : this.u32(high).u32(low)
  }

  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.data.push(byte)
    return this
  }

  /** Zeros up to a multiple of 4. */
  pad(): this {
    while (this.data.length % 4 !== 0) this.data.push(0)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.data)
  }
}
