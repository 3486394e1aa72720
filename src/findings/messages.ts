/**
 * The only prose about findings: what each means (for the documentation), and the sentence of one case, in words that
 * a socket programmer can act on.
 */
import type { FindingCode } from './catalogue.ts'

type Values = Record<string, string | number>

interface Message {
  /** For `docs/findings.md`: what it means, and when it is a problem. */
  meaning: string
  /** The sentence of one case. */
  sentence: (values: Values) => string
}

/** Seconds for a reader: 61 s, 2.1 s, 350 ms. */
function seconds(value: string | number | undefined): string {
  const number = Number(value ?? 0)
  if (number >= 10) return `${Math.round(number)} s`
  return number >= 1 ? `${number.toFixed(1)} s` : `${Math.round(number * 1000)} ms`
}

function times(count: string | number | undefined): string {
  return Number(count) === 1 ? 'once' : `${count} times`
}

const CAPTURE_ENDS = 'The capture ends there: what came later is not known.'

function fixed(text: string): Message['sentence'] {
  return () => text
}

export const MESSAGES: Record<FindingCode, Message> = {
  'mid-stream': {
    meaning:
      'The capture starts after the handshake. Both sides are assumed ESTABLISHED, and who is the client is a guess by port numbers.',
    sentence: fixed('The handshake is not in the capture: both sides are assumed ESTABLISHED at the first frame.'),
  },
  'simultaneous-open': {
    meaning: 'Both sides called connect() and their SYNs crossed: each goes through SYN-RECEIVED. Legal and rare.',
    sentence: fixed('Both sides called connect() and their SYNs crossed: simultaneous open.'),
  },
  'split-handshake': {
    meaning:
      'The server answered by an ACK and a SYN of its own instead of one SYN-ACK. Legal in the RFC, used to evade firewalls.',
    sentence: fixed('The server sent its ACK and its SYN separately: a split handshake, which firewalls may misread.'),
  },
  'fast-open': {
    meaning: 'TCP Fast Open: the SYN carried data and the server accepted them.',
    sentence: ({ bytes }) => `The SYN carried ${bytes} bytes of data, and the server accepted them (TCP Fast Open).`,
  },
  'fast-open-ignored': {
    meaning:
      'The SYN carried data, but the server acknowledged the SYN only; the data are sent again after the handshake.',
    sentence: ({ bytes }) =>
      `The SYN carried ${bytes} bytes of data, but the server acknowledged the SYN only: no gain from TCP Fast Open.`,
  },
  'connection-refused': {
    meaning:
      'A RST answered the SYN: nobody listens on that port, or a firewall rejects it. connect() fails with ECONNREFUSED.',
    sentence: ({ port }) =>
      `Connection refused: a RST answered the SYN, nobody listens on port ${port} (or a firewall rejects it). connect() fails with ECONNREFUSED.`,
  },
  'icmp-unreachable': {
    meaning: 'An ICMP error answered the SYN: a router or firewall on the way could not, or would not, deliver it.',
    sentence: ({ type, code }) =>
      `An ICMP error (type ${type}, code ${code}) answered the SYN: connect() fails with EHOSTUNREACH or ENETUNREACH.`,
  },
  'syn-unanswered': {
    meaning:
      'The SYN was never answered: host down, wrong address, or a firewall that drops. connect() fails with ETIMEDOUT after minutes.',
    sentence: ({ count, seconds: s }) =>
      `The SYN was sent ${times(count)} over ${seconds(s)} and never answered: host down, or a firewall drops it. connect() hangs, then fails with ETIMEDOUT.`,
  },
  'half-open': {
    meaning:
      'A SYN-ACK was sent and never acknowledged: the client vanished, the SYN was spoofed, or the SYN-ACK does not reach the client.',
    sentence: ({ count }) =>
      `The SYN-ACK was sent ${times(count)} and never acknowledged: the client is gone, spoofed, or does not receive it.`,
  },
  'handshake-reset': {
    meaning:
      'A RST ended the connection before both sides were ESTABLISHED: a half-open scan, a client that gave up, or a listener that closed meanwhile.',
    sentence: ({ by }) => `The ${by} reset the connection during the handshake.`,
  },
  'wrong-ack': {
    meaning:
      'A SYN-ACK acknowledged something the client never sent: a host that remembers an older connection, or a confused middlebox.',
    sentence: fixed(
      'The SYN-ACK acknowledges a sequence number that the client did not send; the client must answer by a RST.',
    ),
  },
  'old-duplicate-syn': {
    meaning:
      'A SYN of an earlier connection arrived late. The server answers it, the client refuses by a RST, nothing is harmed.',
    sentence: fixed('The SYN is an old duplicate of the connection before: its sender refused the answer by a RST.'),
  },
  'syn-retransmission': {
    meaning:
      'The SYN had to be sent again: lost, or ignored because the listen queue was full. Each costs the user a second and more.',
    sentence: ({ count }) =>
      `The SYN was sent again ${times(count)}: lost on the way, or ignored because the listen queue was full.`,
  },
  'syn-ack-retransmission': {
    meaning:
      'The SYN-ACK had to be sent again: it, or the ACK of it, was lost; or the server holds the ACK back (accept queue full, TCP_DEFER_ACCEPT).',
    sentence: ({ count }) => `The SYN-ACK was sent again ${times(count)}.`,
  },
  'handshake-ack-lost': {
    meaning:
      'The SYN-ACK was repeated after the client had acknowledged it: that ACK was lost, or ignored (accept queue full, TCP_DEFER_ACCEPT). The client believed to be connected while the server was still in SYN-RECEIVED.',
    sentence: fixed(
      'The SYN-ACK was repeated after its ACK: the server had not taken that ACK (lost, accept queue full, or TCP_DEFER_ACCEPT) and stayed in SYN-RECEIVED while the client was ESTABLISHED.',
    ),
  },
  'syn-in-connection': {
    meaning:
      'A SYN arrived on a synchronized connection and was not accepted as a new one: forged, an old duplicate, or a host that crashed and tries again. The receiver answers with a challenge ACK.',
    sentence: ({ answer }) => `A SYN arrived on the living connection and changed nothing (${answer}).`,
  },
  'simultaneous-close': {
    meaning: "Both sides closed before they heard of the other's FIN: both go through CLOSING and both hold TIME-WAIT.",
    sentence: fixed('The FINs crossed: both sides closed at once, pass through CLOSING, and both hold TIME-WAIT.'),
  },
  'half-close': {
    meaning: 'One side closed its direction and went on receiving: shutdown(SHUT_WR). Fine when meant.',
    sentence: ({ bytes, seconds: s, by }) =>
      `The ${by} closed its direction only (shutdown(SHUT_WR)): the other side sent ${bytes} bytes more, over ${seconds(s)}.`,
  },
  'fin-before-data': {
    meaning: 'The FIN arrived before the data it follows: it took effect only when they had come.',
    sentence: fixed('The FIN arrived before data it follows; it took effect when the missing data came.'),
  },
  'fin-retransmission': {
    meaning: 'A FIN had to be sent again: it, or the ACK of it, was lost.',
    sentence: ({ count, by }) => `The ${by} sent its FIN again ${times(count)}: it, or the ACK of it, was lost.`,
  },
  'last-ack-lost': {
    meaning:
      'The FIN was repeated after it had been acknowledged: that ACK never arrived. TIME-WAIT exists for this: it acknowledges again.',
    sentence: ({ by }) => `The ${by} repeated its FIN after it was acknowledged: that ACK was lost.`,
  },
  'fin-in-flight': {
    meaning: 'The capture ends before the FIN was acknowledged: whether it arrived is not known.',
    sentence: ({ by }) =>
      `The ${by}'s FIN is not acknowledged in the capture: whether it arrived is not known. ${CAPTURE_ENDS}`,
  },
  'timed-out': {
    meaning:
      'A side repeated a segment with growing pauses and then gave up, without a packet. The program sees ETIMEDOUT; the peer knows nothing.',
    sentence: ({ side, state, count }) =>
      `The ${side} gave up in ${state} after sending ${times(count)} without an answer (ETIMEDOUT); the other side was not told.`,
  },
  'connection-reset': {
    meaning:
      'A RST ended the connection: an abort by SO_LINGER 0, close() with unread data, a killed process, or a socket that no longer exists.',
    sentence: ({ by, state, why }) =>
      `The ${by} reset the connection in ${state}: ${why}. The other side's read() fails with ECONNRESET.`,
  },
  'reset-after-close': {
    meaning: 'Data arrived at a side that had closed completely: its kernel answers by a RST, and the data are lost.',
    sentence: ({ by }) => `The ${by} had closed; what arrived afterwards was answered by a RST and is lost.`,
  },
  'half-open-peer': {
    meaning:
      'A side answered a segment of the connection by the RST of a host that does not know it: it crashed, rebooted, or was reset out of sight.',
    sentence: ({ by }) =>
      `The ${by} no longer knew the connection (crash, reboot, or reset out of sight) and answered by a RST.`,
  },
  'reset-challenged': {
    meaning:
      'A RST inside the window but not exactly at RCV.NXT: the target answers with a challenge ACK and lives on. Forged, or reordered.',
    sentence: fixed(
      'A RST inside the window, not exactly at the expected sequence number, changed nothing: the target must answer with a challenge ACK.',
    ),
  },
  'reset-ignored': {
    meaning: 'A RST outside the window: the target ignores it. Forged, or of an older connection.',
    sentence: fixed('A RST outside the receive window was ignored, as it must be.'),
  },
  'reset-by-middlebox': {
    meaning:
      'A RST in the name of a side that goes on as if it had not sent it: something in between (firewall, load balancer, attacker) did.',
    sentence: ({ by, why }) =>
      `The RST in the ${by}'s name was not sent by the ${by}: ${why}. Something in between did.`,
  },
  'reset-not-received': {
    meaning:
      'A RST whose target had stopped answering long before, or goes on as if it had not come: it was lost, and that side still believes in the connection.',
    sentence: ({ by }) => `The ${by}'s RST probably never arrived: the other side may still believe in the connection.`,
  },
  'time-wait-restarted': {
    meaning: 'A re-sent FIN met TIME-WAIT, which acknowledged it and started its 2MSL again: TIME-WAIT doing its job.',
    sentence: ({ count, side }) =>
      `A re-sent FIN restarted the ${side}'s TIME-WAIT ${times(count)}: it is doing its job.`,
  },
  'time-wait-reused': {
    meaning: 'A new SYN took the 4-tuple over while TIME-WAIT held it, as RFC 6191 allows.',
    sentence: ({ side, case: rule }) =>
      `A new connection took the 4-tuple over from the ${side}'s TIME-WAIT${rule ? ` (RFC 6191 case ${rule})` : ''}.`,
  },
  'time-wait-reuse-refused': {
    meaning:
      'A new SYN met TIME-WAIT and was not accepted: ACK, RST, and the SYN again. The user waits a second and more.',
    sentence: ({ side, case: rule }) =>
      `The ${side}'s TIME-WAIT did not accept a new SYN (RFC 6191 case ${rule}): it answered with an ACK.`,
  },
  'time-wait-assassinated': {
    meaning:
      'A RST ended TIME-WAIT early: an old duplicate made it send an ACK that the closed peer refused. Old segments can now reach a new connection.',
    sentence: ({ side }) =>
      `A RST ended the ${side}'s TIME-WAIT early (RFC 1337); a system that ignores RSTs there (tcp_rfc1337=1) keeps it.`,
  },
  'syn-received-stuck': {
    meaning: 'The server waits for the ACK of its SYN-ACK.',
    sentence: ({ seconds: s }) =>
      `The server has been in SYN-RECEIVED for ${seconds(s)}: the ACK of its SYN-ACK did not come. ${CAPTURE_ENDS}`,
  },
  'close-wait-stuck': {
    meaning:
      'The peer has closed, the program has not: read() returned 0 and close() was not called. The usual leak of sockets; no timer ever ends it.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in CLOSE-WAIT for ${seconds(s)}: its program has read end-of-file and has not called close(). No timer ends this. ${CAPTURE_ENDS}`,
  },
  'fin-wait-1-stuck': {
    meaning: 'The FIN is not acknowledged: the path or the peer is gone.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in FIN-WAIT-1 for ${seconds(s)}: its FIN is not acknowledged, the path or the peer is gone. ${CAPTURE_ENDS}`,
  },
  'fin-wait-2-stuck': {
    meaning:
      'This side has closed, the peer has not. Linux ends it after tcp_fin_timeout (60 s) only when the program called close(); after shutdown(SHUT_WR) it can last for ever.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in FIN-WAIT-2 for ${seconds(s)}: the other side has not closed. Linux ends this after 60 s only for a socket that was closed, never after shutdown(SHUT_WR). ${CAPTURE_ENDS}`,
  },
  'closing-stuck': {
    meaning: "Both sides have closed, but the ACK of this side's FIN is missing.",
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in CLOSING for ${seconds(s)}: the ACK of its FIN is missing. ${CAPTURE_ENDS}`,
  },
  'last-ack-stuck': {
    meaning: 'The last FIN is not acknowledged: the ACK is lost, or the peer is gone without TIME-WAIT.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in LAST-ACK for ${seconds(s)}: the last FIN is not acknowledged. ${CAPTURE_ENDS}`,
  },
  retransmission: {
    meaning: 'Data were sent again: lost on the way, or their ACK was.',
    sentence: ({ side, count }) => `The ${side} sent data again ${times(count)}.`,
  },
  'out-of-order': {
    meaning: 'Segments reached the capture in another order than they were sent.',
    sentence: ({ side, count }) => `Segments of the ${side} arrived out of order ${times(count)}.`,
  },
  'zero-window': {
    meaning: 'A side announced a receive window of 0: its program does not read fast enough, and the peer must wait.',
    sentence: ({ side, count }) =>
      `The ${side} announced a zero window ${times(count)}: its program does not read fast enough.`,
  },
  'keep-alive': {
    meaning: 'Keep-alive probes: the connection is idle, and a side checks whether the peer is still there.',
    sentence: ({ side, count }) => `The ${side} sent ${count} keep-alive probes.`,
  },
  'peer-silent': {
    meaning: 'A side stopped answering although the other asked again and again: the path is cut, or the host is gone.',
    sentence: ({ side }) =>
      `The ${side} answered nothing any more although it was asked repeatedly: path cut, or host gone.`,
  },
  'one-sided': {
    meaning:
      "Only one direction is in the capture (asymmetric routing, a filter, one port of a mirror): of the other side only what its peer's acknowledgments prove is known.",
    sentence: ({ side }) =>
      `Only the ${side}'s segments were captured: the other side is known by what they acknowledge only.`,
  },
  'missing-segments': {
    meaning: 'Bytes were acknowledged that the capture does not have: it lost packets, or a part took another way.',
    sentence: ({ side, bytes }) => `${bytes} bytes of the ${side} were acknowledged but are not in the capture.`,
  },
  'bad-checksum': {
    meaning:
      'A segment has a wrong TCP checksum while others of its sender are right: it was damaged on the way, and its receiver dropped it.',
    sentence: ({ side }) =>
      `A segment of the ${side} has a wrong checksum: its receiver dropped it, so it counts for nothing.`,
  },
  'log-limit': {
    meaning:
      'The connection had more segments with SYN, FIN or RST than are kept of one; the later ones are counted only.',
    sentence: ({ count }) => `${count} segments more than are kept of one connection: the timeline stops before them.`,
  },
  'syn-flood': {
    meaning: 'Very many SYNs to one server without the handshake being finished: an attack, or a scan.',
    sentence: ({ address, count, rate }) =>
      `${address} received ${count} SYNs whose handshake was never finished, up to ${rate} in a second.`,
  },
  'port-scan': {
    meaning: 'One host tried many ports, most of them refused or unanswered.',
    sentence: ({ address, count }) =>
      `${address} tried ${count} ports that were refused, unanswered or reset in the handshake.`,
  },
  'close-wait-leak': {
    meaning:
      'Many connections of one host are in CLOSE-WAIT: its program forgets to close sockets, until it runs out of file descriptors.',
    sentence: ({ address, count }) =>
      `${address} has ${count} connections in CLOSE-WAIT: its program does not close them, and will run out of file descriptors.`,
  },
  'time-wait-pressure': {
    meaning:
      'A host holds so many TIME-WAITs towards one server that its ephemeral ports (28,232 on Linux by default) run out.',
    sentence: ({ address, count, peer }) =>
      `${address} held ${count} connections to ${peer} in TIME-WAIT at once; the usual 28,232 ephemeral ports run out. Let the other side close first, or keep connections open.`,
  },
  'connection-limit': {
    meaning: 'More connections were live at once than are kept; the oldest were reported as they were.',
    sentence: ({ count }) =>
      `${count} connections were reported before their end because too many were live at once (--max-connections).`,
  },
}
