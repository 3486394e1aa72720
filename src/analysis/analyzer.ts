/**
 * A whole run: packets in, report out. Joins decode/, flow/, findings/ and report/; does no I/O and knows no clock.
 */
import type { CaptureInfo, CaptureName } from '../capture/info.ts'
import { type Packet, type PacketSink, TimeBase } from '../capture/packet.ts'
import { Decoder } from '../decode/decoder.ts'
import { Outcome } from '../decode/outcome.ts'
import { Segment } from '../decode/segment.ts'
import type { Story } from '../findings/finding.ts'
import { findingsOf } from '../findings/index.ts'
import type { Connection } from '../flow/connection.ts'
import { frameId } from '../flow/frames.ts'
import type { Clock, Outline } from '../flow/outline.ts'
import { COPIES_WITHIN_NS, TapCopies } from '../flow/tap-copies.ts'
import { Tracker } from '../flow/tracker.ts'
import { UdpCounter } from '../flow/udp.ts'
import type {
  CaptureReport,
  ConnectionReport,
  FindingReport,
  LadderSegment,
  LiveReport,
  Report,
} from '../report/model.ts'
import type { PassOver } from '../report/pass-over.ts'
import { addConnections, addFindings, emptySummary } from '../report/summary.ts'
import { readClosing } from '../tcp/closing.ts'
import { infer } from '../tcp/infer.ts'
import { readOpening } from '../tcp/opening.ts'
import { CLIENT, SERVER } from '../tcp/timeline.ts'
import { captureFinding } from './capture-finding.ts'
import { type CaptureCounts, Captures } from './captures.ts'
import { cited, type Run } from './citation.ts'
import { Hosts } from './hosts.ts'
import { type Context, Judged } from './judged.ts'
import { LIMITS, type Limits, limitFindings } from './limits.ts'
import { Losses } from './losses.ts'
import { Names } from './names.ts'
import { type Precedent, Precedents } from './precedents.ts'

/** Limits as in `LIMITS` where they are not given. */
export interface AnalyzerOptions extends Partial<Limits> {
  /** Maximum segment lifetime in seconds; TIME-WAIT lasts twice as long. Default 30 (Linux: 60 s of TIME-WAIT). */
  mslSeconds?: number
  /** Names addresses as blocks of the captures and DNS answers in them do. */
  showNames?: boolean
  /** Verifies the TCP checksum of every segment; otherwise of those with SYN, FIN or RST only. */
  verifyChecksums?: boolean
  /** Number of the connection whose segments `ladder` returns at the end. */
  keepSegmentsOf?: number
  /**
   * @internal Which connections need no report, where what there is to count of one is known already: `onConnection` is
   * not called for them. Without it, all are made. With it, only hosts that had a TIME-WAIT are listed, without their
   * sockets: nobody who shows a few connections lists a million hosts.
   */
  passOver?: PassOver
  /** Seed of the hash table; a fixed one unless given, so that two runs do the same. */
  seed?: number
  /**
   * A connection that is silent for so long is reported and forgotten when `advance` finds it. Never unless given;
   * one that never opened waits for `OPENING_IDLE_SECONDS` at most.
   */
  idleSeconds?: number
}

/** RFC 5382 §5 REQ-5: what is not open yet may be forgotten after 4 minutes. */
const OPENING_IDLE_SECONDS = 240

/** Hears of connections while they live. */
export interface ConnectionWatcher {
  /** What is inferred of that connection may have changed; `judge` with both numbers says to what. */
  changed(record: number, connection: number): void
  /** It is over, and reported. */
  ended(judged: Judged): void
}

const DEFAULT_MSL_SECONDS = 30

/** Of fragments that overlap, in Wireshark. */
const OVERLAP_FILTER = 'ip.fragment.overlap or ipv6.fragment.overlap'

export class Analyzer implements PacketSink {
  readonly timeBase: TimeBase = new TimeBase()
  /** How far apart the captures of a run may have the same packet, see `expectCopies`. */
  readonly copiesWithinNs = COPIES_WITHIN_NS
  /** Segments of the connection that `keepSegmentsOf` asked for; null until it is reported. */
  ladder: { segments: LadderSegment[]; omitted: number } | null = null
  private readonly options: AnalyzerOptions & Limits
  private readonly onConnection: (connection: ConnectionReport) => void
  private readonly watcher: ConnectionWatcher | null
  private readonly losses: Losses = new Losses()
  private readonly decoder: Decoder
  private readonly segment: Segment = new Segment()
  private readonly tracker: Tracker
  private readonly udp: UdpCounter
  private readonly hosts: Hosts
  private readonly precedents: Precedents = new Precedents()
  private readonly captures: Captures = new Captures()
  private readonly summary = emptySummary()
  private readonly clock: Clock
  /** Of the capture that the packet is of: its index, and what is counted of it. */
  private fileIndex = -1
  private counts: CaptureCounts = this.captures.countsOf(-1)
  private readonly names: Names | null
  private copies: TapCopies | null = null
  private forgottenCopies = 0
  private unreadCaptures = 0
  /** Frames that overlap another fragment of their datagram: some of them. */
  private readonly overlapping: number[] = []
  private refused = 0

