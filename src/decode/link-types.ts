/**
 * LINKTYPE_* numbers: their names as https://www.tcpdump.org/linktypes.html lists them, and which header a packet of
 * that type starts with.
 */

import { Layer, Outcome, type Step } from './outcome.ts'

interface LinkType {
  name: string
  /** Absent when packets of this type cannot hold TCP, or not in a way that is read here. */
  first?: Layer
}

const LINK_TYPES: Readonly<Record<number, LinkType>> = {
  0: { name: 'NULL', first: Layer.NULL },
  1: { name: 'ETHERNET', first: Layer.ETHERNET },
  12: { name: 'RAW', first: Layer.IP },
  14: { name: 'RAW', first: Layer.IP },
  101: { name: 'RAW', first: Layer.IP },
  108: { name: 'LOOP', first: Layer.LOOP },
  113: { name: 'LINUX_SLL', first: Layer.SLL },
  228: { name: 'IPV4', first: Layer.IP },
  229: { name: 'IPV6', first: Layer.IP },
  276: { name: 'LINUX_SLL2', first: Layer.SLL2 },
}

/** `ETHERNET`, `RAW`, `LINUX_SLL2`, …; `LINKTYPE 300` for a number that has no name here. */
export function linkTypeName(linkType: number): string {
  return LINK_TYPES[linkType]?.name ?? `LINKTYPE ${linkType}`
}

/** The header that packets of this link type start with, or `UNSUPPORTED`. */
export function firstLayerOf(linkType: number): Step {
  return LINK_TYPES[linkType]?.first ?? Outcome.UNSUPPORTED
}
