/**
 * Names of addresses, as the captures themselves tell them: name resolution blocks of pcapng, and DNS answers that passed
 * by. Nobody is asked. They are chosen by strangers: escape before printing.
 */
import { addressText, parseAddress } from '../bytes/address.ts'
import type { CaptureName } from '../capture/info.ts'
import { visitDnsAddresses } from '../decode/dns.ts'
import type { Segment } from '../decode/segment.ts'

/** DNS, multicast DNS and LLMNR. */
const DNS_PORTS: readonly number[] = [53, 5353, 5355]

export class Names {
  /** Names that were too many to be kept. */
  untold = 0
  private readonly maximum: number
  /** By address: of blocks, and of answers, the last one of an address. */
  private readonly written: Map<string, string> = new Map()
  private readonly answered: Map<string, string> = new Map()

  constructor(maximum: number) {
    this.maximum = maximum
  }

  /** Null when no capture has named that address yet. What a block says holds, whatever was answered. */
  of(address: string): string | null {
    return this.written.get(address) ?? this.answered.get(address) ?? null
  }

  /** Takes the names that a capture has in its blocks; the first of an address stays. */
  addWritten(names: readonly CaptureName[]): void {
    for (const { address, name } of names) {
      const text = textAt(new DataView(address.buffer, address.byteOffset), 0, address.length)
      if (!this.written.has(text)) this.put(this.written, text, name)
    }
  }

  /** Takes a UDP datagram in, which may be a DNS answer. */
  hear({ sourcePort, view, payloadOffset, payloadCaptured }: Segment): void {
    if (!DNS_PORTS.includes(sourcePort)) return
    visitDnsAddresses(view, payloadOffset, payloadOffset + payloadCaptured, (name, at, length) => {
      this.put(this.answered, textAt(view, at, length), name)
    })
  }

  /** A name that reads like an address would be taken for one. */
  private put(names: Map<string, string>, address: string, name: string): void {
    if (parseAddress(name) !== null) return
    if (names.has(address) || this.written.size + this.answered.size < this.maximum) names.set(address, name)
    else this.untold++
  }
}

function textAt(view: DataView, at: number, length: number): string {
  const word = (index: number): number => (length === 16 ? view.getInt32(at + 4 * index) : 0)
  return length === 4 ? addressText(4, view.getInt32(at), 0, 0, 0) : addressText(6, word(0), word(1), word(2), word(3))
}
