/**
 * The addresses and ports of a segment as words to compare, and their hash: the same in both directions, and without the
 * path, so that copies of one packet on two paths meet. One is filled again and again, once a segment.
 */
import type { Segment } from '../decode/segment.ts'

/** Scatters 32 bits. */
export function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

/** Four words as one. */
export function fold(a: number, b: number, c: number, d: number, seed: number): number {
  return mix(mix(mix(mix(a ^ seed) ^ b) ^ c) ^ d)
}

export class Tuple {
  /** Of its sender: IPv4, or IPv6 folded to 32 bits. */
  source = 0
  destination = 0
  /** source port << 16 | destination port, and the other way round. */
  ports = 0
  portsBack = 0
  isIpv6 = false
  hash = 0
  private readonly seed: number

  /** `seed`: so that nobody can aim 4-tuples at one slot. */
  constructor(seed: number) {
    this.seed = seed
  }

  read(segment: Segment): void {
    const { sourcePort, destinationPort } = segment
    this.isIpv6 = segment.family === 6
    if (this.isIpv6) this.foldAddresses(segment)
    else {
      this.source = segment.source0
      this.destination = segment.destination0
    }
    this.ports = (sourcePort << 16) | destinationPort
    this.portsBack = (destinationPort << 16) | sourcePort
    this.hash = this.hashOf(this.source, sourcePort, this.destination, destinationPort)
  }

  /** Takes on addresses and ports as `read` left them. */
  restore(source: number, destination: number, ports: number, isIpv6: boolean): void {
    this.source = source
    this.destination = destination
    this.ports = ports
    this.portsBack = (ports << 16) | (ports >>> 16)
    this.isIpv6 = isIpv6
    this.hash = this.hashOf(source, ports >>> 16, destination, ports & 0xffff)
  }

  private foldAddresses(segment: Segment): void {
    const { seed } = this
    const { destination0, destination1, destination2, destination3 } = segment
    this.source = fold(segment.source0, segment.source1, segment.source2, segment.source3, seed)
    this.destination = fold(destination0, destination1, destination2, destination3, seed)
  }

  /** The hash of addresses as they are here, and ports. */
  hashOf(a: number, portA: number, b: number, portB: number): number {
    return mix((this.hashOfEnd(a, portA) + this.hashOfEnd(b, portB)) | 0)
  }

  /** The address is scattered first: beside it, a port could undo what the seed does. */
  private hashOfEnd(address: number, port: number): number {
    return mix(mix(address ^ this.seed) ^ Math.imul(port, 0x9e3779b1))
  }
}
