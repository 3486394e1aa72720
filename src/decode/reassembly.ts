/**
 * IP fragments → datagrams (RFC 791 §3.2, RFC 8200 §4.5), enough to see the TCP header inside. Off the hot path, so it
 * may allocate: what it holds is bounded by `DecodeLimits` and by bytes that were captured, never by a length field.
 * Overlapping fragments are refused (RFC 5722): whoever sends them wants two readers to see two packets.
 */
import type { DecodeLimits } from './limits.ts'

/** RFC 8200 §4.5: given up 60 seconds after the first fragment. */
const TIMEOUT_NS = 60e9
/** What a fragment costs beside its bytes, so that many tiny ones are bounded too. */
const FRAGMENT_OVERHEAD = 64
const LARGEST_DATAGRAM = 65_535

interface Fragment {
  offset: number
  data: Uint8Array
}

interface Datagram {
  fragments: Fragment[]
  /** Payload bytes held. */
  held: number
  /** Payload bytes of the whole datagram; -1 before the last fragment came. */
  total: number
  /** IPv6: what the first fragment says follows. -1 before it came. */
  protocol: number
  firstNs: number
  isRefused: boolean
}

export const ReassemblyResult = { WAITING: 0, COMPLETE: 1, REFUSED: 2 } as const
export type ReassemblyResult = (typeof ReassemblyResult)[keyof typeof ReassemblyResult]

const NOTHING = new DataView(new ArrayBuffer(0))

export class Reassembly {
  /** Datagrams given up: because a limit was reached, and because their time was over. */
  evicted = 0
  expired = 0
  /** Datagrams whose fragments contradict each other. */
  refused = 0
  /** After `COMPLETE`: the payload put together, and its protocol as the first fragment gave it. */
  datagram: DataView = NOTHING
  protocol = 0

  #datagrams = new Map<string, Datagram>()
  #bytes = 0
  readonly #limits: DecodeLimits

  constructor(limits: DecodeLimits) {
    this.#limits = limits
  }

  /**
   * Takes the fragment `view[start, end)` that belongs `offset` bytes into the payload of the datagram that `key`
   * names. The bytes are copied.
   */
  add(
    key: string,
    view: DataView,
    start: number,
    end: number,
    offset: number,
    isLast: boolean,
    protocol: number,
    timeNs: number,
  ): ReassemblyResult {
    this.#expire(timeNs)
    const datagram = this.#datagramOf(key, timeNs)
    if (datagram.isRefused) return ReassemblyResult.REFUSED
    const length = end - start
    const data = new Uint8Array(view.buffer, view.byteOffset + start, length)
    const at = placeOf(datagram, offset, data, isLast)
    if (at === DUPLICATE) return ReassemblyResult.WAITING
    if (at === CONTRADICTION) return this.#refuse(datagram)
    datagram.fragments.splice(at, 0, { offset, data: data.slice() })
    datagram.held += length
    this.#bytes += length + FRAGMENT_OVERHEAD
    if (isLast) datagram.total = offset + length
    if (offset === 0) datagram.protocol = protocol
    if (datagram.held === datagram.total) return this.#complete(key, datagram)
    this.#makeRoom()
    return ReassemblyResult.WAITING
  }

  #datagramOf(key: string, timeNs: number): Datagram {
    const known = this.#datagrams.get(key)
    if (known !== undefined) return known
    const fresh: Datagram = { fragments: [], held: 0, total: -1, protocol: -1, firstNs: timeNs, isRefused: false }
    this.#datagrams.set(key, fresh)
    if (this.#datagrams.size > this.#limits.maxDatagrams) this.#evictOldest()
    return fresh
  }

  #complete(key: string, datagram: Datagram): ReassemblyResult {
    const payload = new Uint8Array(datagram.held)
    for (const { offset, data } of datagram.fragments) payload.set(data, offset)
    this.datagram = new DataView(payload.buffer)
    this.protocol = datagram.protocol
    this.#forget(key, datagram)
    return ReassemblyResult.COMPLETE
  }

  /** Keeps the empty entry, so that the rest of the datagram is refused too. */
  #refuse(datagram: Datagram): ReassemblyResult {
    this.#bytes -= costOf(datagram)
    datagram.fragments = []
    datagram.isRefused = true
    this.refused++
    return ReassemblyResult.REFUSED
  }

  #expire(timeNs: number): void {
    for (const [key, datagram] of this.#datagrams) {
      if (timeNs - datagram.firstNs < TIMEOUT_NS) return
      if (!datagram.isRefused) this.expired++
      this.#forget(key, datagram)
    }
  }

  #makeRoom(): void {
    while (this.#bytes > this.#limits.maxFragmentBytes && this.#datagrams.size > 0) this.#evictOldest()
  }

  #evictOldest(): void {
    for (const [key, datagram] of this.#datagrams) {
      if (!datagram.isRefused) this.evicted++
      this.#forget(key, datagram)
      return
    }
  }

  #forget(key: string, datagram: Datagram): void {
    this.#bytes -= costOf(datagram)
    this.#datagrams.delete(key)
  }
}

function costOf(datagram: Datagram): number {
  let cost = 0
  for (const { data } of datagram.fragments) cost += data.length + FRAGMENT_OVERHEAD
  return cost
}

const DUPLICATE = -1
const CONTRADICTION = -2

/** Index at which the fragment goes into the sorted list, or why it does not. */
function placeOf({ fragments, total }: Datagram, offset: number, data: Uint8Array, isLast: boolean): number {
  const end = offset + data.length
  if (end > LARGEST_DATAGRAM) return CONTRADICTION
  let low = 0
  let high = fragments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fragments[middle]!.offset < offset) low = middle + 1
    else high = middle
  }
  const next = fragments[low]
  if (next?.offset === offset && isSame(next.data, data)) return DUPLICATE
  const last = fragments.at(-1)
  if (total !== -1 && (isLast || end > total)) return CONTRADICTION
  if (isLast && last !== undefined && last.offset + last.data.length > end) return CONTRADICTION
  const previous = fragments[low - 1]
  if (previous !== undefined && previous.offset + previous.data.length > offset) return CONTRADICTION
  return next !== undefined && next.offset < end ? CONTRADICTION : low
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
