/**
 * Sentences about the opening.
 */
import { again, counted, endsAfter, fixed, ifFrame, type Message, seconds, times } from './words.ts'

export const OPENING = {
  'mid-stream': {
    meaning:
      'The capture starts after the handshake. Both sides are assumed ESTABLISHED, and who is the client is a guess by port numbers.',
    sentence: fixed(
      'The handshake is not in the capture: both sides are assumed ESTABLISHED at the first frame, and who is the client is guessed by the ports.',
    ),
  },
  'simultaneous-open': {
    meaning: 'Both sides called connect() and their SYNs crossed: each goes through SYN-RECEIVED. Legal and rare.',
    sentence: fixed('Both sides called connect() and their SYNs crossed: a simultaneous open, legal and rare.'),
  },
  'split-handshake': {
    meaning:
      'The server answered by an ACK and a SYN of its own instead of one SYN-ACK. Legal in the RFC, used to evade firewalls.',
    sentence: fixed('The server sent its ACK and its SYN separately: a split handshake, which firewalls may misread.'),
  },
  'fast-open': {
    meaning: 'TCP Fast Open: the SYN carried data and the server accepted them.',
    sentence: ({ bytes }) =>
      `The SYN carried ${counted(bytes, 'byte')} of data, and the server accepted them (TCP Fast Open).`,
  },
  'fast-open-ignored': {
    meaning:
      'The SYN carried data, but the server acknowledged the SYN only: the data are sent again after the handshake. The server has TCP Fast Open switched off, or does not know the cookie any more.',
    sentence: ({ bytes }) =>
      `The SYN carried ${counted(bytes, 'byte')} of data, but the server acknowledged the SYN only: no gain from TCP Fast Open. Is it switched on there (net.ipv4.tcp_fastopen)?`,
  },
  'connection-refused': {
    meaning:
      'A RST answered the SYN: nobody listens on that port, or a firewall rejects it. connect() fails with ECONNREFUSED.',
    sentence: ({ port, count, seconds: s }) =>
      `A RST answered the SYN: nobody listens on port ${port}, or a firewall rejects it. connect() fails with ECONNREFUSED.${Number(count) > 1 ? ` The client tried ${times(count)} over ${seconds(s)}.` : ''}`,
  },
  'icmp-unreachable': {
    meaning: 'An ICMP error answered the SYN: a router or firewall on the way could not, or would not, deliver it.',
    sentence: ({ name, errno, type, code }) =>
      `An ICMP error answered the SYN: ${name} (type ${type}, code ${code}). connect() fails with ${errno}.`,
  },
  'syn-unanswered': {
    meaning:
      'The SYN was never answered: host down, wrong address, or a firewall that drops. connect() fails with ETIMEDOUT after minutes.',
    sentence: ({ count, seconds: s }) =>
      `The SYN was sent ${times(count)}${Number(count) > 1 ? ` over ${seconds(s)}` : ''} and never answered: wrong address, host down, or a firewall that drops it. connect() hangs, and fails with ETIMEDOUT in the end (on Linux after about 2 minutes).`,
  },
  'handshake-in-flight': {
    meaning: 'The capture ends within the second after a SYN or SYN-ACK: whether it was answered is not known.',
    sentence: ({ side, seconds: s }) =>
      `The capture ends ${endsAfter(s)} the ${side === 'client' ? 'SYN' : 'SYN-ACK'}: whether it was answered is not known.`,
  },
  'half-open': {
    meaning:
      'A SYN-ACK was sent and never acknowledged: the client vanished, the SYN was spoofed, or the SYN-ACK does not reach the client.',
    sentence: ({ count, seconds: s }) =>
      `The SYN-ACK was sent ${times(count)}${Number(count) > 1 ? ` over ${seconds(s)}` : ''} and never acknowledged: the client is gone, its address is forged, or the SYN-ACK does not reach it.`,
  },
  'handshake-reset': {
    meaning:
      'A RST ended the connection before both sides were ESTABLISHED: a half-open scan, a client that gave up, or a listener that closed meanwhile.',
    sentence: handshakeReset,
  },
  'wrong-ack': {
    meaning:
      'A SYN-ACK acknowledged something the client never sent: a host that remembers an older connection, or a confused middlebox.',
    sentence: fixed(
      'The SYN-ACK acknowledges a sequence number that the client did not send (an older connection remembered, or a confused firewall); the client must answer by a RST.',
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
    sentence: ({ count, seconds: s, answerFrame }) =>
      `The SYN was sent again ${times(count)}, which delayed connect() by ${seconds(s)}: ${ifFrame(answerFrame, (frame) => `its answer in frame ${frame} did not arrive in time`) || 'lost on the way, or ignored because the listen queue was full'}.`,
  },
  'syn-met-old-connection': {
    meaning:
      'The SYN met what was left of the connection before on the same addresses and ports: a TIME-WAIT that does not take it, or a side that never heard of the end. It answers with an ACK; the client resets that, and the SYN that it sends again is accepted. The user waits a second and more.',
    sentence: ({ answerFrame, resetFrame, wasClosed, seconds: s }) =>
      `The SYN met what the server still had of the connection before (${wasClosed ? 'TIME-WAIT' : 'the client had lost it, the server not'}), and got an ACK in frame ${answerFrame} instead of a SYN-ACK. ${ifFrame(resetFrame, (frame) => `The RST in frame ${frame} cleared it, and the`) || 'The'} SYN sent again was accepted: ${seconds(s)} lost.`,
  },
  'syn-ack-retransmission': {
    meaning: 'The SYN-ACK had to be sent again: it was lost, or the client is slow.',
    sentence: ({ count, seconds: s }) =>
      `The SYN-ACK was sent again ${again(count, s)}: it did not reach the client in time.`,
  },
  'handshake-ack-lost': {
    meaning:
      'The SYN-ACK was repeated after the client had acknowledged it: that ACK was lost, or ignored (accept queue full, TCP_DEFER_ACCEPT). The client believed to be connected while the server was still in SYN-RECEIVED.',
    sentence: ({ count, ackFrame, seconds: s }) =>
      `The SYN-ACK was sent again ${times(count)} after the client had acknowledged it in frame ${ackFrame}: the server had not taken that ACK (lost, accept queue full, or TCP_DEFER_ACCEPT) and was still in SYN-RECEIVED ${seconds(s)} later, while the client was ESTABLISHED.`,
  },
  'syn-in-connection': {
    meaning:
      'A SYN arrived on a synchronized connection and was not accepted as a new one: forged, an old duplicate, or a host that crashed and tries again. The receiver answers with a challenge ACK.',
    sentence: ({ count, answerFrame }) =>
      `${Number(count) > 1 ? `${count} SYNs` : 'A SYN'} with another sequence number arrived on the connection and changed nothing: ${ifFrame(answerFrame, (frame) => `the answer is the challenge ACK in frame ${frame}`) || 'the capture has no answer'}. Forged, an old duplicate, or a host that has lost the connection.`,
  },
} satisfies Record<string, Message>

function handshakeReset({ by, isAnswered, seconds: s }: Record<string, string | number>): string {
  if (by === 'server') {
    return "The server reset the connection before it was open: its listener was closed meanwhile, or its accept queue was full (tcp_abort_on_overflow). The client's next call fails with ECONNRESET."
  }
  if (!isAnswered) return 'The client took its SYN back by a RST before it was answered.'
  const gaveUp = 'its program had given up connect() by then'
  const why = Number(s) < 0.1 ? `a port scan, or ${gaveUp}` : `${gaveUp}, or it is a port scan`
  return `The client refused the SYN-ACK by a RST, ${seconds(s)} after its SYN: ${why}.`
}
