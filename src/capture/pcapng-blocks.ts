/**
 * The block types of pcapng: numbers, least lengths, and which of them Wireshark numbers as frames.
 *
 * draft-ietf-opsawg-pcapng §10.1 and §4. A length is the Block Total Length: type, both lengths and all.
 */
export const SECTION_HEADER = 0x0a0d0d0a
export const INTERFACE_DESCRIPTION = 1
export const PACKET = 2
export const SIMPLE_PACKET = 3
export const NAME_RESOLUTION = 4
export const INTERFACE_STATISTICS = 5
export const ENHANCED_PACKET = 6
const SYSTEMD_JOURNAL = 9
const CUSTOM = 0x0000_0bad
const CUSTOM_NOT_COPIED = 0x4000_0bad
const SYSDIG_EVENTS: ReadonlySet<number> = new Set([0x204, 0x208, 0x216, 0x217, 0x221, 0x222])
/** Types that hold no packet and are nothing to wonder about: IRIG, ARINC 429, secrets, Hone's and Sysdig's. */
const KNOWN_WITHOUT_PACKETS: ReadonlySet<number> = new Set([
  0x7, 0x8, 0xa, 0x101, 0x102, 0x201, 0x202, 0x203, 0x205, 0x206, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214,
  0x215, 0x218, 0x219, 0x220,
])

/** Wireshark's bound on any block: the longest packet (D-Bus, 128 MiB), and 128 KiB for the rest. */
export const MAXIMUM_BLOCK_LENGTH = 128 * 1024 * 1024 + 128 * 1024

/** Least Block Total Length of a type, in bytes. */
export function minimumBlockLength(type: number): number {
  switch (type) {
    case ENHANCED_PACKET:
    case PACKET:
      return 32
    case SECTION_HEADER:
      return 28
    case INTERFACE_STATISTICS:
      return 24
    case INTERFACE_DESCRIPTION:
      return 20
    case SIMPLE_PACKET:
    case NAME_RESOLUTION:
    case CUSTOM:
    case CUSTOM_NOT_COPIED:
      return 16
    default:
      return 12
  }
}

/** Whether Wireshark gives a block of this type a frame number, though it holds no packet. */
export function isFrameWithoutPacket(type: number): boolean {
  return type === CUSTOM || type === CUSTOM_NOT_COPIED || type === SYSTEMD_JOURNAL || SYSDIG_EVENTS.has(type)
}

/** Whether anybody has given this type a meaning, as far as this program knows. */
export function isKnownWithoutPacket(type: number): boolean {
  return isFrameWithoutPacket(type) || KNOWN_WITHOUT_PACKETS.has(type)
}
