/**
 * A connection of the report as JSON, field by field: what `JSON.stringify` makes of it, in a quarter of the time. A field
 * of the model that is missing here is missing in ndjson: `test/report/ndjson.test.ts` compares them.
 */
import { JsonBytes } from './json-bytes.ts'
import type {
  CitedFrames,
  CloseReport,
  ConnectionReport,
  EndpointReport,
  FindingReport,
  MomentReport,
  OpenReport,
  QualityReport,
  TimeWaitReport,
  TrafficReport,
  TransitionReport,
  UseReport,
} from './model.ts'

/** The line of ndjson. */
export function writeConnection(json: JsonBytes, of: ConnectionReport): void {
  written.fill(null)
  json.raw('{"type":"connection","connection":').number(of.connection).raw(',"stream":').number(of.stream)
  endpoint(json.raw(',"client":'), of.client)
  endpoint(json.raw(',"server":'), of.server)
  json.raw(',"roles":').string(of.roles).raw(',"path":').list(of.path, text)
  json.raw(',"start":').string(of.start).raw(',"end":').string(of.end)
  json.raw(',"firstFrame":').number(of.firstFrame).raw(',"lastFrame":').number(of.lastFrame)
  json.raw(',"file":').number(of.file)
  if (of.lastFile !== undefined) json.raw(',"lastFile":').number(of.lastFile)
  open(json.raw(',"open":'), of.open)
  close(json.raw(',"close":'), of.close)
  json.raw(',"timeWait":').list(of.timeWait, timeWait)
  json.raw(',"transitions":').list(of.transitions, transition)
  traffic(json.raw(',"traffic":{"client":'), of.traffic.client)
  traffic(json.raw(',"server":'), of.traffic.server)
  use(json.raw('},"use":'), of.use)
  quality(json.raw(',"quality":'), of.quality)
  json.raw(',"wireshark":{"completeness":').number(of.wireshark.completeness)
  json.raw(',"text":').string(of.wireshark.text)
  json.raw('},"zeek":{"conn_state":').string(of.zeek.conn_state).raw(',"history":').string(of.zeek.history)
  json.raw('},"findings":').list(of.findings, finding).raw('}\n')
}

function endpoint(json: JsonBytes, of: EndpointReport): void {
  json.raw('{"address":').string(of.address)
  if (of.name !== undefined) json.raw(',"name":').string(of.name)
  json.raw(',"port":').number(of.port).raw(',"state":').string(of.state).raw('}')
}

function open(json: JsonBytes, of: OpenReport): void {
  json.raw('{"kind":').string(of.kind)
  frames(json, of)
  json.raw(',"rtt":').number(of.rtt)
  json.raw(',"synRetransmissions":').number(of.synRetransmissions)
  json.raw(',"synAckRetransmissions":').number(of.synAckRetransmissions).raw('}')
}

function close(json: JsonBytes, of: CloseReport): void {
  json.raw('{"kind":').string(of.kind).raw(',"by":').string(of.by)
  frames(json, of)
  json.raw(',"complete":').boolean(of.complete)
  json.raw(',"finRetransmissions":').number(of.finRetransmissions)
  json.raw(',"bytesAfterFin":').number(of.bytesAfterFin).raw('}')
}

function frames(json: JsonBytes, { frames, files }: CitedFrames): void {
  json.raw(',"frames":').list(frames, number)
  if (files) json.raw(',"files":').list(files, number)
}

function timeWait(json: JsonBytes, of: TimeWaitReport): void {
  json.raw('{"side":').string(of.side).raw(',"start":').string(of.start).raw(',"expires":').string(of.expires)
  json.raw(',"restarts":').number(of.restarts).raw(',"restartFrames":').list(of.restartFrames, number)
  if (of.restartFiles) json.raw(',"restartFiles":').list(of.restartFiles, number)
  json.raw(',"ended":').string(of.ended).raw(',"endFrame":').number(of.endFrame)
  if (of.endFile !== undefined) json.raw(',"endFile":').number(of.endFile)
  json.raw(',"reuse":').string(of.reuse).raw('}')
}

function transition(json: JsonBytes, of: TransitionReport): void {
  moment(json.again(headOf(of)).raw(',"cause":'), of.cause)
  moment(json.raw(',"proof":'), of.proof)
  if (of.time === null) json.again(tailOf(of.call))
  else json.raw(',"time":').string(of.time).raw(',"call":').string(of.call).raw('}')
}

/**
 * Beginnings and ends of transitions, written once: the same few hundred again and again, and half of what is printed of a
 * connection. A beginning stands where some of its letters say; another that comes there takes its place.
 */
