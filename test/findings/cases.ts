/**
 * The ladders of this folder and the findings that each must have: these and no others.
 *
 *     ## the server never closes                                 name
 *     begins: opened                                             lines before the first: one of BEGINNINGS
 *     finds: close-wait-stuck server 8                           code, side (`-`: none), lines of the frames it names
 *     finds in 1: …                                              the same of another connection than the first
 *     capture ends: 61                                           seconds after the last segment; right after it unless said
 *
 * and then the ladder, in the notation of test/support/ladder.ts. Numbers in `finds` are those of its lines.
 */
import { readFileSync } from 'node:fs'
import { type Ladder, type Passage, parseLadder } from '../support/ladder.ts'
import { captureOf, type LadderCapture } from '../support/ladder-capture.ts'
import type { Found } from './found.ts'

export interface Case {
  name: string
  bytes: Uint8Array
  /** In any order. */
  expected: Found[]
}

const FAMILIES = ['opening', 'close', 'resets', 'time-wait', 'traffic'] as const

const OPENED = `
   1.  CLOSED                                                       LISTEN
   2.  SYN-SENT     --> <SEQ=100><CTL=SYN>                     -->  SYN-RECEIVED
   3.  ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=SYN,ACK>        <--  SYN-RECEIVED
   4.  ESTABLISHED  --> <SEQ=101><ACK=301><CTL=ACK>            -->  ESTABLISHED
   5.  ESTABLISHED  --> <SEQ=101><ACK=301><CTL=ACK><DATA=10>   -->  ESTABLISHED
   6.  ESTABLISHED  <-- <SEQ=301><ACK=111><CTL=ACK><DATA=20>   <--  ESTABLISHED
   7.  ESTABLISHED  --> <SEQ=111><ACK=321><CTL=ACK>            -->  ESTABLISHED`

const CLOSED = `${OPENED}
   8.  FIN-WAIT-1   --> <SEQ=111><ACK=321><CTL=FIN,ACK>        -->  CLOSE-WAIT
   9.  FIN-WAIT-2   <-- <SEQ=321><ACK=112><CTL=ACK>            <--  CLOSE-WAIT
  10.  TIME-WAIT    <-- <SEQ=321><ACK=112><CTL=FIN,ACK>        <--  LAST-ACK
  11.  TIME-WAIT    --> <SEQ=112><ACK=322><CTL=ACK>            -->  CLOSED`

const BEGINNINGS: Readonly<Record<string, string>> = {
  opened: OPENED,
  closed: CLOSED,
  'closed with timestamps': withTimestamps(CLOSED),
}

/** A's clock stands at 1001, B's at 2001. */
function withTimestamps(text: string): string {
  return text
    .replaceAll(/(--> (?:<SEQ)[^ ]*)/g, '$1<TS=1001,2001>')
    .replaceAll(/(<-- (?:<SEQ)[^ ]*)/g, '$1<TS=2001,1001>')
}

export function readCases(): { family: string; cases: Case[] }[] {
  return FAMILIES.map((family) => {
    const text = readFileSync(new URL(`${family}.txt`, import.meta.url), 'utf8')
    const [, ...sections] = text.split(/^## /m)
    return { family, cases: sections.map(caseOf) }
  })
}

function caseOf(section: string): Case {
  const [name = '', ...rest] = section.split('\n')
  const lines: string[] = []
  const keys: [key: string, value: string][] = []
  for (const line of rest) {
    const key = line.match(/^([a-z][a-z0-9 ]*): (.*)$/)
    if (key) keys.push([key[1]!, key[2]!])
    else lines.push(line)
  }
  const keyed = (wanted: string): string | undefined => keys.find(([key]) => key === wanted)?.[1]
  const begins = keyed('begins')
  const beginning = begins === undefined ? '' : BEGINNINGS[begins]
  if (beginning === undefined) throw new Error(`no beginning ${begins}`)
  const ladder = parseLadder([beginning, ...lines].join('\n'))
  const ends = keyed('capture ends')
  const capture = captureOf(ladder, ends === undefined ? {} : { idleSeconds: Number(ends) })
  const expected = keys.flatMap(([key, value]) => {
    const place = key.match(/^finds(?: in (\d+))?$/)
    return place ? [findingOf(Number(place[1] ?? 0), value, ladder, capture)] : []
  })
  return { name, bytes: capture.bytes, expected }
}

function findingOf(connection: number, text: string, ladder: Ladder, capture: LadderCapture): Found {
  const [code = '', side = '', ...numbers] = text.split(' ')
  const frames = numbers.map((number) => frameOf(Number(number), ladder, capture))
  return { connection, code, side: side === '-' ? null : side, frames }
}

function frameOf(number: number, ladder: Ladder, { frames }: LadderCapture): number {
  const isThere = ({ departure, arrival }: Passage): boolean => (departure ?? arrival)?.number === number
  const frame = frames.get(ladder.passages.find(isThere)!)?.[0]
  if (frame === undefined) throw new Error(`the tap has no line ${number}`)
  return frame
}
