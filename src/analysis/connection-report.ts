/**
 * One connection, inferred and judged, as the report has it.
 */
import { addressText } from '../bytes/address.ts'
import { CATALOGUE } from '../findings/catalogue.ts'
import type { Finding, Story } from '../findings/finding.ts'
import { MESSAGES } from '../findings/messages.ts'
import { completenessText } from '../flow/completeness.ts'
import type { Connection } from '../flow/connection.ts'
import { fileOf, frameNumber } from '../flow/frames.ts'
import { zeekColumns } from '../flow/zeek.ts'
import type {
  CitedFrames,
  ConnectionReport,
  EndpointReport,
  FindingReport,
  QualityReport,
  TimeWaitReport,
  TransitionReport,
  UseReport,
} from '../report/model.ts'
import type { TimeWait } from '../tcp/time-wait.ts'
import { CLIENT, type Moment, SERVER, SIDE_NAMES, type Side, type Transition } from '../tcp/timeline.ts'
import { cited, citedMoment, citedValues, hasSeveral, type Run } from './citation.ts'
import { socketCall } from './socket-calls.ts'
import { timestamp } from './timestamps.ts'

/** A connection that lasts longer is a long one, in seconds. */
const LONG_SECONDS = 60
/** Segments of more payload than any usual MTU carries were put together by the network card or its driver. */
const OFFLOAD_BYTES = 9000

/** What the report on a connection has from elsewhere than its story. */
export interface Particulars {
  path: string[]
  /** Packets that the capturing side lost meanwhile; null when it did not say. */
  dropped: number | null
}

export function connectionReport(
  story: Story,
  findings: readonly Finding[],
  { path, dropped }: Particulars,
  run: Run,
): ConnectionReport {
  const { connection, timeline, opening, closing } = story
  const time = (timeNs: number): string => timestamp(run.timeBase, timeNs)
  return {
    connection: connection.number,
    stream: connection.stream,
    client: endpoint(story, CLIENT, run),
    server: endpoint(story, SERVER, run),
    roles: connection.roles,
    path,
    start: time(connection.firstTimeNs),
    end: time(connection.lastTimeNs),
    firstFrame: frameNumber(connection.firstFrame),
    lastFrame: frameNumber(connection.lastFrame),
    file: connection.fileIndex,
    ...(hasSeveral(run) ? { lastFile: fileOf(connection.lastFrame) } : {}),
    open: {
      kind: opening.kind,
      ...citedSegments(opening.segments, run),
      rtt: intervalSeconds(opening.rttNs),
      synRetransmissions: opening.synRetransmissions,
      synAckRetransmissions: opening.synAckRetransmissions,
    },
    close: {
      kind: closing.kind,
      by: closing.by,
      ...citedSegments(closing.segments, run),
      complete: closing.isComplete,
      finRetransmissions: closing.finRetransmissions,
      bytesAfterFin: closing.bytesAfterFin,
    },
    timeWait: timeline.timeWaits.map((timeWait) => timeWaitReport(timeWait, run)),
    transitions: timeline.transitions.map((transition) => transitionReport(transition, story, run)),
    traffic: { client: connection.traffic[CLIENT], server: connection.traffic[SERVER] },
    use: useReport(story),
    quality: { ...qualityReport(story), ...(dropped === null ? {} : { droppedMeanwhile: dropped }) },
    wireshark: { completeness: connection.completeness, text: completenessText(connection.completeness) },
    zeek: zeekColumns(connection),
    findings: findings.map((finding) => findingReport(finding, connection, run)),
  }
}

function endpoint({ connection, timeline }: Story, side: Side, { names }: Run): EndpointReport {
  const { address, port } = addressOf(connection, side)
  return { address, ...(names ? { name: names.of(address) } : {}), port, state: timeline.states[side] }
}

export function addressOf(connection: Connection, side: Side): { address: string; port: number } {
  const [a = 0, b = 0, c = 0, d = 0] = connection.addresses[side]
  return { address: addressText(connection.family, a, b, c, d), port: connection.ports[side] }
}

function timeWaitReport(timeWait: TimeWait, run: Run): TimeWaitReport {
  const restarts = citedSegments(timeWait.restarts, run)
  const end = timeWait.endedBy && citedMoment(timeWait.endedBy, run)
  return {
    side: SIDE_NAMES[timeWait.side],
    start: timestamp(run.timeBase, timeWait.startNs),
    expires: timestamp(run.timeBase, timeWait.expiresNs),
    restarts: timeWait.restarts.length,
    restartFrames: restarts.frames,
    ...(restarts.files ? { restartFiles: restarts.files } : {}),
    ended: timeWait.ended,
    endFrame: end?.frame ?? null,
    ...(hasSeveral(run) ? { endFile: end?.file ?? null } : {}),
    reuse: timeWait.reuse,
  }
}

