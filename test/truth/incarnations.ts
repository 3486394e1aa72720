/**
 * Which connection of the report is which of the kernel's, where the same endpoints connect more than once.
 */
import type { ConnectionReport } from '../../src/index.ts'
import { beginningOf } from './claimed.ts'
import { type KernelConnection, SIDES } from './recording.ts'

export interface Incarnations {
  found: { kernel: KernelConnection; report: ConnectionReport | null }[]
  /** Connections that the kernel knows nothing of. */
  spurious: ConnectionReport[]
}

/** How much earlier than the kernel's first transition a connection may be seen to begin. */
const EARLIER_US = 2000
/** How much earlier than the next incarnation it must. */
const BEFORE_NEXT_US = 100

/** All of one pair of endpoints. Each of the reports goes to the last connection that had begun; the first one wins. */
export function assignIncarnations(
  connections: readonly KernelConnection[],
  reports: readonly ConnectionReport[],
): Incarnations {
  const kernels = connections
    .map((kernel) => ({ kernel, beginUs: kernelBeginning(kernel) }))
    .sort((first, second) => first.beginUs - second.beginUs)
  const begun = reports.map((report) => ({ report, beginUs: beginningOf(report) }))
  const found = new Map<KernelConnection, ConnectionReport>()
  const spurious: ConnectionReport[] = []
  for (const { report, beginUs } of begun.sort((first, second) => first.beginUs - second.beginUs)) {
    const later = kernels.findLastIndex(
      (one, at) =>
        (at === 0 || one.beginUs - EARLIER_US <= beginUs) &&
        beginUs < (kernels[at + 1]?.beginUs ?? Number.POSITIVE_INFINITY) - BEFORE_NEXT_US,
    )
    const { kernel } = later >= 0 ? kernels[later]! : kernels.at(beginUs === Number.POSITIVE_INFINITY ? -1 : 0)!
    if (found.has(kernel)) spurious.push(report)
    else found.set(kernel, report)
  }
  return { found: kernels.map(({ kernel }) => ({ kernel, report: found.get(kernel) ?? null })), spurious }
}

/** Zero for a connection whose sides the kernel tells nothing of. */
function kernelBeginning({ sides }: KernelConnection): number {
  const times = SIDES.flatMap((side) => sides[side]?.transitions.map(({ timeUs }) => timeUs) ?? [])
  return times.length > 0 ? Math.min(...times) : 0
}
