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
