/**
 * RFC 9293 §3.3.2 Figure 5 as data, seen from one endpoint. It does not know which side it is.
 *
 * Nothing but data lives here, and every change of a TCP state anywhere in this program is a row of this file.
 * The labels are the figure's own, so that it can be read against the RFC; a typo is a compile error.
 */

export const STATES = [
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const
export type TcpState = (typeof STATES)[number]

/**
 * What can happen to an endpoint. `snd` is what it sends, `rcv` what arrives at it. A RST in SYN-RECEIVED leads back
 * to where the open came from (Figure 5 Note 1), hence two events for each: so the table stays a table.
 */
export const EVENTS = [
  'snd SYN',
  'rcv SYN',
  'rcv SYN,ACK',
  'rcv ACK of SYN',
  'snd FIN',
  'rcv FIN',
  'rcv ACK of FIN',
  'rcv FIN,ACK of FIN',
  'snd RST',
  'snd RST, passive OPEN',
  'rcv RST',
  'rcv RST, passive OPEN',
  'rcv ICMP error',
  'rcv SYN, new connection',
  'snd SYN, new connection',
  'user timeout',
  'timeout=2MSL',
] as const
export type TcpEvent = (typeof EVENTS)[number]

/** From, on, to, section of RFC 9293. */
export type Arrow = readonly [from: TcpState, on: TcpEvent, to: TcpState, section: string]

/** The states in which both sides know each other's sequence numbers (RFC 9293 §3.5.3 calls them synchronized). */
const SYNCHRONIZED = [
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const satisfies readonly TcpState[]

const from = (states: readonly TcpState[], on: TcpEvent, to: TcpState, section: string): Arrow[] =>
  states.map((state) => [state, on, to, section])

// biome-ignore format: one arrow a line, in columns, to be read beside Figure 5.
export const TRANSITIONS: readonly Arrow[] = [
  // from            on                          to              RFC 9293
  ['CLOSED',         'snd SYN',                  'SYN-SENT',     '§3.10.1'],
  ['LISTEN',         'snd SYN',                  'SYN-SENT',     '§3.10.2'],
  ['LISTEN',         'rcv SYN',                  'SYN-RECEIVED', '§3.10.7.2 third'],

  ['SYN-SENT',       'rcv SYN,ACK',              'ESTABLISHED',  '§3.10.7.3 fourth'],
  ['SYN-SENT',       'rcv SYN',                  'SYN-RECEIVED', '§3.10.7.3 fourth'],
  ['SYN-RECEIVED',   'rcv ACK of SYN',           'ESTABLISHED',  '§3.10.7.4 fifth'],

  ['SYN-RECEIVED',   'snd FIN',                  'FIN-WAIT-1',   '§3.10.4'],
  ['ESTABLISHED',    'snd FIN',                  'FIN-WAIT-1',   '§3.10.4'],
  ['CLOSE-WAIT',     'snd FIN',                  'LAST-ACK',     '§3.10.4'],

  ['SYN-RECEIVED',   'rcv FIN',                  'CLOSE-WAIT',   '§3.10.7.4 eighth'],
  ['ESTABLISHED',    'rcv FIN',                  'CLOSE-WAIT',   '§3.10.7.4 eighth'],
  ['FIN-WAIT-1',     'rcv FIN',                  'CLOSING',      '§3.10.7.4 eighth'],
  ['FIN-WAIT-1',     'rcv FIN,ACK of FIN',       'TIME-WAIT',    '§3.3.2 Note 2'],
  ['FIN-WAIT-2',     'rcv FIN',                  'TIME-WAIT',    '§3.10.7.4 eighth'],
  ['FIN-WAIT-2',     'rcv FIN,ACK of FIN',       'TIME-WAIT',    '§3.10.7.4 eighth'],

  ['FIN-WAIT-1',     'rcv ACK of FIN',           'FIN-WAIT-2',   '§3.10.7.4 fifth'],
  ['CLOSING',        'rcv ACK of FIN',           'TIME-WAIT',    '§3.10.7.4 fifth'],
  ['LAST-ACK',       'rcv ACK of FIN',           'CLOSED',       '§3.10.7.4 fifth'],

  ['TIME-WAIT',      'timeout=2MSL',             'CLOSED',       '§3.10.8'],
  // A new connection takes the 4-tuple over: the old one is deleted before the new one starts (MAY-2).
  ['TIME-WAIT',      'rcv SYN, new connection',  'CLOSED',       '§3.6.1'],
  ['TIME-WAIT',      'snd SYN, new connection',  'CLOSED',       '§3.6.1'],

  ['SYN-SENT',       'rcv RST',                  'CLOSED',       '§3.10.7.3 second'],
  ['SYN-RECEIVED',   'rcv RST',                  'CLOSED',       '§3.10.7.4 second'],
  ['SYN-RECEIVED',   'rcv RST, passive OPEN',    'LISTEN',       '§3.10.7.4 second'],
  ...from(SYNCHRONIZED, 'rcv RST',               'CLOSED',       '§3.10.7.4 second'),

  // Sending a RST is an ABORT: §3.10.5 says CLOSED. §3.5.2 would have the sender enter TIME-WAIT; no TCP in use does.
  ['SYN-SENT',       'snd RST',                  'CLOSED',       '§3.10.5'],
  ['SYN-RECEIVED',   'snd RST',                  'CLOSED',       '§3.10.5'],
  // A listener that refuses the third segment goes on listening.
  ['SYN-RECEIVED',   'snd RST, passive OPEN',    'LISTEN',       '§3.3.2 Note 1'],
  ...from(SYNCHRONIZED, 'snd RST',               'CLOSED',       '§3.10.5'),

  ['SYN-SENT',       'rcv ICMP error',           'CLOSED',       '§3.9.2.2'],

  ['SYN-SENT',       'user timeout',             'CLOSED',       '§3.10.8'],
  ['SYN-RECEIVED',   'user timeout',             'CLOSED',       '§3.10.8'],
  ...from(['ESTABLISHED', 'FIN-WAIT-1', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK'],
          'user timeout',                        'CLOSED',       '§3.10.8'),
]

/**
 * Rows of ours: where a connection starts when the capture missed how it was opened. Graded `assumed` always.
 */
export const PICKUP = {
  from: 'CLOSED',
  on: 'first seen mid-stream',
  to: 'ESTABLISHED',
  section: 'no SYN captured',
} as const
