/**
 * The language of expectations: what may be written into `*.expect.yaml` and `finwait.config.yaml`, with the words that
 * say what is wrong with it. `schema/expectation.schema.json` is made of this.
 *
 * Next: parse.ts, from text to this with lines and columns; evaluate.ts, what it means.
 */
import { z } from 'zod'
import { parseRange } from '../bytes/address-range.ts'
import { FINDING_CODES } from '../findings/catalogue.ts'
import { SEVERITIES } from '../findings/finding.ts'
import { CLOSE_KINDS } from '../tcp/closing.ts'
import { OPEN_KINDS } from '../tcp/opening.ts'
import { stateNamed } from '../tcp/state-names.ts'
import { STATES } from '../tcp/states.ts'
import { didYouMean } from './nearest.ts'

/** In a list of states: any number of states, also none. */
export const ANY_STATES = '...'

/** An object without other keys. */
function object<T extends z.ZodRawShape>(what: string, shape: T) {
  const keys = Object.keys(shape)
  return z.strictObject(shape, {
    // One line for each key, in order: problems.ts finds the place of each.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `no such key: ${key}${didYouMean(key, keys) || `: ${keys.join(', ')}`}`).join('\n')
        : `expected ${what}: ${keys.join(', ')}`,
  })
}

function word<const T extends readonly string[]>(what: string, words: T) {
  return z.enum(words, {
    error: ({ input }) => {
      if (typeof input !== 'string') return `expected a ${what}`
      const all = words.length > 20 ? '' : `: ${words.join(', ')}`
      return `no such ${what}: ${input}${didYouMean(input, words) || all}`
    },
  })
}

function list<T extends z.ZodType>(item: T, what: string) {
  return z.array(item, { error: `expected a list of ${what}` }).min(1, `expected a list of ${what}, found an empty one`)
}

/** One, or a list of which one is meant. */
function oneOf<T extends z.ZodType>(item: T, what: string) {
  return z.union([item, list(item, what)], { error: `expected one of the ${what}, or a list of them` })
}

function wholeNumber(what: string, most?: number) {
  const least = z.int(`expected ${what}`).min(0, `expected ${what}`)
  return most === undefined ? least : least.max(most, `expected ${what}`)
}

function isPortRange([least = 0, most = 0]: readonly number[]): boolean {
  return least <= most && most <= 65535
}