  /** `onConnection` is called once for each connection, as soon as it is final; those still open at `finish`. */
  constructor(
    options: AnalyzerOptions,
    onConnection: (connection: ConnectionReport) => void,
    watcher: ConnectionWatcher | null = null,
  ) {
    this.options = { ...LIMITS, ...options }
    this.onConnection = onConnection
    this.watcher = watcher
    const timeWaitNs = 2 * (options.mslSeconds ?? DEFAULT_MSL_SECONDS) * 1e9
    // A double from the start, see `Packet.timeNs`.
    this.clock = { endNs: -0, timeWaitNs, isEnding: false }
    this.decoder = new Decoder(this.options)
    this.udp = new UdpCounter(this.options.maxConversations)
    this.names = options.showNames ? new Names(this.options.maxNames) : null
    this.hosts = new Hosts(this.seed, timeWaitNs, this.options, options.passOver !== undefined)
    const gate = { clock: this.clock, passes: (outline: Outline) => this.passes(outline) }
    const trackerOptions = {
      ...this.options,
      timeWaitNs,
      seed: this.seed,
      ...(options.passOver ? { gate } : {}),
      ...(watcher ? { onChange: watcher.changed.bind(watcher) } : {}),
      ...(options.idleSeconds ? { idle: idleLimits(options.idleSeconds) } : {}),
    }
    this.tracker = new Tracker(trackerOptions, (connection) => this.report(connection))
  }

  /**
   * Announces a capture; returns its index for `Packet.fileIndex`. Several may be announced before the first packet;
   * their packets may alternate, and should come in order of time.
   *
   * @throws RangeError for the 32,769th
   */
  beginCapture(file: string): number {
    return this.captures.begin(file)
  }

  /**
   * Says whether the packets that follow may be in several captures, because their taps see the same traffic. Then
   * the first sight of a packet counts, and the others are duplicates by the tap.
   */
  expectCopies(areExpected: boolean): void {
    if (areExpected === (this.copies !== null)) return
    this.forgottenCopies += this.copies?.forgotten ?? 0
    this.copies = areExpected ? new TapCopies(this.seed, this.options.maxCopies) : null
  }

  packet(packet: Packet): void {
    if (packet.fileIndex !== this.fileIndex) this.turnTo(packet.fileIndex)
    const outcome = this.decoder.decode(packet, this.segment)
    if (outcome === Outcome.TCP) {
      this.counts.tcpSegments++
      if (packet.timeNs > this.clock.endNs) this.clock.endNs = packet.timeNs
      if (this.copies?.isCopy(this.segment, packet)) this.tracker.copy(this.segment, packet)
      else this.tracker.segment(this.segment, packet)
    } else this.other(outcome, packet)
  }

  private turnTo(fileIndex: number): void {
    this.fileIndex = fileIndex
    this.counts = this.captures.countsOf(fileIndex)
  }

  private other(outcome: Outcome, packet: Packet): void {
    this.counts.other(outcome)
    if (packet.timeNs > this.clock.endNs) this.clock.endNs = packet.timeNs
    if (outcome === Outcome.UDP) this.datagram()
    else if (outcome === Outcome.ICMP_ERROR) this.tracker.icmpError(this.segment, packet)
    else if (outcome === Outcome.MALFORMED) this.malformed(packet)
    else if (outcome === Outcome.LONG_TCP) this.tracker.brokenHeader(this.segment, packet, false)
    else if (outcome === Outcome.SHORT_TCP) this.tracker.brokenHeader(this.segment, packet, true)
  }

  private datagram(): void {
    this.udp.count(this.segment)
    this.names?.hear(this.segment)
  }

  private malformed(packet: Packet): void {
    const { reassembly } = this.decoder
    if (reassembly.refused === this.refused) return
    this.refused = reassembly.refused
    if (this.overlapping.length < this.options.maxExamples)
      this.overlapping.push(frameId(packet.frame, packet.fileIndex))
  }

  /** Names that the blocks of a capture give to addresses; `endCapture` takes those of its own. */
  addNames(names: readonly CaptureName[]): void {
    this.names?.addWritten(names)
  }

  /** Says that so many captures are left out of the run because there are too many. */
  leaveOut(captures: number): void {
    this.unreadCaptures = captures
  }

  /**
   * Time goes on without packets, in nanoseconds of `timeBase`: what was to wait for 2MSL, or is silent for too long,
   * is over.
   */
  advance(nowNs: number): void {
    if (nowNs > this.clock.endNs) this.clock.endNs = nowNs
    this.tracker.advance(this.clock.endNs)
  }

  /** Says how many packets the capturing side has lost so far; what it loses concerns the connections that live. */
  noteDropped(total: number): void {
    this.losses.note(total, this.clock.endNs)
  }

