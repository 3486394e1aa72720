/**
 * The scenarios of this folder as data. A file of a family is read by people first:
 *
 *     ## 18 the FIN is lost twice                                number and name
 *     begins as: 01 up to line 7                                 lines of another scenario of any family
 *     connections: 1                                             how many the report must find; 1 unless said
 *     connection 0: close.kind=four-way close.by=client          values of the report, `a|b` where both are right
 *     last connection: …                                         the same, and any number of connections
 *     A: SYN-SENT ESTABLISHED (FIN-WAIT-2)                       states entered; in brackets what cannot be known
 *     end: ?FIN-WAIT-2 / LAST-ACK                                at the end: `?` this or null, `*` anything
 *     findings: last-ack-lost                                    codes that must be among the findings
 *     without: syn-retransmission                                codes that would be wrong
 *
 * and then the ladder. `A:`, `B:` and `end:` are the columns of the ladder unless said otherwise.
 */
import { readFileSync } from 'node:fs'
import { type Ladder, type Peer, parseLadder } from '../support/ladder.ts'
import { statesOf } from '../support/ladder-states.ts'

export interface Scenario {
  number: string
  name: string
  ladder: Ladder
  /** Null when any number is right. */
  connections: number | null
  /** Values of the report by path, for each connection; the last one counted as -1. */
  values: { connection: number; text: string; path: string; allowed: string[] }[]
  states: Record<Peer, ExpectedState[]>
  end: Record<Peer, string>
  findings: string[]
  wrongFindings: string[]
}

export interface ExpectedState {
  state: string
  isOptional: boolean
}

interface Part {
  number: string
  name: string
  keys: Map<string, string>
  lines: string[]
}

const FAMILIES = ['opening', 'closing', 'resets', 'time-wait', 'capture-quality'] as const

/** `folder`, as a URL with a slash at its end: where the texts are, when not beside this module. */
export function readScenarios(folder: string = import.meta.url): { family: string; scenarios: Scenario[] }[] {
  const families = FAMILIES.map((family) => ({ family, parts: partsOf(family, folder) }))
  const all = families.flatMap(({ parts }) => parts)
  return families.map(({ family, parts }) => ({ family, scenarios: parts.map((part) => scenarioOf(part, all)) }))
}

function partsOf(family: string, folder: string): Part[] {
  const text = readFileSync(new URL(`${family}.txt`, folder), 'utf8')
  const [, ...sections] = text.split(/^## /m)
  return sections.map((section) => {
    const [title = '', ...rest] = section.split('\n')
    const keys = new Map<string, string>()
    const lines: string[] = []
    for (const line of rest) {
      const key = line.match(/^([a-zA-Z][a-zA-Z0-9 ]*): (.*)$/)
      if (key) keys.set(key[1]!, key[2]!)
      else lines.push(line)
    }
    return { number: title.slice(0, 2), name: title.slice(3), keys, lines }
  })
}

function scenarioOf(part: Part, all: readonly Part[]): Scenario {
  const { number, name, keys } = part
  const ladder = parseLadder([...beginningOf(part, all), ...part.lines].join('\n'))
  const columns = { A: column(ladder, 'A'), B: column(ladder, 'B') }
  const [endA, endB] = keys.get('end')?.split(' / ') ?? [columns.A.at(-1)?.state, columns.B.at(-1)?.state]
  const isCounted = !keys.has('last connection')
  return {
    number,
    name,
    ladder,
    connections: isCounted ? Number(keys.get('connections') ?? 1) : null,
    values: [...keys].flatMap(([key, text]) => valuesOf(key, text)),
    states: { A: expectedOf(keys.get('A')) ?? columns.A, B: expectedOf(keys.get('B')) ?? columns.B },
    end: { A: endA ?? '*', B: endB ?? '*' },
    findings: keys.get('findings')?.split(' ') ?? [],
    wrongFindings: keys.get('without')?.split(' ') ?? [],
  }
}

function beginningOf(part: Part, all: readonly Part[]): string[] {
  const [, from, last] = part.keys.get('begins as')?.match(/^(\d+) up to line (\d+)$/) ?? []
  if (from === undefined) return []
  const source = all.find((other) => other.number === from)!
  const end = source.lines.findIndex((line) => line.trim().startsWith(`${Number(last) + 1}.`))
  return end < 0 ? source.lines : source.lines.slice(0, end)
}

function column(ladder: Ladder, peer: Peer): ExpectedState[] {
  return statesOf(ladder, peer)
    .slice(1)
    .map(({ state }) => ({ state, isOptional: false }))
}

function expectedOf(text: string | undefined): ExpectedState[] | null {
  if (text === undefined) return null
  if (text === 'nothing') return []
  return text.split(' ').map((word) => ({ state: word.replace(/[()]/g, ''), isOptional: word.startsWith('(') }))
}

function valuesOf(key: string, text: string): Scenario['values'] {
  const index = key === 'last connection' ? -1 : Number(key.match(/^connection (\d+)$/)?.[1] ?? Number.NaN)
  if (Number.isNaN(index)) return []
  return text.split(' ').map((assignment) => {
    const [path = '', value = ''] = assignment.split('=')
    return { connection: index, text: assignment, path, allowed: value.split('|') }
  })
}
