/**
 * Where a report contradicts itself, whatever the capture was.
 */
import type { ConnectionReport, Report, TransitionReport } from '../../src/report/model.ts'

/** Sentences; none when there is nothing to say. */
export function contradictionsIn(report: Report): string[] {
  return [...inTotals(report), ...report.connections.flatMap((connection) => inConnection(connection, report))]
}

function inTotals({ captures, connections, summary, findings }: Report): string[] {
  const found: string[] = []
  const numbers = connections.map(({ connection }) => connection).sort((a, b) => a - b)
  if (numbers.some((number, i) => number !== i)) found.push(`connections are numbered ${numbers.join(' ')}`)
  if (summary.connections !== connections.length) found.push('the summary has another number of connections')
  for (const key of ['open', 'close'] as const) {
    if (total(summary[key]) !== connections.length) found.push(`the summary counts other connections under ${key}`)
  }
  const told = findings.length + connections.reduce((sum, connection) => sum + connection.findings.length, 0)
  if (total(summary.findings) !== told) found.push('the summary counts other findings')
  for (const { packets, tcpSegments, undecoded } of captures) {
    if (tcpSegments + total(undecoded) > packets) found.push('more packets are counted than there are')
  }
  return found
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function inConnection(connection: ConnectionReport, { captures }: Report): string[] {
  const found: string[] = []
  const name = `connection ${connection.connection}`
  for (const side of ['client', 'server'] as const) {
    const own = connection.transitions.filter((transition) => transition.side === side)
    const broken = own.findIndex(({ from }, i) => i > 0 && from !== own[i - 1]!.to)
    if (broken > 0) found.push(`${name}: the ${side} leaves ${own[broken]!.from} but was in ${own[broken - 1]!.to}`)
    const last = own.at(-1)
    if (last && last.to !== connection[side].state) found.push(`${name}: the ${side} ends in another state`)
  }
  for (const transition of connection.transitions) {
    if (!isGrounded(transition)) found.push(`${name}: ${transition.to} of the ${transition.side} has no ground`)
  }
  const frames = framesOf(connection)
  const most = captures.length === 1 ? (captures[0]?.packets ?? 0) : Number.POSITIVE_INFINITY
  const { firstFrame, lastFrame } = connection
  if (firstFrame > lastFrame) found.push(`${name}: ends with frame ${lastFrame}, before ${firstFrame}`)
  if (frames.some((frame) => frame < 1)) found.push(`${name}: cites frame ${Math.min(...frames)}`)
  if (frames.some((frame) => frame > most && frame > lastFrame))
    found.push(`${name}: cites frame ${Math.max(...frames)}`)
  return found
}

/** What is proved names its proof, what is observed its frame. */
function isGrounded({ evidence, cause, proof }: TransitionReport): boolean {
  if (evidence === 'proved') return proof !== null
  return evidence !== 'observed' || cause !== null
}

function framesOf({ open, close, transitions, findings, timeWait, firstFrame }: ConnectionReport): number[] {
  return [
    firstFrame,
    ...open.frames,
    ...close.frames,
    ...transitions.flatMap(({ cause, proof }) => [cause, proof].flatMap((moment) => moment?.frame ?? [])),
    ...findings.flatMap(({ frames }) => frames),
    ...timeWait.flatMap(({ restartFrames, endFrame }) => [...restartFrames, ...(endFrame === null ? [] : [endFrame])]),
  ]
}
