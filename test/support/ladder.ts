/**
 * RFC 9293's ladder notation as data: the figures of §3.5 and §3.6 can be read as they are printed there.
 *
 *     2.  SYN-SENT    --> <SEQ=100><CTL=SYN>               --> SYN-RECEIVED
 *
 * `-->` or `<--` on both sides: sent and arrived. `...` on one side: still in the network; a later line with the same
 * segment brings it. The columns hold the state AFTER that line; anything else in them is a remark.
 *
 * What the figures have no notation for, and tests need:
 *   `x` in place of the arrival: lost, behind the tap                      `--> <SEQ=100><CTL=SYN> x`
 *   `@1.5` after the number: seconds since the start; `@1.5/1.6`: sent and arrived; `+2`: seconds since the line before
 *   `<WND=…>`, `<MSS=…>`, `<WSCALE=…>`, `<SACK>`, `<TS=val,ecr>`, `<TFO=cookie bytes>`, `<TTL=…>`, `<DOFF=…>`
 *   `{uncaptured}`, `{twice}`, `{frame 7 at 1.55}` behind the segment: what the tap made of it
 *   `#`: a remark line
 */
import { STATES, type TcpState } from '../../src/tcp/states.ts'

export type Peer = 'A' | 'B'

export interface LadderSegment {
  from: Peer
  seq: number
  /** Null without the ACK flag. */
  ack: number | null
  /** `SYN,ACK`, as in the figure; empty when none. */
  ctl: string
  dataLength: number
  /** The other `<NAME=value>` parts, by name. */
  options: Map<string, string>
}

export interface LadderLine {
  /** The figure's number; lines without one belong to the number above them. */
  number: number
  /** Position among all lines of the ladder. */
  index: number
  /** Seconds since the start, of the departure; of the arrival when the line has no departure. */
  seconds: number
  left: TcpState | null
  right: TcpState | null
}

/** One trip of a segment through the network. */
export interface Passage {
  segment: LadderSegment
  /** Null when nobody sent it on this ladder: an old duplicate, or a second copy that the network made. */
  departure: LadderLine | null
  /** Null when it never arrives: lost, or still under way at the end. */
  arrival: LadderLine | null
  departsSeconds: number | null
  arrivesSeconds: number | null
  isLost: boolean
  /** When it passes the tap, as `{…}` says; null when the place of the tap decides. */
  tapSeconds: number[] | null
  isTwice: boolean
}

export interface Ladder {
  lines: LadderLine[]
  passages: Passage[]
}

/** Seconds between two lines, and from the departure to the arrival on one line, unless the ladder says. */
const LINE_SECONDS = 0.01
export const LATENCY_SECONDS = 0.004

const LINE = /^\s*(?:(?<number>\d+)\.)?\s*(?:(?<time>[@+][\d.]+(?:\/[\d.]+)?)(?=\s|$))?(?<rest>.*)$/
const ARROW =
  /^(?<left>.*?)(?<near>-->|<--|\.\.\.|(?<!\S)x)\s+(?<segment>(?:<[A-Z][^>]*>)+)\s*(?:\{(?<tap>[^}]*)\})?\s*(?<far>-->|<--|\.\.\.|x(?=\s|$))?(?<right>.*)$/

