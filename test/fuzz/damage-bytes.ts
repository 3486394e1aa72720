/**
 * Damage that knows nothing of what it damages: bits, bytes, holes, cuts, pieces of another capture.
 */
import type { Chance } from './chance.ts'

/** Returns a copy that is damaged in one to eight places. */
export function damageBytes(bytes: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array {
  let damaged: Uint8Array = bytes.slice()
  for (let left = chance.between(1, 8); left > 0; left--) {
    const at = chance.below(damaged.length + 1)
    damaged = chance.pick(WAYS)(damaged, at, other, chance)
  }
  return damaged
}

type Way = (bytes: Uint8Array, at: number, other: Uint8Array, chance: Chance) => Uint8Array

const WAYS: readonly Way[] = [setByte, setByte, setByte, flipBit, flipBit, fill, remove, insert, repeat, splice, cut]

function setByte(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  bytes[at] = chance.oneIn(2) ? chance.below(256) : chance.pick([0, 1, 0x7f, 0x80, 0xff])
  return bytes
}

function flipBit(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  if (at < bytes.length) bytes[at]! ^= 1 << chance.below(8)
  return bytes
}

function fill(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  return bytes.fill(chance.pick([0, 0xff, chance.below(256)]), at, at + chance.between(1, 64))
}

function remove(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  return joined(bytes.subarray(0, at), bytes.subarray(at + chance.between(1, 200)))
}

function insert(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  return joined(bytes.subarray(0, at), chance.bytes(chance.between(1, 64)), bytes.subarray(at))
}

function repeat(bytes: Uint8Array, at: number, _other: Uint8Array, chance: Chance): Uint8Array {
  const piece = bytes.subarray(at, at + chance.between(1, 500))
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
}

function splice(bytes: Uint8Array, at: number, other: Uint8Array, chance: Chance): Uint8Array {
  const from = chance.below(other.length + 1)
  const piece = other.subarray(from, from + chance.between(1, 2000))
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
}

function cut(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.slice(0, at)
}

/** In one array of its own. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
