/**
 * The VLAN tags and tunnels around a packet, as one number: the same nesting gives the same id, without an
 * allocation a packet. Ids are 0 (none) and up, valid for one run.
 *
 * Only what both directions of a connection share is part of a path. MPLS labels, GTP TEIDs and L2TP session ids are
 * chosen by the receiver, so they differ between the two directions and are left out; VLAN id 0 is a priority tag
 * and no VLAN (IEEE 802.1Q §6.9).
 */
import { DECODE_LIMITS } from './limits.ts'

/** What a step of a path is; the value beside it is its id, or 0 where it has none. */
export const PathKind = {
  VLAN: 1,
  VXLAN: 2,
  GENEVE: 3,
  GRE: 4,
  GRE_KEY: 5,
  IPIP: 6,
  MPLS: 7,
  PPPOE: 8,
  GTP_U: 9,
  TEREDO: 10,
  ETHER_IP: 11,
  L2TP: 12,
  ERSPAN: 13,
  PBB: 14,
  AYIYA: 15,
  LISP: 16,
  TZSP: 17,
  /** The table was full: all paths that did not fit. */
  OTHER: 18,
} as const

export type PathKind = (typeof PathKind)[keyof typeof PathKind]

const NAMES = [
  '',
  'vlan',
  'vxlan',
  'geneve',
  'gre',
  'gre key',
  'ipip',
  'mpls',
  'pppoe',
  'gtp-u',
  'teredo',
  'etherip',
  'l2tp',
  'erspan',
  'pbb',
  'ayiya',
  'lisp',
  'tzsp',
  'other',
]

/** Kinds that are followed by their value in `describe`. */
const HAS_VALUE = new Set<number>([
  PathKind.VLAN,
  PathKind.VXLAN,
  PathKind.GENEVE,
  PathKind.GRE_KEY,
  PathKind.PPPOE,
  PathKind.ERSPAN,
  PathKind.PBB,
])

export class PathTable {
  /** Tags and tunnels of packets that no longer fitted the table; their path is shown as `other`. */
  overflowed = 0

  readonly #maximum: number
  #count = 1
  #parents = new Int32Array(16)
  #kinds = new Uint8Array(16)
  #values = new Int32Array(16)
  /** Open addressing: path id, 0 when free. Never more than half full. */
  #slots = new Int32Array(32)

  /** `maximum`: paths kept, that of no tags and `other` included. */
  constructor(maximum: number = DECODE_LIMITS.maxPaths) {
    this.#maximum = maximum
  }

  /** Id of the path `parent` followed by a tag or tunnel. `value` is read as uint32 by `describe`. */
  extend(parent: number, kind: PathKind, value: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(parent, kind, value) & mask
    for (;;) {
      const id = this.#slots[slot]!
      if (id === 0) return this.#insert(slot, parent, kind, value)
      if (this.#values[id] === (value | 0) && this.#parents[id] === parent && this.#kinds[id] === kind) return id
      slot = (slot + 1) & mask
    }
  }

  /** The tags and tunnels outermost first: `['vlan 10', 'vxlan 5']`; `[]` for 0. */
  describe(id: number): string[] {
    const steps: string[] = []
    for (let at = id; at > 0 && at < this.#count; at = this.#parents[at]!) {
      const kind = this.#kinds[at]!
      const name = NAMES[kind]!
      steps.push(HAS_VALUE.has(kind) ? `${name} ${this.#values[at]! >>> 0}` : name)
    }
    return steps.reverse()
  }

  #insert(slot: number, parent: number, kind: PathKind, value: number): number {
    if (this.#count >= this.#maximum - 1 && kind !== PathKind.OTHER) {
      this.overflowed++
      return this.extend(0, PathKind.OTHER, 0)
    }
    const id = this.#count++
    if (id === this.#parents.length) this.#grow()
    this.#parents[id] = parent
    this.#kinds[id] = kind
    this.#values[id] = value
    this.#slots[slot] = id
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    return id
  }

  #grow(): void {
    const length = this.#parents.length * 2
    const parents = new Int32Array(length)
    parents.set(this.#parents)
    this.#parents = parents
    const kinds = new Uint8Array(length)
    kinds.set(this.#kinds)
    this.#kinds = kinds
    const values = new Int32Array(length)
    values.set(this.#values)
    this.#values = values
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let id = 1; id < this.#count; id++) {
      let slot = hash(this.#parents[id]!, this.#kinds[id]!, this.#values[id]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.#slots = slots
  }
}

function hash(parent: number, kind: number, value: number): number {
  const mixed = Math.imul(Math.imul(parent, 31) + kind, 0x9e3779b1) ^ Math.imul(value, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
