/**
 * What a container must know of link types: how they are written in each format, and how long a packet may be.
 *
 * What the bytes of a link type mean is decode/'s business.
 */

/** Longest packet that Wireshark believes in, by LINKTYPE_*: 256 KiB, and more on the buses that carry more. */
export function maximumPacketLength(linkType: number): number {
  switch (linkType) {
    case LINKTYPE_DBUS:
    case LINKTYPE_USBPCAP:
      return 128 * 1024 * 1024
    case LINKTYPE_EBHSCR:
      return 32 * 1024 * 1024
    default:
      return 256 * 1024
  }
}

const LINKTYPE_DBUS = 231
const LINKTYPE_USBPCAP = 249
const LINKTYPE_EBHSCR = 279
