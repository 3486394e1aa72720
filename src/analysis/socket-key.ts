/**
 * The address and port of a server as the member of a Set.
 */
import { textAt } from './address-table.ts'

/** IPv4: 48 bits, for its text costs 0.3 µs to make, and more to look up. Else `address port`. */
export type SocketKey = number | string

/** `words`: one for IPv4, four for IPv6, from `at` on. */
export function socketKey(family: number, words: Int32Array, at: number, port: number): SocketKey {
  return family === 4 ? (words[at]! >>> 0) * 0x10000 + port : `${textAt(family, words, at)} ${port}`
}

export function socketOfKey(key: SocketKey): { address: string; port: string } {
  if (typeof key === 'number') {
    const address = textAt(4, Int32Array.of(Math.floor(key / 0x10000)), 0)
    return { address, port: String(key % 0x10000) }
  }
  const [address = '', port = ''] = key.split(' ')
  return { address, port }
}
