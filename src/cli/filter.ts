/**
 * `--filter`: which connections a report is about. `key=value`; values separated by commas are ORed, several filters
 * ANDed, `!=` negates. Values are those of the report, states in every usual spelling.
 */
import { parseAddress } from '../bytes/address.ts'
import { type AddressRange, contains, parseRange } from '../bytes/address-range.ts'
import { didYouMean } from '../check/nearest.ts'
import { SEVERITIES } from '../findings/finding.ts'
import { CLOSE_KINDS, type ConnectionReport, OPEN_KINDS } from '../report/model.ts'
import { stateNamed } from '../tcp/state-names.ts'
import { STATES, type TcpState } from '../tcp/states.ts'
import { UsageError } from './usage-error.ts'

export type ConnectionFilter = (connection: ConnectionReport) => boolean

/** Makes a test for one value of a key. Throws `UsageError` for a value that the key cannot have. */
type ValueParser = (value: string) => ConnectionFilter

const KEYS: Readonly<Record<string, ValueParser>> = {
  host: (value) => {
    const range = hostRange(value)
    return ({ client, server }) => hasHost(range, client.address) || hasHost(range, server.address)
  },
  port: (value) => {
    const isPort = numberTest('port', value)
    return ({ client, server }) => isPort(client.port) || isPort(server.port)
  },
  state: (value) => {
    const state = parseState(value)
    return ({ client, server }) => client.state === state || server.state === state
  },
  visited: (value) => {
    const state = parseState(value)
    return ({ transitions }) => transitions.some(({ from, to }) => from === state || to === state)
  },
  finding: (value) => {
    const code = value.toLowerCase()
    return ({ findings }) => findings.some((finding) => finding.code === code)
  },
  severity: (value) => {
    const severity = oneOf('severity', value, SEVERITIES)
    return ({ findings }) => findings.some((finding) => finding.severity === severity)
  },
  open: (value) => {
    const kind = oneOf('open', value, OPEN_KINDS)
    return ({ open }) => open.kind === kind
  },
  close: (value) => {
    const kind = oneOf('close', value, CLOSE_KINDS)
    return ({ close }) => close.kind === kind
  },
  stream: (value) => {
    const isStream = numberTest('stream', value)
    return ({ stream }) => isStream(stream)
  },
  connection: (value) => {
    const isNumber = numberTest('connection', value)
    return ({ connection }) => isNumber(connection)
  },
}

/** For the help text. */
export const FILTER_KEYS: readonly string[] = Object.keys(KEYS)

/** What Wireshark's users type. */
const WIRESHARK_NAMES: Readonly<Record<string, string>> = {
  'ip.addr': 'host',
  'ipv6.addr': 'host',
  'tcp.port': 'port',
  'tcp.stream': 'stream',
}

/**
 * @param texts - one for each `--filter`; each may hold several terms, separated by spaces, `and` or `&&`
 * @param findingCodes - the codes that exist
 * @throws UsageError for an unknown key or value
 */
export function parseFilter(texts: readonly string[], findingCodes: readonly string[]): ConnectionFilter {
  const terms = texts.flatMap((text) => termsOf(text).map((term) => parseTerm(term, findingCodes)))
  return (connection) => terms.every((matches) => matches(connection))
}

function termsOf(text: string): string[] {
  const closed = text
    .trim()
    .replace(/\s*(!=|==?)\s*/g, '$1')
    .replace(/\s*,\s*/g, ',')
  return closed.split(/\s+(?:(?:and|&&)\s+)?/i)
}

function parseTerm(term: string, findingCodes: readonly string[]): ConnectionFilter {
  const match = /^([^=!]+)(!=|==?)(.+)$/.exec(term)
  if (match === null) {
    throw new UsageError(
      `--filter ${term}: expected key=value or key!=value, as in port=443 (keys: ${FILTER_KEYS.join(', ')})`,
    )
  }
  const [, typed, operator, values] = match as unknown as [string, string, string, string]
  const key = WIRESHARK_NAMES[typed.toLowerCase()] ?? typed.toLowerCase()
  const parse = Object.hasOwn(KEYS, key) ? KEYS[key]! : null
  if (parse === null) {
    throw new UsageError(
      `--filter ${term}: no such key: ${typed}${didYouMean(typed, FILTER_KEYS)}; keys: ${FILTER_KEYS.join(', ')}`,
    )
  }
  const tests = values.split(',').map((value) => {
    if (key === 'finding') oneOf('finding', value, findingCodes)
    return parse(value)
  })
  const isWanted = operator !== '!='
  return (connection) => tests.some((matches) => matches(connection)) === isWanted
}

/** The value as it is spelled in the report. */
export function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value.toLowerCase())
  if (found !== undefined) return found
  const all = known.length > 20 ? '' : `: ${known.join(', ')}`
  throw new UsageError(`no such ${what}: ${value}${didYouMean(value, known) || all}`)
}

function parseState(value: string): TcpState {
  const state = stateNamed(value)
  if (state === null) {
    throw new UsageError(
      `no such state: ${value}${didYouMean(value.replaceAll('_', '-'), STATES) || `: ${STATES.join(', ')}`}`,
    )
  }
  return state
}

function numberTest(key: string, value: string): (of: number) => boolean {
  const match = /^(\d+)(?:-(\d+))?$/.exec(value)
  if (match === null)
    throw new UsageError(`--filter ${key}=${value}: expected a number or a range, as in ${key}=5 or ${key}=5-9`)
  const least = Number(match[1])
  const most = Number(match[2] ?? match[1])
  return (of) => of >= least && of <= most
}

function hostRange(value: string): AddressRange {
  const range = parseRange(value)
  if (range === null) {
    throw new UsageError(
      `--filter host=${value}: expected an address or a network, as in host=10.0.0.1 or host=2001:db8::/32`,
    )
  }
  return range
}

function hasHost(range: AddressRange, address: string): boolean {
  const parsed = parseAddress(address)
  return parsed !== null && contains(range, parsed)
}
