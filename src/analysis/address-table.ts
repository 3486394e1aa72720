/**
 * Addresses, ports of addresses, and pairs of a client and such a port → rows of 32-bit words: open addressing over
 * typed arrays. A key and what is counted of it lie side by side: a look-up makes no object, and costs two cache misses
 * at most. In Maps the same took four times as long.
 */
import { addressText } from '../bytes/address.ts'
import { mix } from '../flow/tuple.ts'
import { resized } from './columns.ts'

/** Who took part in a connection. */
export interface Parties {
  /** 4 or 6. */
  family: number
  /** Four words of the client, four of the server; IPv4 uses the first of each. */
  addresses: Int32Array
  /** Client's, server's. */
  ports: readonly [number, number]
}

/** Where the words of an address begin in `Parties.addresses`. */
export const CLIENT_AT = 0
export const SERVER_AT = 4
export const ADDRESS_WORDS = 4

/** A row: family << 16 | port, addresses, then what is counted. */
const FAMILY_PORT = 0
const ADDRESSES = 1
/** Of no key. */
const TAKEN = 0

const FIRST_ROWS = 64
/** Of a slot, which is row + 1 << 6 | bits of the hash: they spare most wrong rows a cache miss. */
const TAG_BITS = 6
/** Most rows that a slot can address. */
export const MAX_ROWS = 2 ** 25
const TAG_MASK = (1 << TAG_BITS) - 1

export class AddressTable {
  /** Rows are numbered from 0 on in the order in which they were inserted. */
  size = 0
  /** All rows. */
  words: Int32Array<ArrayBuffer>
  private readonly seed: number
  /** Of the addresses of a key, and of a row. */
  private readonly keyWords: number
  private readonly rowWords: number
  private slots: Int32Array = new Int32Array(FIRST_ROWS * 2)
  /** Hash of what was looked up last. */
  private hash = 0

  /** `addresses`: how many a key has. `counts`: words of a row to count in. */
  constructor(seed: number, addresses: 1 | 2, counts: number) {
    this.seed = seed
    this.keyWords = addresses * ADDRESS_WORDS
    this.rowWords = ADDRESSES + this.keyWords + counts
    this.words = new Int32Array(FIRST_ROWS * this.rowWords)
  }

  /** The row of the addresses from word `at` on, with `port`; -1 when there is none. */
  find({ family, addresses }: Parties, at: number, port: number): number {
    const { slots } = this
    const familyPort = (family << 16) | port
    const hash = this.hashOf(familyPort, addresses, at)
    this.hash = hash
    const mask = slots.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = slots[place]!
      if (slot === 0) return -1
      if ((slot & TAG_MASK) !== hash >>> (32 - TAG_BITS)) continue
      const row = (slot >>> TAG_BITS) - 1
      if (this.isOf(row, familyPort, addresses, at)) return row
    }
  }

  private hashOf(familyPort: number, words: Int32Array, at: number): number {
    const step = stepOf(familyPort)
    let hash = mix(this.seed ^ familyPort)
    for (let i = 0; i < this.keyWords; i += step) hash = mix(hash ^ words[at + i]!)
    return hash
  }

  private isOf(row: number, familyPort: number, addresses: Int32Array, at: number): boolean {
    const { words, keyWords } = this
    const base = row * this.rowWords
    if (words[base + FAMILY_PORT] !== familyPort) return false
    const step = stepOf(familyPort)
    for (let i = 0; i < keyWords; i += step) if (words[base + ADDRESSES + i] !== addresses[at + i]) return false
    return true
  }

  /** A row with these counts for what `find` has just not found. */
  insert({ family, addresses }: Parties, at: number, port: number, counts: Int32Array): number {
    const row = this.size++
    if ((row + 1) * this.rowWords > this.words.length) this.grow()
    const { words, keyWords, rowWords } = this
    const base = row * rowWords
    words[base + FAMILY_PORT] = (family << 16) | port
    for (let i = 0; i < keyWords; i++) words[base + ADDRESSES + i] = addresses[at + i]!
    for (let i = 0; i < counts.length; i++) words[base + ADDRESSES + keyWords + i] = counts[i]!
    this.place(row, this.hash)
    return row
  }

  private grow(): void {
    const { rowWords } = this
    this.words = resized(this.words, this.words.length * 2)
    this.slots = new Int32Array(this.slots.length * 2)
    for (let row = 0; row < this.size - 1; row++) {
      const base = row * rowWords
      this.place(row, this.hashOf(this.words[base + FAMILY_PORT]!, this.words, base + ADDRESSES))
    }
  }

  private place(row: number, hash: number): void {
    const { slots } = this
    const mask = slots.length - 1
    let place = hash & mask
    while (slots[place] !== 0) place = (place + 1) & mask
    slots[place] = ((row + 1) << TAG_BITS) | (hash >>> (32 - TAG_BITS))
  }

  /** Copies the counts of a row, whose key is not to be found any more. */
  take(row: number, counts: Int32Array): void {
    const at = this.countsAt(row)
    for (let i = 0; i < counts.length; i++) counts[i] = this.words[at + i]!
    this.words[row * this.rowWords + FAMILY_PORT] = TAKEN
  }

  isTaken(row: number): boolean {
    return this.words[row * this.rowWords + FAMILY_PORT] === TAKEN
  }

  /** Forgets all rows; the room stays. */
  clear(): void {
    this.slots.fill(0)
    this.size = 0
  }

  /** Where in `words` the row's counts begin. */
  countsAt(row: number): number {
    return row * this.rowWords + ADDRESSES + this.keyWords
  }

  /** The address that begins at word `at` of the key. */
  addressOf(row: number, at = 0): string {
    const base = row * this.rowWords
    return textAt(this.words[base + FAMILY_PORT]! >>> 16, this.words, base + ADDRESSES + at)
  }

  portOf(row: number): number {
    return this.words[row * this.rowWords + FAMILY_PORT]! & 0xffff
  }
}

/** How far the words of a key are apart that say something: the first of each address, or all. */
function stepOf(familyPort: number): number {
  return familyPort >>> 16 === 4 ? ADDRESS_WORDS : 1
}

/** The text of the address whose words begin at `at`. */
export function textAt(family: number, words: Int32Array, at: number): string {
  return addressText(family, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)
}
