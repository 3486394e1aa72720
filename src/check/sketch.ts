/**
 * What of connections is worth expecting: the same in the next recording of the same thing. No times, no addresses, no
 * ephemeral ports. `--update` writes it.
 */
import { SEVERITIES } from '../findings/finding.ts'
import type { ConnectionReport, FindingReport } from '../report/model.ts'
import type { TcpState } from '../tcp/states.ts'
import type { SideName } from '../tcp/timeline.ts'
import { enteredBy } from './aspects/states.ts'
import { ANY_STATES, type CloseRule, type ConnectionRule, type FindingsRule, type Match } from './language.ts'

type Connections = readonly ConnectionReport[]

/** From here on a port is one that was free, also that of a server in a test (Linux; others begin higher). */
const EPHEMERAL = 32_768

/** Findings from this severity on are written down; any other of that severity fails. */
export const LOUD = 'warn'

/** Rules for these connections: for each port of a server one, or one for each way its connections open and close. */
export function rulesFor(connections: Connections): ConnectionRule[] {
  return grouped(connections, portOf).flatMap((ofPort) =>
    grouped(ofPort, ({ open, close }) => `${open.kind} ${close.kind}`).map((alike) => ruleFor(alike, ofPort)),
  )
}

/** @param others - all connections to the port, from which the rule must tell these apart */
function ruleFor(connections: Connections, others: Connections): ConnectionRule {
  const opens = kindsOf(others, 'open')
  const closes = kindsOf(others, 'close')
  const match: Match = { server: { port: portOf(connections[0]!) } }
  if (Array.isArray(opens)) match.open = openFor(connections)
  if (Array.isArray(closes)) match.close = kindsOf(connections, 'close')
  const close = match.close === undefined ? closeFor(connections) : sideFor(connections)
  const states = statesFor(connections)
  const findings = findingsFor(connections)
  return {
    match,
    count: connections.length,
    ...(match.open === undefined ? { open: openFor(connections) } : {}),
    ...(close === null ? {} : { close }),
    ...(Object.keys(states).length === 0 ? {} : { states }),
    ...(Object.keys(findings).length === 0 ? {} : { findings }),
  }
}

function portOf({ server }: ConnectionReport): number | string {
  return server.port < EPHEMERAL ? server.port : `${EPHEMERAL}-65535`
}

export function openFor(connections: Connections): NonNullable<ConnectionRule['open']> {
  return kindsOf(connections, 'open')
}

/** How they close, and who closes first where that is always the same. */
export function closeFor(connections: Connections): CloseRule {
  const kind = kindsOf(connections, 'close')
  const side = sideFor(connections)
  return side === null ? kind : { kind, ...side }
}

function sideFor(connections: Connections): { by: 'client' | 'server' | 'both' } | null {
  const by = common(connections, ({ close }) => close.by)
  return by === undefined || by === null ? null : { by }
}

/** The states of each side that enters the same ones in all connections. */
export function statesFor(connections: Connections): NonNullable<ConnectionRule['states']> {
  const states: NonNullable<ConnectionRule['states']> = {}
  for (const side of ['client', 'server'] as const) {
    const isSame = common(connections, (connection) => stableStates(side, connection).join()) !== undefined
    const entered = isSame ? stableStates(side, connections[0]!) : []
    if (entered.length > 0) states[side] = entered
  }
  return states
}

/** Whether a timer runs out before the capture ends depends on when that was stopped. */
function stableStates(side: SideName, connection: ConnectionReport): (TcpState | typeof ANY_STATES)[] {
  const entered = enteredBy(side, connection)
  const timer = entered.findIndex(({ cause, proof }) => cause === null && proof === null)
  const states = entered.map(({ to }) => to)
  return timer === -1 ? states : [...states.slice(0, timer), ANY_STATES]
}

/** Codes that all have must be there, those that some have may. */
function findingsFor(connections: Connections): FindingsRule {
  const codes = loudCodes(connections.flatMap(({ findings }) => findings))
  const has = codes.filter((code) => connections.every(({ findings }) => findings.some((found) => found.code === code)))
  const allow = codes.filter((code) => !has.includes(code))
  return { ...(has.length > 0 ? { has } : {}), ...(allow.length > 0 ? { allow } : {}) }
}

/** Codes of findings that are severe enough to be written down, each once. */
export function loudCodes(findings: readonly FindingReport[]): string[] {
  const least = SEVERITIES.indexOf(LOUD)
  const loud = findings.filter(({ severity }) => SEVERITIES.indexOf(severity) >= least)
  return [...new Set(loud.map(({ code }) => code))].sort()
}

/** The kind of all, or a list of those that there are. */
function kindsOf<K extends 'open' | 'close'>(connections: Connections, key: K): OneOrMore<ConnectionReport[K]['kind']> {
  const kinds = [...new Set(connections.map((connection) => connection[key].kind))].sort()
  return kinds.length === 1 ? kinds[0]! : kinds
}

type OneOrMore<T> = T | T[]

/** What is the same of all; undefined when it is not. */
function common<T, Value>(items: readonly T[], pick: (item: T) => Value): Value | undefined {
  const [first, ...more] = new Set(items.map(pick))
  return more.length === 0 ? first : undefined
}

/** Items with the same key together, in the order of their first. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string | number): T[][] {
  const groups = new Map<string | number, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return [...groups.values()]
}
