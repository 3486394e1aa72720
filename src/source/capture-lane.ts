/**
 * One of several captures that are merged: its packets go through as long as they are older than those of the others,
 * and wait in a queue from then on. Counts what went through, as more is read than is wanted in the end.
 */
import type { CaptureInfo } from '../capture/info.ts'
import { Packet, type PacketSink, type TimeBase } from '../capture/packet.ts'
import type { ReadResult } from './capture-feed.ts'
import { type OpenCapture, openCapture } from './open-capture.ts'
import { PacketQueue } from './packet-queue.ts'

/** Short, as what a compressed capture unpacks to at once may have to wait in memory. */
const STEP_LENGTH = 64 * 1024

export class CaptureLane implements PacketSink {
  readonly fileIndex: number
  readonly #sink: PacketSink
  readonly #queue: PacketQueue = new PacketQueue()
  readonly #packet: Packet = new Packet()
  readonly #capture: OpenCapture
  readonly #signal: AbortSignal
  #isAtEnd = false
  #limitNs = Number.NEGATIVE_INFINITY
  #packets = 0
  #bytes = 0
  #firstNs: number | null = null
  #lastNs: number | null = null

  /** Throws `SourceError` when the capture cannot be opened. */
  constructor(path: string, sink: PacketSink, timeBase: TimeBase, fileIndex: number, signal: AbortSignal) {
    this.fileIndex = fileIndex
    this.#sink = sink
    this.#packet.fileIndex = fileIndex
    this.#signal = signal
    this.#capture = openCapture(path, this, timeBase, { fileIndex, signal, stepLength: STEP_LENGTH })
  }

  get bytesRead(): number {
    return this.#capture.bytesRead
  }

  get packets(): number {
    return this.#packets
  }

  /** Time of the packet that went through last. */
  get lastNs(): number | null {
    return this.#lastNs
  }

  /** Time of the packet that waits in front; -Infinity while it is not known, as nothing waits. */
  get headNs(): number {
    return this.#queue.isEmpty ? Number.NEGATIVE_INFINITY : this.#queue.headNs
  }

  /** Lets the packet in front through, and those behind it that are older than `limitNs`. */
  pass(limitNs: number): void {
    do {
      this.#queue.shift(this.#packet)
      this.#deliver(this.#packet)
    } while (!this.#queue.isEmpty && this.#queue.headNs < limitNs && !this.#signal.aborted)
  }

  /**
   * Reads a piece: what is older than `limitNs` goes through at once. Resolves to false when nothing is left to read.
   * To be called when nothing waits.
   */
  async step(limitNs: number): Promise<boolean> {
    if (this.#isAtEnd) return false
    this.#limitNs = limitNs
    const isMore = await this.#capture.step()
    this.#isAtEnd = !isMore
    return isMore
  }

  packet(packet: Packet): void {
    if (packet.timeNs < this.#limitNs && this.#queue.isEmpty && !this.#signal.aborted) this.#deliver(packet)
    else this.#queue.push(packet)
  }

  #deliver(packet: Packet): void {
    this.#packets++
    this.#bytes += packet.capturedLength
    this.#firstNs ??= packet.timeNs
    this.#lastNs = packet.timeNs
    this.#sink.packet(packet)
  }

  warn(code: string, message: string): void {
    this.#capture.result().info.warnings.push({ code, offset: 0, message })
  }

  /** The result of what went through: damage behind what still waits was not met. */
  result(): ReadResult {
    const result = this.#capture.result()
    if (this.#queue.isEmpty) return result
    this.#correct(result.info)
    return { ...result, error: null }
  }

  #correct(info: CaptureInfo): void {
    info.packets = this.#packets
    info.bytes = this.#bytes
    info.firstTimeNs = this.#firstNs
    info.lastTimeNs = this.#lastNs
  }

  close(): void {
    this.#capture.close()
  }
}