const limit = wholeNumber('a number').optional()
const limits = object('limits', { min: limit, max: limit }).refine(
  ({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max,
  'no number is at least min and at most max',
)
const count = z
  .union([wholeNumber('a number'), limits], { error: 'expected a number, or { min, max }' })
  .meta({ id: 'count', description: 'So many; or at least min, at most max.' })

const PORT = 'a port: 443, or 8000-8999'
const onePort = wholeNumber(PORT, 65535)
const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, `expected ${PORT}`)
  .refine((text) => isPortRange(text.split('-').map(Number)), `expected ${PORT}`)
const somePorts = z.union([onePort, portRange], { error: `expected ${PORT}` })
const port = z
  .union([onePort, portRange, list(somePorts, 'ports')], { error: `expected ${PORT}` })
  .meta({ id: 'port', description: 'A port, a range of ports (8000-8999), or a list of which one is meant.' })

const ADDRESS = 'an address or a network: 10.0.0.1, 2001:db8::/32'
const endpoint = object('an endpoint', {
  address: z
    .string(`expected ${ADDRESS}`)
    .refine((text) => parseRange(text) !== null, `expected ${ADDRESS}`)
    .optional()
    .describe('An address, or a network with the length of its prefix.'),
  port: port.optional(),
}).meta({ id: 'endpoint' })

const openKind = word('way to open', OPEN_KINDS).meta({ id: 'openKind' })
const closeKind = word('way to close', CLOSE_KINDS).meta({ id: 'closeKind' })
const severity = word('severity', SEVERITIES).meta({ id: 'severity' })
const code = word('finding', FINDING_CODES as unknown as readonly [string, ...string[]]).meta({ id: 'finding' })

const match = object('what to match', {
  client: endpoint.optional().describe('The side that opened.'),
  server: endpoint.optional(),
  open: oneOf(openKind, 'ways to open').optional(),
  close: oneOf(closeKind, 'ways to close').optional(),
  stream: wholeNumber('a number').optional().describe("Wireshark's tcp.stream."),
  connection: wholeNumber('a number').optional().describe("finwait's own number."),
}).meta({ id: 'match' })

const handshake = object('what the handshake should be', {
  completed: z.boolean('expected true or false').optional().describe('Whether both sides know that it is open.'),
  rtt: z
    .string('expected a limit: < 50ms')
    .regex(/^<=?\s*\d+(\.\d+)?\s*(us|µs|ms|s)$/, 'expected a limit: < 50ms')
    .optional()
    .describe('Limit of the time from the SYN to the ACK of the SYN-ACK: < 50ms.'),
  retransmissions: count.optional().describe('SYNs and SYN-ACKs that were sent again.'),
}).meta({ id: 'handshake' })

const close = z
  .union(
    [
      closeKind,
      list(closeKind, 'ways to close'),
      object('how it closes', {
        kind: oneOf(closeKind, 'ways to close').optional(),
        by: oneOf(word('side', ['client', 'server', 'both']), 'sides')
          .optional()
          .describe('Who closes first.'),
        complete: z.boolean('expected true or false').optional().describe('Whether every FIN is acknowledged.'),
      }),
    ],
    { error: 'expected a way to close, a list of them, or { kind, by, complete }' },
  )
  .meta({ id: 'close' })

/** Every usual spelling is taken; the schema, and so an editor, offers that of the RFC. */
const state = z.preprocess(
  (name) => (typeof name === 'string' ? (stateNamed(name) ?? name) : name),
  word('state', [...STATES, ANY_STATES]),
)
const path = list(state, 'states').meta({
  id: 'states',
  description: 'The states that the side enters, in order; ... stands for any number of states.',
})

const findings = object('rules for findings', {
  none: z
    .union([code, list(code, 'findings'), object('a severity', { severity })], {
      error: 'expected a finding, a list of findings, or { severity }',
    })
    .optional()
    .describe('What must not be found: these, or all of this severity and worse.'),
  has: oneOf(code, 'findings').optional().describe('What must be found; none does not forbid it.'),
  allow: oneOf(code, 'findings')
    .optional()
    .describe('What none does not forbid, neither here nor in the rules for all.'),
}).meta({ id: 'findings' })

const connectionRule = object('a rule for connections', {
  name: z.string('expected a text').optional().describe('Stands in messages.'),
  match: match.optional().describe('Which connections; without it, all.'),
  count: count
    .optional()
    .describe(
      'How many connections match. Without it: beside a capture at least one, in finwait.config.yaml any number.',
    ),
  open: oneOf(openKind, 'ways to open').optional(),
  handshake: handshake.optional(),
  close: close.optional(),
  states: object('the sides', { client: path, server: path }).partial().optional(),
  findings: findings.optional(),
  quality: word('quality', ['complete'])
    .optional()
    .describe('complete: no segment is missing, both directions are there.'),
}).meta({ id: 'connectionRule' })

const captureRule = object('a rule for the capture', {
  connections: count.optional().describe('How many connections there are.'),
  findings: findings
    .optional()
    .describe('Of the capture and of all its connections. Without it anywhere: none of severity error.'),
  quality: word('quality', ['any', 'whole', 'complete'])
    .optional()
    .describe(
      'whole, as without it: not cut short. complete: no packet is lost or damaged, and every connection is complete. any: neither.',
    ),
}).meta({ id: 'captureRule' })

export const EXPECTATION = object('expectations', {
  connections: z.array(connectionRule, { error: 'expected a list of rules' }).optional(),
  capture: captureRule.optional(),
}).meta({ title: 'Expectations of finwait check' })

export type Expectation = z.infer<typeof EXPECTATION>
export type ConnectionRule = z.infer<typeof connectionRule>
export type CaptureRule = z.infer<typeof captureRule>
export type Match = z.infer<typeof match>
export type EndpointMatch = z.infer<typeof endpoint>
export type HandshakeRule = z.infer<typeof handshake>
export type CloseRule = z.infer<typeof close>
export type FindingsRule = z.infer<typeof findings>
export type Count = z.infer<typeof count>
