/**
 * Hashes → indexes: open addressing over one typed array, 8 bytes a slot, the whole hash and the index. So neither a
 * wrong candidate, nor growth, nor a removal looks at what the index stands for: a cache miss each, a fifth of a flood.
 */

const FIRST_SLOTS = 1 << 10

export class Slots {
  /** Indexes that are in. */
  size = 0
  /** Of each slot its hash, and index + 1; 0 where it is empty. */
  private words: Int32Array = new Int32Array(FIRST_SLOTS * 2)
  private mask = FIRST_SLOTS - 1

  /**
   * The first slot from `from` on that has the hash; -1 when there is none. Begin at the hash itself; go on behind what
   * was found.
   */
  seek(hash: number, from: number): number {
    const { words, mask } = this
    for (let at = from & mask; words[2 * at + 1] !== 0; at = (at + 1) & mask) {
      if (words[2 * at] === hash) return at
    }
    return -1
  }

  indexAt(slot: number): number {
    return this.words[2 * slot + 1]! - 1
  }

  insert(hash: number, index: number): void {
    // At most two in three are taken: 5 slots are looked at for a new one, a cache line or two.
    if ((this.size + 1) * 3 > this.mask * 2) this.grow()
    this.place(hash, index)
    this.size++
  }

  private place(hash: number, index: number): void {
    const { words, mask } = this
    let at = hash & mask
    while (words[2 * at + 1] !== 0) at = (at + 1) & mask
    words[2 * at] = hash
    words[2 * at + 1] = index + 1
  }

  private grow(): void {
    const old = this.words
    this.words = new Int32Array(old.length * 2)
    this.mask = old.length - 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) this.place(old[at]!, old[at + 1]! - 1)
    }
  }

  /** Puts another index where `index` is. */
  replace(hash: number, index: number, other: number): void {
    this.words[2 * this.slotOf(hash, index) + 1] = other + 1
  }

  /** Takes an index out. Later slots of the same run move up, so that no search stops early. */
  remove(hash: number, index: number): void {
    const { words, mask } = this
    let hole = this.slotOf(hash, index)
    for (let at = (hole + 1) & mask; words[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = words[2 * at]! & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      words[2 * hole] = words[2 * at]!
      words[2 * hole + 1] = words[2 * at + 1]!
      hole = at
    }
    words[2 * hole + 1] = 0
    this.size--
  }

  private slotOf(hash: number, index: number): number {
    const { words, mask } = this
    let at = hash & mask
    while (words[2 * at + 1] !== index + 1) at = (at + 1) & mask
    return at
  }
}
