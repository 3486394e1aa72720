/** pcap-parser 0.2.1 has no types of its own; this much is used. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events'
  import type { Readable } from 'node:stream'

  const pcapParser: { parse(stream: Readable): EventEmitter }
  export default pcapParser
}
