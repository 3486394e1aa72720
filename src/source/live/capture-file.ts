/**
 * The file of `-w`: what comes from an interface, kept as pcapng. Only whole blocks are handed to the system, so that
 * the file can be read at every moment, also after `kill -9`.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Packet, PacketSink, TimeBase } from '../../capture/packet.ts'
import {
  interfaceDescription,
  interfaceStatistics,
  packetBlockLength,
  sectionHeader,
  writePacket,
} from '../../capture/pcapng-writer.ts'
import type { CaptureRequest } from './engine.ts'

/** Collected before it is written, unless `flush` comes first. */
const PIECE = 256 * 1024

export class CaptureFile implements PacketSink {
  readonly #descriptor: number
  readonly #request: CaptureRequest
  readonly #timeBase: TimeBase
  readonly #onFailure: (error: Error) => void
  /** Number of each interface in the file, by number in the stream and link type. */
  readonly #interfaces: Map<string, number> = new Map()
  #piece: Uint8Array = new Uint8Array(PIECE)
  #length = 0
  #lastNs = 0
  #hasFailed = false

  /**
   * Writes over a file that is there. Throws what the system says when it cannot be opened.
   *
   * @param onFailure - called once, when it cannot be written any more; what comes after is not kept
   */
  constructor(path: string, request: CaptureRequest, timeBase: TimeBase, onFailure: (error: Error) => void) {
    this.#descriptor = openSync(path, 'w')
    this.#request = request
    this.#timeBase = timeBase
    this.#onFailure = onFailure
    this.#append(sectionHeader('finwait'))
    this.flush()
  }

  packet(packet: Packet): void {
    const id = this.#interfaceOf(packet)
    const length = packetBlockLength(packet)
    this.#makeRoom(length)
    writePacket(this.#piece, this.#length, packet, id, this.#timeBase.seconds ?? 0)
    this.#length += length
    this.#lastNs = packet.timeNs
  }

  #interfaceOf({ interfaceId, linkType }: Packet): number {
    const key = `${interfaceId} ${linkType}`
    const known = this.#interfaces.get(key)
    if (known !== undefined) return known
    const { interface: name, snaplen, filter } = this.#request
    this.#append(interfaceDescription({ linkType, snaplen, name, filter }))
    this.#interfaces.set(key, this.#interfaces.size)
    return this.#interfaces.size - 1
  }

  #append(block: Uint8Array): void {
    this.#makeRoom(block.length)
    this.#piece.set(block, this.#length)
    this.#length += block.length
  }

  #makeRoom(length: number): void {
    if (this.#length + length > this.#piece.length) this.flush()
    if (length > this.#piece.length) this.#piece = new Uint8Array(length)
  }

  /** Hands over to the system what has been collected. */
  flush(): void {
    try {
      for (let at = 0; at < this.#length && !this.#hasFailed; ) {
        at += writeSync(this.#descriptor, this.#piece, at, this.#length - at)
      }
    } catch (cause) {
      this.#hasFailed = true
      this.#onFailure(cause instanceof Error ? cause : new Error(String(cause)))
    }
    this.#length = 0
  }

  /** Ends the file; `dropped`: packets that are not in it because they were lost; null when nobody counted. */
  close(dropped: number | null): void {
    if (dropped !== null && this.#interfaces.size > 0) {
      this.#append(interfaceStatistics(0, this.#timeBase.seconds ?? 0, this.#lastNs, dropped))
    }
    this.flush()
    closeSync(this.#descriptor)
  }
}
