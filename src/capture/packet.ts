/**
 * One captured packet, as every source hands it over: a file, standard input, a live interface.
 *
 * One `Packet` is filled again and again (speed: an object a packet costs 13 %, a subarray 48 %), so whoever
 * wants to keep anything copies numbers out of it before returning.
 */
export class Packet {
  /** Holds the captured bytes at `[offset, offset + capturedLength)`. Valid during the call only. */
  view: DataView = new DataView(new ArrayBuffer(0))
  offset = 0
  /** Bytes present in the capture. */
  capturedLength = 0
  /** Bytes the packet had on the wire. */
  originalLength = 0
  /**
   * Nanoseconds since `TimeBase.seconds`, the whole second of the first packet of the run (exact for 104 days).
   *
   * Begins as a double, as the fields of times that `flow/` and `analysis/` keep do: V8 gives a field that begins with a
   * small integer up when the first time is none, after 2.1 s, and with it the code of all that read a packet.
   */
  timeNs: number = Number.NaN
  /** 1-based, Wireshark's `frame.number` within its file. */
  frame = 0
  /** LINKTYPE_* number, as draft-ietf-opsawg-pcaplinktype lists them. */
  linkType = 0
  /** Bytes of frame check sequence that end the frame on the wire, when the capture says so; counted in both lengths. */
  fcsLength = 0
  /** Index of the interface in its file, all sections counted (pcapng); 0 in pcap. */
  interfaceId = 0
  /** Index of the file among the captures of this run. */
  fileIndex = 0
}

/** Takes packets in the order of the capture. */
export interface PacketSink {
  packet(packet: Packet): void
}

/**
 * The origin of every `timeNs` of a run. The first packet sets it; all captures of one run share it, so that
 * times of several files compare. Kept apart because nanoseconds since 1970 do not fit a double.
 */
export class TimeBase {
  /** Whole seconds since 1970-01-01T00:00:00Z; null before the first packet that has a time. */
  seconds: number | null = null
}
