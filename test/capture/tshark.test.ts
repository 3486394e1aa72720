/**
 * tshark must read the same frames: numbers, times and lengths, of every format and of captures from a real kernel.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { block, enhancedPacket, interfaceDescription, pcapng } from '../support/build-capture.ts'
import { collect } from '../support/collect-packets.ts'
import { hasProgram, requirement } from '../support/require.ts'
import { bytesOf, FORMATS, PACKETS } from './formats.ts'

const fixtures = new URL('../../fixtures/', import.meta.url)
const recorded = readdirSync(fixtures)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, fixtures))) }))

const tshark = requirement('tshark', hasProgram('tshark'), 'the program tshark is not installed')
tshark('tshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finwait-agreement-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Frame, time, both lengths and interface of each frame, as tshark prints them. */
  function dissect(bytes: Uint8Array): { frame: number; time: string; originalLength: number; length: number }[] {
    const file = join(folder, 'capture')
    writeFileSync(file, bytes)
    const fields = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len'].flatMap((field) => ['-e', field])
    const { stdout } = spawnSync('tshark', ['-n', '-r', file, '-T', 'fields', ...fields], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    })
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
      .map(([frame, time, original, captured]) => ({
        frame: Number(frame),
        time: time ?? '',
        originalLength: Number(original),
        length: Number(captured),
      }))
  }

  function ours(bytes: Uint8Array) {
    return collect(bytes).packets.map(({ frame, time, originalLength, data }) => ({
      frame,
      time: seconds(time ?? 0n),
      originalLength,
      length: data.length / 2,
    }))
  }

  const seconds = (time: bigint) => `${time / 1_000_000_000n}.${(time % 1_000_000_000n).toString().padStart(9, '0')}`
  // Versions of tshark differ about the time of a packet that has none.
  const timed = FORMATS.filter(({ name }) => name !== 'pcapng, every kind of block')

  it('numbers the same blocks as frames', () => {
    const packet = enhancedPacket(PACKETS[0]!)
    const journal = new TextEncoder().encode('__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hello\n')
    const types = [0x7777, 0xbad, 0x4000_0bad, 0x204]
    const blocks = types.flatMap((type) => [block(type, bytesOf(40)), packet])
    const bytes = pcapng(interfaceDescription(), ...blocks, block(9, journal), packet)
    const lengths = new Map(dissect(bytes).map((each) => [each.frame, each.length]))
    expect(ours(bytes).map((each) => lengths.get(each.frame))).toEqual(Array(5).fill(60))
  })

  it.each([...timed, ...recorded])('reads the same frames: $name', ({ bytes }) => {
    const theirs = dissect(bytes)
    expect(theirs.length).toBeGreaterThan(0)
    expect(ours(bytes)).toEqual(theirs)
  })
})