function citedSegments(segments: readonly Moment[], run: Run): CitedFrames {
  return cited(
    segments.map(({ frame }) => frame),
    run,
  )
}

export function transitionReport(transition: Transition, story: Story, run: Run): TransitionReport {
  const { cause, proof } = transition
  return {
    side: SIDE_NAMES[transition.side],
    from: transition.from,
    to: transition.to,
    event: transition.event,
    ref: transition.ref,
    evidence: transition.evidence,
    cause: cause && citedMoment(cause, run),
    proof: proof && citedMoment(proof, run),
    time: transition.timerNs === null ? null : timestamp(run.timeBase, transition.timerNs),
    call: socketCall(transition, story),
  }
}

function useReport({ connection, opening, closing }: Story): UseReport {
  const heartbeat = connection.heartbeatSeconds
  const seconds = (connection.lastTimeNs - connection.firstTimeNs) / 1e9
  const established = opening.segments[2]
  const first = connection.observations.find((segment) => segment.payloadLength > 0)
  return {
    length: seconds >= LONG_SECONDS || heartbeat !== null ? 'long' : 'short',
    heartbeatSeconds: heartbeat,
    duplex: duplexOf(connection),
    timeToFirstByte: established && first ? Math.max(0, first.timeNs - established.timeNs) / 1e9 : null,
    halfCloseSeconds: intervalSeconds(closing.halfCloseNs),
  }
}

/** Null also where the clock of the capture was set back meanwhile: how long it took is not known then. */
function intervalSeconds(intervalNs: number | null): number | null {
  return intervalNs === null || intervalNs < 0 ? null : intervalNs / 1e9
}

function duplexOf({ traffic, isFullDuplex }: Connection): UseReport['duplex'] {
  const speakers = traffic.filter(({ bytes }) => bytes > 0).length
  if (speakers === 0) return 'none'
  if (speakers === 1) return 'simplex'
  return isFullDuplex ? 'full' : 'half'
}

function qualityReport({ connection, timeline, opening }: Story): QualityReport {
  const { observations, halves } = timeline.exchange
  const [client, server] = halves
  const isAnswerFirst = (server.synCopies[0] ?? 0) < (client.synCopies[0] ?? -1)
  const missing: string[] = []
  if (client.synCopies.length === 0) missing.push('syn')
  if (server.synCopies.length === 0 && opening.kind !== 'refused' && opening.kind !== 'unanswered')
    missing.push('syn-ack')
  if (connection.missingBytes.some((bytes) => bytes > 0)) missing.push('data')
  return {
    oneSided:
      halves.some((half) => half.own.length === 0) && opening.kind !== 'unanswered' && opening.kind !== 'refused',
    missing,
    reordered: connection.traffic[CLIENT].outOfOrder + connection.traffic[SERVER].outOfOrder + (isAnswerFirst ? 1 : 0),
    duplicatedByTap: connection.traffic[CLIENT].duplicates + connection.traffic[SERVER].duplicates,
    cutBySnaplen: connection.isCutBySnaplen,
    offload: connection.hasOffload || observations.some((segment) => segment.payloadLength > OFFLOAD_BYTES),
    ...checksumReport(connection),
  }
}

/** Nothing unless checksums were verified. */
function checksumReport({ rare }: Connection): Pick<QualityReport, 'checksums'> {
  if (!rare?.events.checksums) return {}
  const { checksums } = rare.events
  return { checksums: { client: checksums[rare.ends[CLIENT]], server: checksums[rare.ends[SERVER]] } }
}

/** A Wireshark display filter for the frames; streams are of the capture that the connection was first seen in. */
function filterOf({ frames, files = [] }: CitedFrames, { stream, fileIndex }: Connection): string {
  const inStream = `tcp.stream eq ${stream}`
  if (frames.length === 0) return inStream
  const file = files[0] ?? fileIndex
  const ofFile = frames.filter((_, i) => (files[i] ?? file) === file)
  const inFrames = `frame.number in {${ofFile.join(', ')}}`
  return file === fileIndex ? `${inStream} and ${inFrames}` : inFrames
}

export function findingReport(finding: Finding, connection: Connection, run: Run): FindingReport {
  const { severity, ref } = CATALOGUE[finding.code]
  const frames = cited(finding.frames.length < 2 ? finding.frames : [...new Set(finding.frames)], run)
  return {
    code: finding.code,
    severity,
    side: finding.side,
    ...frames,
    message: MESSAGES[finding.code].sentence(citedValues(finding.values, connection.fileIndex, run)),
    ref,
    filter: filterOf(frames, connection),
  }
}
