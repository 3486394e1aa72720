/** What no single ladder shows of stream numbers; the rest is in test/agreement/rules.txt. */
import { describe, expect, it } from 'vitest'
import { FLAG_ACK, FLAG_RST, FLAG_SYN, Segment } from '../../src/decode/segment.ts'
import { Streams } from '../../src/flow/streams.ts'
import { Tuple } from '../../src/flow/tuple.ts'

function segmentOf(fields: Partial<Segment>): Segment {
  const defaults = { source0: 1, destination0: 2, sourcePort: 40000, destinationPort: 80, flags: FLAG_SYN, window: 1 }
  return Object.assign(new Segment(), { ...defaults, ...fields })
}

function enter(streams: Streams, segment: Segment, known: number): void {
  const tuple = new Tuple(0)
  tuple.read(segment)
  streams.enter(tuple, segment, known)
}

/** Stream numbers of segments that come one after the other. */
function streamsOf(segments: readonly Partial<Segment>[], streams = new Streams()): number[] {
  return segments.map((fields) => {
    enter(streams, segmentOf(fields), -1)
    return streams.stream
  })
}

const back = { source0: 2, destination0: 1, sourcePort: 80, destinationPort: 40000, flags: FLAG_SYN | FLAG_ACK }

describe('stream numbers', () => {
  it('count up with each new pair of addresses and ports, the same in both directions', () => {
    const numbers = streamsOf([{}, { sourcePort: 40001 }, back, { destination0: 3 }, { destinationPort: 443 }, {}])
    expect(numbers).toEqual([0, 1, 0, 2, 3, 0])
  })

  it('are the same on every VLAN and in every tunnel', () => {
    expect(streamsOf([{ path: 0 }, { path: 1 }, { ...back, path: 2 }])).toEqual([0, 0, 0])
  })

  it('tell IPv6 addresses apart in every word, and from IPv4', () => {
    const six = { family: 6, source3: 7 }
    const numbers = streamsOf([{}, six, { ...six, source2: 9 }, { ...six, destination1: 9 }, six])
    expect(numbers).toEqual([0, 1, 2, 3, 1])
  })

  it('tell the ends of a connection of a host with itself apart by their ports only', () => {
    const self = { destination0: 1, destinationPort: 40000 }
    expect(streamsOf([self, { ...self, flags: FLAG_SYN | FLAG_ACK }, { destination0: 1 }])).toEqual([0, 0, 1])
  })

  it('are given to what an ICMP error quotes, when the quote reaches the flags', () => {
    const quote = { isIcmpQuote: true, sourcePort: 1 }
    const cut = { isIcmpQuote: true, sourcePort: 2, flags: 0, window: 0 }
    expect(streamsOf([quote, cut, {}])).toEqual([0, -1, 1])
  })

  it('stay when a SYN-ACK brings another number, and that number counts from then on', () => {
    const again = { ...back, seq: 9 }
    const opening = { ...back, flags: FLAG_SYN, seq: 9 }
    expect(streamsOf([{}, back, again, opening, { ...opening, seq: 8 }])).toEqual([0, 0, 0, 0, 1])
  })

  it('are remembered however many other streams there are, up to two generations', () => {
    const others = (first: number, count: number): Partial<Segment>[] =>
      Array.from({ length: count }, (_, at) => ({ sourcePort: first + at }))
    const streams = new Streams(100)
    expect(streamsOf([{ sourcePort: 1 }, ...others(1000, 150), { sourcePort: 1 }], streams).at(-1)).toBe(0)
    expect(streamsOf([...others(2000, 90), { sourcePort: 1 }], streams).at(-1)).toBe(0)
    expect(streamsOf([...others(3000, 250), { sourcePort: 1 }], streams).at(-1)).not.toBe(0)
  })

  it('are taken from the connection when they are forgotten', () => {
    const streams = new Streams(1)
    streamsOf([{}, { sourcePort: 1 }, { sourcePort: 2 }, { sourcePort: 3 }], streams)
    enter(streams, segmentOf({ flags: FLAG_ACK }), 0)
    expect(streams.stream).toBe(0)
    expect(streamsOf([{ sourcePort: 4 }], streams)).toEqual([4])
  })
})

describe('completeness', () => {
  it('starts anew with a new stream of the same ends', () => {
    const streams = new Streams()
    const values = [{}, back, { flags: FLAG_RST }, { seq: 5 }].map((fields) => {
      enter(streams, segmentOf(fields), -1)
      return streams.completeness
    })
    expect(values).toEqual([1, 3, 35, 1])
  })
})