  /** Ends the capture with that index, the one begun last unless told. */
  endCapture(
    info: CaptureInfo,
    compression: CaptureReport['compression'],
    fileIndex: number = this.captures.last,
    live: LiveReport | null = null,
  ): void {
    this.tracker.endCapture(fileIndex)
    this.addNames(info.names)
    this.captures.end(fileIndex, info, { compression, live }, this.timeBase)
  }

  /** Ends the run: hands over what is still open, and returns everything but the connections. */
  finish(): Omit<Report, 'connections'> {
    this.clock.isEnding = true
    this.tracker.finish()
    for (const precedent of this.precedents.used()) {
      addConnections(this.summary, precedent, precedent.passed)
      this.options.passOver?.count(precedent, precedent.passed)
    }
    const findings = this.captureFindings()
    addFindings(this.summary, findings, 1)
    return {
      schema: 'finwait/report/1',
      captures: this.captures.reports(),
      hosts: this.hosts.report(this.run(), this.clock.endNs),
      findings,
      summary: this.summary,
      udp: { conversations: this.udp.conversations, datagrams: this.udp.datagrams },
    }
  }

  private captureFindings(): FindingReport[] {
    const run = this.run()
    const found = this.hosts.findings(run)
    if (this.refused > 0) {
      const frames = cited(this.overlapping, run)
      found.push(captureFinding('fragment-overlap', { count: this.refused }, OVERLAP_FILTER, frames))
    }
    return [...found, ...this.limitFindings()]
  }

  private limitFindings(): FindingReport[] {
    const { decoder, tracker, udp, hosts } = this
    return limitFindings({
      'connection-limit': tracker.evicted,
      'fragment-limit': decoder.reassembly.evicted,
      'path-limit': decoder.paths.overflowed,
      'stream-limit': tracker.forgottenStreams,
      'copy-limit': this.forgottenCopies + (this.copies?.forgotten ?? 0),
      'conversation-limit': udp.untold,
      'host-limit': hosts.forgotten,
      'name-limit': this.names?.untold ?? 0,
      'capture-limit': this.unreadCaptures,
    })
  }

  /** Counts a connection by its outline; false when its report is needed. */
  private passes(outline: Outline): boolean {
    const precedent = this.precedents.find(outline)
    if (!precedent || !this.isPassable(outline.number, precedent)) return false
    precedent.passed++
    this.hosts.addAlike(outline, precedent, this.clock)
    return true
  }

  private isPassable(connection: number, precedent: Precedent): boolean {
    const { passOver, keepSegmentsOf } = this.options
    if (!passOver || connection === keepSegmentsOf) return false
    if (connection < precedent.passedFrom) precedent.passedFrom = passOver.from(precedent)
    return connection >= precedent.passedFrom
  }

  /** Hands over one connection that is over. */
  private report(connection: Connection): void {
    const judged = this.judged(connection, this.clock.isEnding)
    const { story } = judged
    const report = judged.report()
    if (connection.number === this.options.keepSegmentsOf) this.ladder = judged.ladder()
    this.precedents.learn(story, report)
    this.hosts.addReported(report, story)
    addConnections(this.summary, report, 1)
    this.watcher?.ended(judged)
    this.onConnection(report)
  }

  /** The live connection with that number, in that record, as if the capture ended now; null when it is over. */
  judge(record: number, connection: number): Judged | null {
    const live = this.tracker.read(record, connection)
    return live && this.judged(live, true)
  }

  /** Infers and judges. */
  private judged(connection: Connection, isCaptureEnd: boolean): Judged {
    const { takenOverBy, observations } = connection
    const { endNs, timeWaitNs } = this.clock
    const timeline = infer(observations, {
      endNs,
      timeWaitNs,
      takenOverBy,
      oldSyns: connection.oldSyns,
      hasUnseen: [connection.missingBytes[CLIENT] > 0, connection.missingBytes[SERVER] > 0],
      lastSeenNs: connection.lastSeenNs,
    })
    const story: Story = {
      connection,
      timeline,
      opening: readOpening(timeline),
      closing: readClosing(timeline, connection.sentEnd),
      endNs,
      isCaptureEnd,
      maxExamples: this.options.maxExamples,
    }
    return new Judged(story, findingsOf(story), this.context)
  }

  /** Payload bytes of the live connection in that record, both ways. */
  bytesOf(record: number): number {
    return this.tracker.bytesOf(record)
  }

  private get seed(): number {
    return this.options.seed ?? 0
  }

  private get context(): Context {
    return { run: this.run(), paths: this.decoder.paths, losses: this.losses }
  }

  private run(): Run {
    return { timeBase: this.timeBase, files: this.captures.files, names: this.names }
  }
}

function idleLimits(seconds: number): { openedNs: number; openingNs: number } {
  return { openedNs: seconds * 1e9, openingNs: Math.min(seconds, OPENING_IDLE_SECONDS) * 1e9 }
}
