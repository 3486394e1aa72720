import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { TimeBase } from '../../src/capture/packet.ts'
import { listCaptures } from '../../src/source/list-captures.ts'
import { readCapture, readCaptureStream } from '../../src/source/read-capture.ts'
import { SourceError } from '../../src/source/source-error.ts'
import { type CapturedPacket, enhancedPacket, interfaceDescription, pcap, pcapng } from '../support/build-capture.ts'
import { PacketCollector } from '../support/collect-packets.ts'
import { hasProgram, requirement } from '../support/require.ts'

const folder = mkdtempSync(join(tmpdir(), 'finwait-source-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** Packets whose bytes do not compress, so that a compressed capture has many chunks. */
function packetsOf(count: number, length: number): CapturedPacket[] {
  let state = 1
  const nextByte = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return state >> 16
  }
  return Array.from({ length: count }, (_, index) => ({
    seconds: 1_700_000_000 + index,
    data: Uint8Array.from({ length }, nextByte),
  }))
}

async function read(path: string, options: { signal?: AbortSignal } = {}) {
  const collector = new PacketCollector()
  const result = await readCapture(path, collector, collector.timeBase, { fileIndex: 0, ...options })
  return { ...result, packets: collector.packets }
}

/** Root may read everything, so that what it may not has to be asked as somebody else. */
async function asNobody<Value>(ask: () => Promise<Value>): Promise<Value> {
  if (process.getuid?.() !== 0) return ask()
  process.seteuid?.(65_534)
  try {
    return await ask()
  } finally {
    process.seteuid?.(0)
  }
}

const few = packetsOf(3, 40)
const bytes = pcap(packetsOf(2_000, 600))

describe('a file', () => {
  it('is read over many chunks, with records that lie across their borders', async () => {
    const { packets, info, error, compression } = await read(write('plain.pcap', bytes))
    expect({ error, compression }).toEqual({ error: null, compression: 'none' })
    expect(info).toMatchObject({ packets: 2_000, bytes: 1_200_000, cutShort: false })
    expect(packets.map((packet) => packet.data.length)).toEqual(Array(2_000).fill(1_200))
    expect(packets.at(-1)?.time).toBe(1_700_001_999_000_000_000n)
  })

  it('may have a record longer than the buffer', async () => {
    const long = pcap([...few, { seconds: 1, data: new Uint8Array(3_000_000).fill(7) }, ...few], { linkType: 231 })
    const { packets, error } = await read(write('long.pcap', long))
    expect(error).toBeNull()
    expect(packets.map((packet) => packet.data.length / 2)).toEqual([40, 40, 40, 3_000_000, 40, 40, 40])
  })

  it('that is damaged gives what came before the damage', async () => {
    const damaged = bytes.slice()
    new DataView(damaged.buffer).setUint32(24 + 616 * 1_500 + 8, 0xffff_fff0, true)
    const { packets, error } = await read(write('damaged.pcap', damaged))
    expect(packets.length).toBe(1_500)
    expect(error).toMatchObject({ code: 'record-length', offset: 24 + 616 * 1_500 })
  })

  it('that claims a record of 128 MB takes no such memory', async () => {
    const claiming = pcap([{ seconds: 1, data: new Uint8Array(10) }], { linkType: 231 })
    new DataView(claiming.buffer).setUint32(24 + 8, 128 * 1024 * 1024, true)
    const path = write('claiming.pcap', claiming)
    const before = process.memoryUsage().arrayBuffers
    const { info } = await read(path)
    expect(info.cutShort).toBe(true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
  })

  it('tells its progress, and stops when it is asked to', async () => {
    const path = write('large.pcap', Buffer.concat([bytes.subarray(0, 24), ...Array(12).fill(bytes.subarray(24))]))
    const size = 24 + 12 * (bytes.length - 24)
    const seen: [number, number | null, number][] = []
    const stop = new AbortController()
    const collector = new PacketCollector()
    const { info, error } = await readCapture(path, collector, collector.timeBase, {
      fileIndex: 0,
      signal: stop.signal,
      onProgress(...progress) {
        seen.push(progress)
        if (seen.length === 2) stop.abort()
      },
    })
    expect(error).toBeNull()
    expect(seen.length).toBe(2)
    expect(seen.every(([read, total, packets]) => read < size && total === size && packets > 0)).toBe(true)
    expect(info.packets).toBe(seen[1]?.[2])
    expect(info.packets).toBeLessThan(24_000)
  })

  it('lets what the sink throws pass', async () => {
    const path = write('throws.pcap.gz', gzipSync(pcap(few)))
    const sink = {
      packet() {
        throw new RangeError('of the sink')
      },
    }
    await expect(readCapture(path, sink, new TimeBase(), { fileIndex: 0 })).rejects.toThrow('of the sink')
  })

  it('of several shares the origin of time with the others', async () => {
    const collector = new PacketCollector()
    for (const [fileIndex, seconds] of [100, 90].entries()) {
      const path = write(`part${fileIndex}.pcap`, pcap([{ seconds, nanoseconds: 5_000, data: new Uint8Array(1) }]))
      await readCapture(path, collector, collector.timeBase, { fileIndex })
    }
    expect(collector.packets.map(({ fileIndex, time }) => [fileIndex, time])).toEqual([
      [0, 100_000_005_000n],
      [1, 90_000_005_000n],
    ])
  })
})

describe('a path', () => {
  it.each([
    ['that is not there', 'nowhere.pcap', 'ENOENT', 'no such file'],
    ['through a file', 'plain.pcap/inside', 'ENOTDIR', 'a part of its path is no directory'],
    ['of a directory', '.', 'EISDIR', 'it is a directory'],
  ])('%s is an error of one line', async (_name, path, code, message) => {
    write('plain.pcap', bytes)
    const { error } = await read(join(folder, path))
    expect(error).toBeInstanceOf(SourceError)
    expect(error).toMatchObject({ code, message, offset: 0 })
  })

  it('that may not be read is an error of one line', async () => {
    const path = write('secret.pcap', bytes)
    chmodSync(path, 0)
    const { error } = await asNobody(() => read(path))
    expect(error).toMatchObject({ code: 'EACCES', message: 'no permission to read it' })
  })

  it('of a directory stands for the captures in it, known by their bytes', () => {
    const directory = join(folder, 'many')
    mkdirSync(join(directory, 'deeper'), { recursive: true })
    write('many/b.pcapng', pcapng())
    write('many/a-capture-without-suffix', pcap([]))
    write('many/c.pcap.gz', gzipSync(pcap([])))
    write('many/notes.txt.gz', gzipSync('notes'))
    write('many/d.pcap', new TextEncoder().encode('no capture'))
    expect(listCaptures(directory)).toEqual(
      ['a-capture-without-suffix', 'b.pcapng', 'c.pcap.gz'].map((name) => join(directory, name)),
    )
    expect(listCaptures('-')).toEqual(['-'])
    expect(() => listCaptures(join(folder, 'nowhere'))).toThrow(SourceError)
  })
})

describe('gzip', () => {
  it('is known by its bytes, whatever the name', async () => {
    const { packets, compression, error } = await read(write('zipped.pcap', gzipSync(bytes)))
    expect({ compression, error }).toEqual({ compression: 'gzip', error: null })
    expect(packets.length).toBe(2_000)
  })

  it('may be of several members', async () => {
    const members = Buffer.concat([gzipSync(bytes.subarray(0, 700_001)), gzipSync(bytes.subarray(700_001))])
    const { packets, info } = await read(write('members.pcap.gz', members))
    expect(packets.length).toBe(2_000)
    expect(info.cutShort).toBe(false)
  })

  it.each([1, 600, 1_000_000])('may be followed by %i bytes of padding', async (length) => {
    const padded = Buffer.concat([gzipSync(bytes), Buffer.alloc(length)])
    const { packets, info, error } = await read(write('padded.pcap.gz', padded))
    expect({ error, cutShort: info.cutShort }).toEqual({ error: null, cutShort: false })
    expect(packets.length).toBe(2_000)
  })

  it('that is cut keeps its tail, and is cut short even where its last record is whole', async () => {
    const { packets, info, error } = await read(write('cut.pcap.gz', gzipSync(bytes).subarray(0, -9)))
    expect({ error, cutShort: info.cutShort }).toEqual({ error: null, cutShort: true })
    expect(packets.length).toBeGreaterThan(1_990)
    const noTrailer = await read(write('trailer.pcap.gz', gzipSync(bytes).subarray(0, -4)))
    expect(noTrailer.packets.length).toBe(2_000)
    expect(noTrailer.info.cutShort).toBe(true)
  })

  it('that is damaged gives what came before but for the last 256 KB, and says where in the capture', async () => {
    const header = gzipSync('').subarray(0, 10)
    const damaged = Buffer.concat([gzipSync(bytes.subarray(0, 700_001)), header, Buffer.alloc(100, 0xff)])
    const { packets, error } = await read(write('damaged.pcap.gz', damaged))
    expect(packets.length).toBeGreaterThan((700_000 - 256 * 1024) / 616 - 1)
    expect(error?.code).toBe('compression')
    expect(error?.message).toMatch(/^expected gzip data, found damage within the first \d+ bytes of the file: /)
    expect(error?.offset).toBe(24 + 616 * packets.length)
  })

  it('of something else says of what', async () => {
    const { error } = await read(write('text.pcap.gz', gzipSync('hello')))
    expect(error?.message).toBe('expected a pcap, pcapng, snoop or NetMon capture, found a gzip of a text file')
    const empty = await read(write('empty.pcap.gz', gzipSync('')))
    expect(empty.error?.message).toBe('expected a pcap, pcapng, snoop or NetMon capture, found a gzip of an empty file')
  })
})

describe.each([
  ['zstd', 'a zstd', ['-q', '-c']],
  ['lz4', 'an lz4', ['-q', '-c', '-B4']],
])('%s', (program, article, options) => {
  const packer = requirement(program, hasProgram(program), `the program ${program} is not installed`)
  const pack = (input: Uint8Array) => spawnSync(program, options, { input, maxBuffer: 1 << 28 }).stdout

  packer('as its program writes it', () => {
    it('is read, frame after frame', async () => {
      const frames = Buffer.concat([pack(bytes.subarray(0, 700_001)), pack(bytes.subarray(700_001))])
      const { packets, compression, error, info } = await read(write(`frames.${program}`, frames))
      expect({ compression, error, cutShort: info.cutShort }).toEqual({
        compression: program,
        error: null,
        cutShort: false,
      })
      expect(packets.length).toBe(2_000)
    })

    it('that is cut keeps its whole blocks, and is cut short', async () => {
      const { packets, error, info } = await read(write(`cut.${program}`, pack(bytes).subarray(0, -100_000)))
      expect({ error, cutShort: info.cutShort }).toEqual({ error: null, cutShort: true })
      expect(packets.length).toBeGreaterThan(500)
    })

    it('that is damaged is an error, not a crash', async () => {
      const damaged = Buffer.from(pack(bytes))
      damaged.fill(0xff, 700_000)
      const { error, packets } = await read(write(`damaged.${program}`, damaged))
      expect(error?.code).toBe('compression')
      expect(packets.length).toBeGreaterThan(500)
    })

    it('that is followed by something else gives its packets, then an error', async () => {
      const followed = Buffer.concat([pack(pcap(few)), Buffer.from('something else')])
      const { packets, error } = await read(write(`followed.${program}`, followed))
      expect(packets.length).toBe(3)
      expect(error?.message).toMatch(`at byte ${followed.length - 14} of the compressed file: expected the start of a`)
    })

    it('that is cut before its first block ends says so', async () => {
      const { error } = await read(write(`begun.${program}`, pack(bytes).subarray(0, 1_000)))
      expect(error?.message).toBe(`expected ${program} data, found it cut short before anything could be unpacked`)
    })

    it('of something else says of what', async () => {
      const { error } = await read(write(`text.${program}`, pack(new TextEncoder().encode('hello'))))
      expect(error?.message).toBe(`expected a pcap, pcapng, snoop or NetMon capture, found ${article} of a text file`)
    })
  })
})

describe('a stream', () => {
  it('hands packets over as they arrive, before the next one', async () => {
    const stream = new PassThrough()
    const collector = new PacketCollector()
    const reading = readCaptureStream(stream, collector, collector.timeBase, { fileIndex: 0 })
    const capture = pcap(few)
    const counts: number[] = []
    let start = 0
    for (const end of [24, 24 + 30, 24 + 56, 24 + 2 * 56]) {
      stream.write(capture.subarray(start, end))
      start = end
      await new Promise((resolve) => setTimeout(resolve, 20))
      counts.push(collector.packets.length)
    }
    stream.end()
    const { info, error } = await reading
    expect(counts).toEqual([0, 0, 1, 2])
    expect({ error, cutShort: info.cutShort }).toEqual({ error: null, cutShort: false })
  })

  it('may be compressed, and may begin in pieces of one byte', async () => {
    const stream = new PassThrough()
    const collector = new PacketCollector()
    const reading = readCaptureStream(stream, collector, collector.timeBase, { fileIndex: 0 })
    for (const byte of gzipSync(pcap(few))) stream.write(Uint8Array.of(byte))
    stream.end()
    expect((await reading).compression).toBe('gzip')
    expect(collector.packets.length).toBe(3)
  })

  it('that ends before a byte came is empty', async () => {
    const stream = new PassThrough()
    stream.end()
    const { error } = await readCaptureStream(stream, new PacketCollector(), new TimeBase(), { fileIndex: 0 })
    expect(error?.code).toBe('empty')
  })

  it('is left where it waits when it is asked to stop', async () => {
    const stream = new PassThrough()
    const collector = new PacketCollector()
    const stop = new AbortController()
    const options = { fileIndex: 0, signal: stop.signal }
    const reading = readCaptureStream(stream, collector, collector.timeBase, options)
    stream.write(pcap(few).subarray(0, -10))
    setTimeout(() => stop.abort(), 20)
    const { info, error } = await reading
    expect(error).toBeNull()
    expect(info.packets).toBe(2)
  })
})

const mkfifo = requirement('mkfifo', hasProgram('mkfifo'), 'the program mkfifo is not installed')
mkfifo('a named pipe', () => {
  it('is read as a stream', async () => {
    const path = join(folder, 'pipe')
    spawnSync('mkfifo', [path])
    const source = write(
      'through-pipe.pcapng',
      pcapng(interfaceDescription(), ...few.map((each) => enhancedPacket(each))),
    )
    const writer = spawn('sh', ['-c', 'exec cat "$0" > "$1"', source, path])
    const { packets, error } = await read(path)
    writer.kill()
    expect(error).toBeNull()
    expect(packets.length).toBe(3)
  })
})
