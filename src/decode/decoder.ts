/**
 * Packets → TCP segments: the one place that walks the layers. Each header has its function in the file of its
 * family; it moves the cursor over itself and answers what comes next. Nothing here throws, allocates or keeps
 * anything of a packet. Read outcome.ts and segment.ts first.
 *
 * Speed: numbers in the fields of objects that are reused, methods that V8 can inline. An object a header would cost
 * four times the analysis.
 */

import type { Packet } from '../capture/packet.ts'
import { readLoop, readNull, readSll, readSll2 } from './cooked.ts'
import { Cursor, type Stop } from './cursor.ts'
import { readEthernet, readVlan } from './ethernet.ts'
import { readIp } from './ip.ts'
import { firstLayerOf } from './link-types.ts'
import { FIRST_LAYER, Layer, type Outcome, type Step } from './outcome.ts'
import { PathTable } from './path.ts'
import type { Segment } from './segment.ts'
import { readTcp, readUdp } from './transport.ts'

/** Headers in one packet, tags and tunnels included. A packet nested deeper is unsupported. */
export const MAX_LAYERS = 32

export class Decoder {
  /** Names of the tags and tunnels in `segment.path`. */
  readonly paths = new PathTable()

  #cursor = new Cursor()
  #linkType = -1
  #firstLayer: Step = Layer.ETHERNET

  /** Why the last packet was truncated, malformed or unsupported; overwritten by the next such packet. */
  get stop(): Stop {
    return this.#cursor.stop
  }

  /**
   * Fills `segment` from a packet. Which of its fields are valid depends on the outcome; `segment.view` points into
   * the packet, for as long as that is valid.
   */
  decode(packet: Packet, segment: Segment): Outcome {
    if (packet.linkType !== this.#linkType) {
      this.#linkType = packet.linkType
      this.#firstLayer = firstLayerOf(packet.linkType)
    }
    this.#cursor.begin(packet)
    if (this.#firstLayer < FIRST_LAYER)
      return this.#cursor.unsupported('link', 'packets of this link type are not read')
    return this.#walk(segment)
  }

  #walk(segment: Segment): Outcome {
    let step = this.#firstLayer
    for (let layers = 0; layers < MAX_LAYERS; layers++) {
      if (step < FIRST_LAYER) return step as Outcome
      step = this.#read(step as Layer, segment)
    }
    return this.#cursor.unsupported('packet', 'nested too deep')
  }

  #read(layer: Layer, segment: Segment): Step {
    const cursor = this.#cursor
    switch (layer) {
      case Layer.ETHERNET:
        return readEthernet(cursor)
      case Layer.IP:
        return readIp(cursor, segment)
      case Layer.TCP:
        return readTcp(cursor, segment)
      case Layer.UDP:
        return readUdp(cursor, segment)
      case Layer.VLAN:
        return readVlan(cursor, this.paths)
      case Layer.SLL:
        return readSll(cursor)
      case Layer.SLL2:
        return readSll2(cursor)
      case Layer.NULL:
        return readNull(cursor)
      case Layer.LOOP:
        return readLoop(cursor)
    }
  }
}
