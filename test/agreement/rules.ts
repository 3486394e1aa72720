/**
 * The cases of rules.txt as data:
 *
 *     ## a SYN with another number begins a stream         name
 *     streams: 37 37                                       completeness of each stream, by number
 *     connections: 0 1                                     finwait's: the stream of each connection
 *     both: retransmission 6                               frames of an anomaly, as both name them
 *     tshark: retransmission 3 4                           as tshark alone names them, on purpose of finwait's
 *
 * and then the ladder. Frames are counted at the tap.
 */
import { readFileSync } from 'node:fs'
import { parseLadder } from '../support/ladder.ts'
import { captureOf } from '../support/ladder-capture.ts'
import { type Anomalies, type Anomaly, emptyReading } from './reading.ts'

export interface Rule {
  name: string
  capture: Uint8Array
  completeness: number[]
  /** Null where the case says nothing of connections. */
  connectionStreams: number[] | null
  finwait: Anomalies
  tshark: Anomalies
}

const KEY = /^(streams|connections|both|tshark): (.*)$/gm

export function readRules(): Rule[] {
  const text = readFileSync(new URL('rules.txt', import.meta.url), 'utf8')
  const [, ...sections] = text.split(/^## /m)
  return sections.map(ruleOf)
}

function ruleOf(section: string): Rule {
  const [name = '', ...lines] = section.split('\n')
  const body = lines.join('\n')
  const values = (key: string): string[] =>
    [...body.matchAll(KEY)].filter(([, name]) => name === key).map(([, , value]) => value!)
  const finwait = anomaliesOf(values('both'))
  const tshark = anomaliesOf([...values('both'), ...values('tshark')])
  const [completeness = ''] = values('streams')
  const [connections] = values('connections')
  const { bytes: capture } = captureOf(parseLadder(body.replace(KEY, '')))
  const connectionStreams = connections === undefined ? null : numbersOf(connections)
  return { name, capture, completeness: numbersOf(completeness), connectionStreams, finwait, tshark }
}

function numbersOf(text: string): number[] {
  return text.split(' ').map(Number)
}

/** `retransmission 3 4`, one of a kind each. */
function anomaliesOf(texts: readonly string[]): Anomalies {
  const { anomalies } = emptyReading()
  for (const text of texts) {
    const [kind, ...frames] = text.split(' ')
    for (const frame of frames) anomalies[kind as Anomaly].add(Number(frame))
  }
  return anomalies
}
