/**
 * A host with one port: makes endpoints, and does what RFC 9293 §3.10.7.1 and §3.10.7.2 ask where there is none.
 */
import { Application } from './application.ts'
import { Endpoint, type Surroundings } from './endpoint.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import { ACK, type HostIndex, minus, plus, RST, type Segment, type Sent, SYN, segmentLength } from './segment.ts'
import type { HostSpec } from './spec.ts'
import { Truth } from './truth.ts'
import type { VirtualTime } from './virtual-time.ts'

export class Host {
  readonly truth: Truth
  private readonly index: HostIndex
  private readonly spec: HostSpec
  private readonly time: VirtualTime
  private readonly network: Network
  private readonly random: Random
  private readonly application: Application
  private endpoint: Endpoint | null = null
  private awayUntilUs = 0
  private ipId = 0

  constructor(index: HostIndex, spec: HostSpec, time: VirtualTime, network: Network, random: Random) {
    this.truth = new Truth(time)
    this.index = index
    this.spec = spec
    this.time = time
    this.network = network
    this.random = random
    this.application = new Application(spec.application, time, {
      endpoint: () => this.endpoint,
      connect: () => this.connect(),
      crash: (awayUs) => this.crash(awayUs),
    })
    if (spec.opens === 'connect') time.at(spec.openMs * 1000, () => this.connect())
  }

  arrive(segment: Sent): void {
    if (this.spec.opens === 'silent' || this.time.nowUs < this.awayUntilUs) return
    const isSyn = (segment.flags & (SYN | ACK | RST)) === SYN
    if (isSyn && this.endpoint && this.canReopen(this.endpoint, segment)) this.endpoint.vanish()
    if (this.endpoint && !this.endpoint.isGone) this.endpoint.arrive(segment)
    else if (isSyn && this.spec.opens === 'listen') this.create(true).arrive(segment)
    else if (!(segment.flags & RST)) this.refuse(segment)
  }

  /** A SYN may reopen a connection from TIME-WAIT: MAY-2, by the sequence number as RFC 6191 §2 case B2 has it. */
  private canReopen(endpoint: Endpoint, syn: Segment): boolean {
    return endpoint.state === 'TIME-WAIT' && this.spec.opens === 'listen' && minus(syn.seq, endpoint.rcvNxt) > 0
  }

  private create(isPassive: boolean): Endpoint {
    const previous = this.endpoint
    // Above the numbers of the connection before, as MAY-2 asks for.
    const iss = previous ? plus(previous.nxt, 65_537 + this.random.below(1000)) : this.firstIss()
    const around: Surroundings = {
      time: this.time,
      truth: this.truth,
      habits: this.spec.habits,
      send: (segment) => this.send(segment),
      isEstablished: () => endpoint.watchIdle(),
      hasData: () => this.application.hasData(endpoint),
      hasEnded: () => this.application.hasEnded(endpoint),
    }
    const endpoint = new Endpoint(around, iss, isPassive)
    this.endpoint = endpoint
    return endpoint
  }

  /** Numbers that one can read; one in four is about to wrap around. */
  private firstIss(): number {
    return this.random.below(4) === 0 ? plus(0, -1 - this.random.below(2000)) : 1000 * (1 + this.random.below(99))
  }

  /**
   * From the same port: only a second after the old connection has gone, or into TIME-WAIT (Linux `tcp_tw_reuse`). A
   * port comes round again no sooner, so that nothing of the old connection is still under way.
   */
  private connect(): void {
    if (this.spec.opens !== 'connect' || this.time.nowUs < this.awayUntilUs) return
    const { endpoint } = this
    if (endpoint && this.time.nowUs < endpoint.sinceUs + 1_000_000) return
    if (endpoint?.state === 'TIME-WAIT') endpoint.vanish()
    if (!endpoint || endpoint.isGone) this.create(false).connect()
  }

  private crash(awayUs: number): void {
    this.endpoint?.vanish()
    this.awayUntilUs = this.time.nowUs + awayUs
  }

  /** RFC 9293 §3.10.7.1: a RST for everything but a RST. */
  private refuse(segment: Sent): void {
    if (segment.flags & ACK) this.send({ seq: segment.ack, ack: 0, flags: RST, payloadLength: 0, window: 0 })
    else {
      const ack = plus(segment.seq, segmentLength(segment))
      this.send({ seq: 0, ack, flags: RST | ACK, payloadLength: 0, window: 0 })
    }
  }

  private send(segment: Segment): Sent {
    this.ipId = (this.ipId + 1) & 0xffff
    const { seq, ack, flags, payloadLength, window } = segment
    const { nowUs: departsUs } = this.time
    const mark = this.time.mark()
    // Named one by one: spreading `segment` costs as much as the rest of the model together.
    const sent: Sent = {
      seq,
      ack,
      flags,
      payloadLength,
      window,
      from: this.index,
      departsUs,
      mark,
      ipId: this.ipId,
      copies: [],
    }
    this.network.carry(sent)
    return sent
  }
}
