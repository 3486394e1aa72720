/**
 * A world as a ladder in the notation of RFC 9293 (test/support/ladder.ts), for people: what departed, what arrived,
 * which frame of the capture it is, and the true states of both sides beside it.
 */
import type { TcpState } from '../../src/tcp/states.ts'
import { ACK, type Copy, FIN, HOSTS, type HostIndex, RST, type Sent, SYN } from './segment.ts'
import type { World } from './world.ts'

interface Line {
  mark: number
  us: number
  /** Of the arrival, when the line has both. */
  arrivesUs: number | null
  sent: Sent | null
  copy: Copy | null
  departs: boolean
  arrives: boolean
}

export function ladderOf(world: World): string {
  const lines = joined(linesOf(world))
  const text = lines.map((line, at) => printed(world, line, lines[at + 1]?.mark ?? Number.POSITIVE_INFINITY, at))
  const [first, second] = HOSTS.map((host) => startOf(world, host))
  const head = `${' '.repeat(32)}TCP Peer A${' '.repeat(81)}TCP Peer B`
  return [head, `${' '.repeat(32)}${first!.padEnd(91)}${second}`, ...text, ''].join('\n')
}

function startOf(world: World, host: HostIndex): TcpState {
  return world.spec.hosts[host].opens === 'listen' ? 'LISTEN' : 'CLOSED'
}

function linesOf(world: World): Line[] {
  const lines: Line[] = []
  for (const sent of world.sent) {
    sent.copies.forEach((copy, at) => {
      const line = { us: sent.departsUs, arrivesUs: null, sent, copy }
      // The second copy comes out of the network, nobody sends it.
      if (at === 0) lines.push({ ...line, mark: sent.mark, departs: true, arrives: false })
      const { arrivesUs, arrivalMark: mark } = copy
      if (arrivesUs !== null) lines.push({ ...line, us: arrivesUs, mark, departs: false, arrives: true })
    })
  }
  for (const { transitions } of world.truths) {
    for (const { us, mark, shown } of transitions) {
      if (shown !== 'silent') continue
      lines.push({ mark, us, arrivesUs: null, sent: null, copy: null, departs: false, arrives: false })
    }
  }
  return lines.sort((first, second) => first.mark - second.mark)
}

/** Departure and arrival on one line where nothing happens between them. */
function joined(lines: Line[]): Line[] {
  const out: Line[] = []
  for (const line of lines) {
    const last = out.at(-1)
    if (last?.departs && line.arrives && last.copy === line.copy && line.copy !== null) {
      last.arrives = true
      last.arrivesUs = line.us
    } else out.push(line)
  }
  return out
}

function printed(world: World, line: Line, nextMark: number, at: number): string {
  const time = `@${seconds(line.us)}${line.arrivesUs === null ? '' : `/${seconds(line.arrivesUs)}`}`
  const [left, right] = HOSTS.map((host) => stateAt(world, host, nextMark))
  const start = `${String(at + 1).padStart(3)}.  ${time.padEnd(25)} ${left!.padEnd(13)}`
  if (!line.sent) return `${start}${' '.repeat(78)}${right}`
  const [near, far] = marksOf(line)
  return `${start}${near} ${`${segmentText(line.sent)} ${frameText(world, line)}`.padEnd(68)} ${far.padEnd(4)} ${right}`
}

/** The state once everything before the next line has happened. */
function stateAt(world: World, host: HostIndex, nextMark: number): TcpState {
  const last = world.truths[host].transitions.findLast(({ mark }) => mark < nextMark)
  return last?.to ?? startOf(world, host)
}

function marksOf({ sent, copy, departs, arrives }: Line): [left: string, right: string] {
  const arrow = sent!.from === 0 ? '-->' : '<--'
  const departure = departs ? arrow : '...'
  const arrival = arrives ? arrow : copy!.arrivesUs === null ? 'x' : '...'
  return sent!.from === 0 ? [departure, arrival] : [arrival.padEnd(3), departure]
}

function segmentText({ seq, ack, flags, payloadLength }: Sent): string {
  const bits: [number, string][] = [
    [FIN, 'FIN'],
    [SYN, 'SYN'],
    [RST, 'RST'],
    [ACK, 'ACK'],
  ]
  const ctl = bits.filter(([bit]) => flags & bit).map(([, name]) => name)
  const parts = [`<SEQ=${seq}>`, flags & ACK ? `<ACK=${ack}>` : '', `<CTL=${ctl.join(',')}>`]
  return `${parts.join('')}${payloadLength > 0 ? `<DATA=${payloadLength}>` : ''}`
}

function frameText(world: World, { copy, departs }: Line): string {
  // Said once a copy: on its departure, on the arrival of one that the network made.
  if (!departs && copy !== null && world.sent.some(({ copies }) => copies[0] === copy)) return ''
  const crossings = world.crossings.filter((crossing) => crossing.copy === copy)
  if (crossings.length === 0) return '{uncaptured}'
  const times = crossings.map(({ us }) => seconds(us)).join(' ')
  return `{frame${crossings.length > 1 ? 's' : ''} ${crossings.map(({ frame }) => frame).join(' ')} at ${times}}`
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(6)
}
