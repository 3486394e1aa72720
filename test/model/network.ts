/**
 * The path between two hosts, with the place of the tap on it. It loses, delays, duplicates and reorders as its spec
 * says, before or behind the tap.
 */
import type { Copy, HostIndex, Sent } from './segment.ts'
import type { FateSpec, NetworkSpec } from './spec.ts'
import type { VirtualTime } from './virtual-time.ts'

export class Network {
  /** Everything that was sent, in order. */
  readonly sent: Sent[] = []
  private readonly spec: NetworkSpec
  private readonly tapPosition: number
  private readonly time: VirtualTime
  private readonly deliver: (to: HostIndex, segment: Sent) => void
  /** Latest crossing of the tap and latest arrival, by sender. */
  private readonly lastTapUs: [number, number] = [0, 0]
  private readonly lastArrivalUs: [number, number] = [0, 0]

  constructor(
    spec: NetworkSpec,
    tapPosition: number,
    time: VirtualTime,
    deliver: (to: HostIndex, segment: Sent) => void,
  ) {
    this.spec = spec
    this.tapPosition = tapPosition
    this.time = time
    this.deliver = deliver
  }

  carry(segment: Sent): void {
    const fate = this.spec.fates.find(({ nth }) => nth === this.sent.length)
    this.sent.push(segment)
    this.carryCopy(segment, fate, 0)
    if (fate?.fate === 'duplicate') this.carryCopy(segment, fate, fate.extraMs * 1000)
  }

  private carryCopy(segment: Sent, fate: FateSpec | undefined, lateUs: number): void {
    const { from } = segment
    const delayUs = this.spec.delayMs[from] * 1000
    const toTapUs = Math.round(delayUs * (from === 0 ? this.tapPosition : 1 - this.tapPosition))
    const extraUs = fate?.fate === 'delay' ? fate.extraMs * 1000 : lateUs
    const copy: Copy = { tapUs: null, arrivesUs: null, arrivalMark: 0 }
    if (fate?.fate === 'lose' && !fate.isBehindTap) {
      segment.copies.push(copy)
      return
    }
    const isLateAtTap = fate !== undefined && !fate.isBehindTap
    const tapUs = this.inOrder(this.lastTapUs, from, this.time.nowUs + toTapUs + (isLateAtTap ? extraUs : 0))
    // A copy made behind the tap is none to the tap.
    if (lateUs === 0 || isLateAtTap) copy.tapUs = tapUs
    segment.copies.push(copy)
    if (fate?.fate === 'lose') return
    const restUs = delayUs - toTapUs + (isLateAtTap ? 0 : extraUs)
    const arrivesUs = this.inOrder(this.lastArrivalUs, from, tapUs + restUs)
    copy.arrivesUs = arrivesUs
    this.time.at(arrivesUs, () => {
      copy.arrivalMark = this.time.mark()
      this.deliver(from === 0 ? 1 : 0, segment)
    })
  }

  private inOrder(last: [number, number], from: HostIndex, us: number): number {
    if (!this.spec.isOrdered) return us
    last[from] = Math.max(last[from], us)
    return last[from]
  }
}