const HEADS = 1024
const heads: ({ of: TransitionReport; bytes: Uint8Array } | undefined)[] = new Array(HEADS)
const tails: Map<string | null, Uint8Array> = new Map()
const scratch = new JsonBytes()

function headOf(of: TransitionReport): Uint8Array {
  const { side, from, to, event, ref, evidence } = of
  const at = hash(event, hash(to, hash(from, hash(evidence, hash(side, 0))))) & (HEADS - 1)
  const known = heads[at]
  if (known && isSameHead(known.of, of)) return known.bytes
  scratch.raw('{"side":').string(side).raw(',"from":').string(from).raw(',"to":').string(to)
  scratch.raw(',"event":').string(event).raw(',"ref":').string(ref).raw(',"evidence":').string(evidence)
  const bytes = scratch.take().slice()
  heads[at] = { of, bytes }
  return bytes
}

function hash(word: string, before: number): number {
  return (before * 31 + word.charCodeAt(0) * 7 + word.charCodeAt(word.length - 1) + word.length) | 0
}

function isSameHead(a: TransitionReport, b: TransitionReport): boolean {
  const isSameArrow = a.side === b.side && a.from === b.from && a.to === b.to && a.event === b.event
  return isSameArrow && a.ref === b.ref && a.evidence === b.evidence
}

function tailOf(call: string | null): Uint8Array {
  let bytes = tails.get(call)
  if (!bytes) {
    bytes = scratch.raw(',"time":null,"call":').string(call).raw('}').take().slice()
    tails.set(call, bytes)
  }
  return bytes
}

/** Moments of this line, and where in it they stand: most are named more than once. */
const MOMENTS = 16
const written: (MomentReport | null)[] = new Array(MOMENTS).fill(null)
const starts = new Int32Array(MOMENTS)
const ends = new Int32Array(MOMENTS)

function moment(json: JsonBytes, of: MomentReport | null): void {
  if (of === null) {
    json.raw('null')
    return
  }
  const at = of.frame & (MOMENTS - 1)
  const same = written[at]
  if (same && same.frame === of.frame && same.file === of.file && same.time === of.time) {
    json.repeat(starts[at]!, ends[at]!)
    return
  }
  written[at] = of
  starts[at] = json.length
  json.raw('{"frame":').number(of.frame)
  if (of.file !== undefined) json.raw(',"file":').number(of.file)
  json.raw(',"time":').string(of.time).raw('}')
  ends[at] = json.length
}

function traffic(json: JsonBytes, of: TrafficReport): void {
  json.raw('{"segments":').number(of.segments).raw(',"bytes":').number(of.bytes)
  json.raw(',"retransmissions":').number(of.retransmissions).raw(',"outOfOrder":').number(of.outOfOrder)
  json.raw(',"duplicates":').number(of.duplicates).raw(',"zeroWindows":').number(of.zeroWindows)
  json.raw(',"keepAlives":').number(of.keepAlives).raw('}')
}

function use(json: JsonBytes, of: UseReport): void {
  json.raw('{"length":').string(of.length).raw(',"heartbeatSeconds":').number(of.heartbeatSeconds)
  json.raw(',"duplex":').string(of.duplex).raw(',"timeToFirstByte":').number(of.timeToFirstByte)
  json.raw(',"halfCloseSeconds":').number(of.halfCloseSeconds).raw('}')
}

function quality(json: JsonBytes, of: QualityReport): void {
  json.raw('{"oneSided":').boolean(of.oneSided).raw(',"missing":').list(of.missing, text)
  json.raw(',"reordered":').number(of.reordered).raw(',"duplicatedByTap":').number(of.duplicatedByTap)
  json.raw(',"cutBySnaplen":').boolean(of.cutBySnaplen).raw(',"offload":').boolean(of.offload)
  if (of.checksums) json.raw(',"checksums":').value(of.checksums)
  if (of.droppedMeanwhile !== undefined) json.raw(',"droppedMeanwhile":').number(of.droppedMeanwhile)
  json.raw('}')
}

function finding(json: JsonBytes, of: FindingReport): void {
  json.raw('{"code":').string(of.code).raw(',"severity":').string(of.severity).raw(',"side":').string(of.side)
  frames(json, of)
  json.raw(',"message":').string(of.message).raw(',"ref":').string(of.ref)
  json.raw(',"filter":').string(of.filter).raw('}')
}

function number(json: JsonBytes, value: number): void {
  json.number(value)
}

function text(json: JsonBytes, value: string): void {
  json.string(value)
}