/** Reads a ladder; throws on a line that is none, for a test that misreads its own ladder proves nothing. */
export function parseLadder(text: string): Ladder {
  const ladder: Ladder = { lines: [], passages: [] }
  const state = { number: 0, seconds: 0, middle: 31 }
  for (const raw of text.split('\n')) {
    const head = raw.match(/TCP Peer A\s+TCP Peer B/)
    if (head) state.middle = (raw.indexOf('TCP Peer A') + raw.indexOf('TCP Peer B')) / 2
    if (head || /^\s*(#|Figure \d|$)/.test(raw)) continue
    parseLine(raw, ladder, state)
  }
  return ladder
}

interface ParserState {
  number: number
  seconds: number
  /** Column that parts the left text from the right one on a line without a segment. */
  middle: number
}

function parseLine(raw: string, ladder: Ladder, state: ParserState): void {
  const { number, time, rest = '' } = raw.match(LINE)!.groups!
  const isFirst = ladder.lines.length === 0
  if (number !== undefined) state.number = Number(number)
  const [departs, arrives] = timesOf(time, state.seconds + (isFirst ? 0 : LINE_SECONDS), state.seconds)
  state.seconds = departs
  const arrow = rest.match(ARROW)?.groups
  if (!arrow && /<SEQ=/.test(rest)) throw new Error(`not a ladder line: ${raw}`)
  const [left, right] = arrow ? [arrow.left!, arrow.right!] : columnsOf(rest, raw.length - rest.length, state.middle)
  const line: LadderLine = {
    number: state.number,
    index: ladder.lines.length,
    seconds: departs,
    left: stateOf(left),
    right: stateOf(right),
  }
  ladder.lines.push(line)
  if (arrow) addPassage(ladder, line, arrow, arrives)
}

function timesOf(time: string | undefined, usual: number, previous: number): [departs: number, arrives: number | null] {
  if (time === undefined) return [usual, null]
  const [first, second] = time.slice(1).split('/').map(Number)
  return [time.startsWith('@') ? first! : previous + first!, second ?? null]
}

/** The texts of both columns on a line without a segment; `shift` is where `rest` starts on the page. */
function columnsOf(rest: string, shift: number, middle: number): [left: string, right: string] {
  const columns: [string, string] = ['', '']
  for (const { 0: text, index } of rest.matchAll(/\S+(?: \S+)*/g)) columns[shift + index > middle ? 1 : 0] += text
  return columns
}

function stateOf(column: string): TcpState | null {
  const text = column.trim()
  return STATES.find((state) => state === text) ?? null
}

function addPassage(
  ladder: Ladder,
  line: LadderLine,
  arrow: Record<string, string | undefined>,
  arrives: number | null,
): void {
  const { near = '', far = '' } = arrow
  const from: Peer = near === '-->' || far === '-->' ? 'A' : 'B'
  const departureMark = from === 'A' ? near : far
  const arrivalMark = from === 'A' ? far : near
  const segment = parseSegment(arrow.segment!, from)
  const isArrivalOnly = departureMark === '...'
  // An arrival with a remark of its own is a second copy, which the network made.
  const isOld = isArrivalOnly && arrow.tap === undefined
  const pending = isOld ? ladder.passages.find((other) => isUnderWay(other, segment)) : null
  const passage = pending ?? {
    segment,
    departure: isArrivalOnly ? null : line,
    arrival: null,
    departsSeconds: isArrivalOnly ? null : line.seconds,
    arrivesSeconds: null,
    isLost: false,
    tapSeconds: null,
    isTwice: false,
  }
  if (!pending) ladder.passages.push(passage)
  if (arrow.tap !== undefined) readTap(passage, arrow.tap)
  if (arrivalMark === '-->' || arrivalMark === '<--') {
    passage.arrival = line
    passage.arrivesSeconds = isArrivalOnly ? line.seconds : (arrives ?? line.seconds + LATENCY_SECONDS)
  } else if (arrivalMark === 'x') passage.isLost = true
}

function isUnderWay({ segment, arrival, isLost }: Passage, other: LadderSegment): boolean {
  return (
    arrival === null &&
    !isLost &&
    segment.from === other.from &&
    segment.seq === other.seq &&
    segment.ack === other.ack &&
    segment.ctl === other.ctl &&
    segment.dataLength === other.dataLength
  )
}

function readTap(passage: Passage, text: string): void {
  const frames = text.match(/^frames? [\d ]+ at ([\d. ]+)$/)
  if (text === 'uncaptured') passage.tapSeconds = []
  else if (text === 'twice') passage.isTwice = true
  else if (frames) passage.tapSeconds = frames[1]!.split(' ').map(Number)
  else throw new Error(`not a remark on the tap: {${text}}`)
}

function parseSegment(text: string, from: Peer): LadderSegment {
  const options = new Map([...text.matchAll(/<([A-Z]+)(?:=([^>]*))?>/g)].map((part) => [part[1]!, part[2] ?? '']))
  const take = (name: string): string | undefined => {
    const value = options.get(name)
    options.delete(name)
    return value
  }
  const ack = take('ACK')
  const data = take('DATA')
  return {
    from,
    seq: numberOf(take('SEQ')!),
    ack: ack === undefined ? null : numberOf(ack),
    ctl: take('CTL') ?? '',
    // Figure 6 says `<DATA>` and leaves the length open.
    dataLength: data === undefined ? 0 : data === '' ? 1 : Number(data),
    options,
  }
}

/** `100`, or as in Figure 11 `Z` or `Z+1`: a letter stands for a thousand times its place in the alphabet. */
function numberOf(text: string): number {
  const [head = '', plus = '0'] = text.split('+')
  const base = /^[A-Z]$/.test(head) ? 1000 * (head.charCodeAt(0) - 64) : Number(head)
  if (!Number.isInteger(base + Number(plus))) throw new Error(`not a sequence number: ${text}`)
  return (base + Number(plus)) >>> 0
}
