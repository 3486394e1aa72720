/**
 * Packets → TCP segments: the one place that walks the layers. Each header has its function in the file of its
 * family; it moves the cursor over itself and answers what comes next. Nothing here throws; nothing is kept of a
 * packet but IP fragments. Read outcome.ts and segment.ts first.
 *
 * Speed: numbers in the fields of objects that are reused, and functions small enough for V8 to inline. An object a
 * header would cost four times the analysis.
 */

import type { Packet } from '../capture/packet.ts'
import {
  readErf,
  readJuniper,
  readLoop,
  readNflog,
  readNull,
  readPflog,
  readPktap,
  readPpi,
  readSll,
  readSll2,
} from './cooked.ts'
import { Cursor, type Stop } from './cursor.ts'
import { readEthernet, readEtherType, readLlc, readMacsec, readPbb, readTag, readVlan } from './ethernet.ts'
import { readErspan2, readErspan3, readEtherIp, readGre } from './gre.ts'
import { readIcmp, readIcmpv6 } from './icmp.ts'
import { readIp, readIpv4, readIpv6 } from './ip.ts'
import { readArcnet, readTokenRing } from './lan.ts'
import { DECODE_LIMITS, type DecodeLimits } from './limits.ts'
import { type FirstLayer, firstLayerOf } from './link-types.ts'
import { readMpls, readNsh } from './mpls.ts'
import { FIRST_LAYER, Layer, Outcome, type Step } from './outcome.ts'
import type { PathTable } from './path.ts'
import { readCiscoHdlc, readFrameRelay, readMultilink, readPpp, readPppoe } from './ppp.ts'
import type { Reassembly } from './reassembly.ts'
import type { Segment } from './segment.ts'
import { readTcp, readUdp } from './transport.ts'
import { readAvs, readPrism, readRadiotap, readWlan } from './wlan.ts'

/** Headers in one packet, tags and tunnels included. A packet nested deeper is unsupported. */
export const MAX_LAYERS = 32

// V8 folds constants of this module, and reads imported ones from memory at every use: a fifth of the decoding.
const { ETHERNET, VLAN, IPV4, IPV6, TCP, UDP } = Layer
const FIRST = FIRST_LAYER

export class Decoder {
  readonly #cursor: Cursor
  #linkType = -1
  #first: FirstLayer = firstLayerOf(-1)

  constructor(limits: Partial<DecodeLimits> = {}) {
    this.#cursor = new Cursor({ ...DECODE_LIMITS, ...limits })
  }

  /** Names of the tags and tunnels in `segment.path`. */
  get paths(): PathTable {
    return this.#cursor.paths
  }

  /** Counts of the datagrams that could not be put together. */
  get reassembly(): Readonly<Pick<Reassembly, 'evicted' | 'expired' | 'refused'>> {
    return this.#cursor.reassembly
  }

  /** Why the last packet was truncated, malformed or unsupported; overwritten by the next such packet. */
  get stop(): Readonly<Stop> {
    return this.#cursor.stop
  }

  /**
   * Fills `segment` from a packet. Which of its fields are valid depends on the outcome; `segment.view` points into
   * the packet, for as long as that is valid, or into a datagram put together from fragments.
   */
  decode(packet: Packet, segment: Segment): Outcome {
    const cursor = this.#cursor
    if (packet.linkType !== this.#linkType) {
      this.#linkType = packet.linkType
      this.#first = firstLayerOf(packet.linkType)
    }
    const { layer, skip } = this.#first
    cursor.begin(packet)
    if (layer === null) return cursor.unsupported('link', 'packets of this link type are not read')
    cursor.at += skip
    const outcome = this.#walk(layer, segment)
    // A quotation may end anywhere: without a TCP header in it the ICMP error is nothing of ours.
    return cursor.isQuote && outcome !== Outcome.ICMP_ERROR ? Outcome.NO_TCP : outcome
  }

  /** Walks the headers of nearly all packets; the rest is one call further, so that V8 inlines these. */
  #walk(layer: Layer, segment: Segment): Outcome {
    const cursor = this.#cursor
    let step: Step = layer
    for (let layers = 0; layers < MAX_LAYERS; layers++) {
      if (step === ETHERNET) step = readEthernet(cursor)
      else if (step === IPV4) step = readIpv4(cursor, segment)
      else if (step === TCP) step = readTcp(cursor, segment)
      else if (isOutcome(step)) return step
      else step = this.#readRare(step, segment)
    }
    return cursor.unsupported('packet', 'nested too deep')
  }

  #readRare(layer: RareLayer, segment: Segment): Step {
    switch (layer) {
      case IPV6:
        return readIpv6(this.#cursor, segment)
      case UDP:
        return readUdp(this.#cursor, segment)
      case VLAN:
        return readVlan(this.#cursor)
      default:
        return RARE[layer](this.#cursor)
    }
  }
}

function isOutcome(step: Step): step is Outcome {
  return step < FIRST
}

type RareLayer = Exclude<Layer, typeof ETHERNET | typeof IPV4 | typeof TCP>

/** All other headers, by layer. */
const RARE: Readonly<Record<Exclude<RareLayer, typeof IPV6 | typeof UDP | typeof VLAN>, (cursor: Cursor) => Step>> = {
  [Layer.IP]: readIp,
  [Layer.SLL]: readSll,
  [Layer.SLL2]: readSll2,
  [Layer.NULL]: readNull,
  [Layer.LOOP]: readLoop,
  [Layer.ETHERTYPE]: readEtherType,
  [Layer.TAG4]: (cursor) => readTag(cursor, 4),
  [Layer.TAG6]: (cursor) => readTag(cursor, 6),
  [Layer.PBB]: readPbb,
  [Layer.LLC]: readLlc,
  [Layer.PPP]: readPpp,
  [Layer.PPPOE]: readPppoe,
  [Layer.CISCO_HDLC]: readCiscoHdlc,
  [Layer.FRAME_RELAY]: readFrameRelay,
  [Layer.MPLS]: readMpls,
  [Layer.WLAN]: readWlan,
  [Layer.RADIOTAP]: readRadiotap,
  [Layer.PRISM]: readPrism,
  [Layer.AVS]: readAvs,
  [Layer.PPI]: readPpi,
  [Layer.PFLOG]: readPflog,
  [Layer.NFLOG]: readNflog,
  [Layer.TOKEN_RING]: readTokenRing,
  [Layer.ARCNET]: (cursor) => readArcnet(cursor, 0),
  [Layer.ARCNET_LINUX]: (cursor) => readArcnet(cursor, 2),
  [Layer.JUNIPER_ETHERNET]: (cursor) => readJuniper(cursor, Layer.ETHERNET),
  [Layer.JUNIPER_PPP]: (cursor) => readJuniper(cursor, Layer.PPP),
  [Layer.JUNIPER_FRAME_RELAY]: (cursor) => readJuniper(cursor, Layer.FRAME_RELAY),
  [Layer.JUNIPER_CISCO_HDLC]: (cursor) => readJuniper(cursor, Layer.CISCO_HDLC),
  [Layer.ERF]: readErf,
  [Layer.MACSEC]: readMacsec,
  [Layer.MULTILINK]: readMultilink,
  [Layer.PKTAP]: readPktap,
  [Layer.GRE]: readGre,
  [Layer.ERSPAN2]: readErspan2,
  [Layer.ERSPAN3]: readErspan3,
  [Layer.ETHER_IP]: readEtherIp,
  [Layer.NSH]: readNsh,
  [Layer.ICMP]: readIcmp,
  [Layer.ICMPV6]: readIcmpv6,
}
