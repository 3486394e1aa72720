/**
 * Sentences about the close, and about states that do not pass.
 */
import { again, CAPTURE_ENDS, counted, endsAfter, fixed, type Message, seconds, times } from './words.ts'

export const CLOSE = {
  'simultaneous-close': {
    meaning: "Both sides closed before they heard of the other's FIN: both go through CLOSING and both hold TIME-WAIT.",
    sentence: fixed('The FINs crossed: both sides closed at once, pass through CLOSING, and both hold TIME-WAIT.'),
  },
  'half-close': {
    meaning: 'One side closed its direction and went on receiving: shutdown(SHUT_WR). Fine when meant.',
    sentence: ({ by, bytes, seconds: s, ackFrame }) =>
      `The ${by} closed its direction only, by shutdown(SHUT_WR): the other side sent ${counted(bytes, 'byte')} more over ${seconds(s)}, and the ${by} took the data (ACK in frame ${ackFrame}).`,
  },
  'fin-before-data': {
    meaning: 'The FIN arrived before the data it follows: it took effect only when they had come.',
    sentence: ({ by, finFrame, dataFrame }) =>
      `The ${by}'s FIN in frame ${finFrame} arrived before data that it follows; it took effect when these came in frame ${dataFrame}.`,
  },
  'fin-retransmission': {
    meaning: 'A FIN had to be sent again: it, or the ACK of it, was lost.',
    sentence: ({ by, count, seconds: s }) =>
      `The ${by} sent its FIN again ${again(count, s)}: it, or the ACK of it, was lost.`,
  },
  'last-ack-lost': {
    meaning:
      'The FIN was repeated after it had been acknowledged: that ACK never arrived. TIME-WAIT exists for this: it acknowledges again.',
    sentence: ({ by, count, ackFrame }) =>
      `The ${by} sent its FIN again ${times(count)} after it was acknowledged in frame ${ackFrame}: ${Number(count) === 1 ? 'that ACK was' : 'those ACKs were'} lost.`,
  },
  'fin-in-flight': {
    meaning: 'The capture has no acknowledgment of the FIN: whether it arrived is not known.',
    sentence: ({ by, seconds: s }) =>
      `The ${by}'s FIN is not acknowledged in the capture, which ends ${endsAfter(s)} it: whether it arrived is not known.`,
  },
  'timed-out': {
    meaning:
      'A side repeated a segment with growing pauses and then gave up, without a packet. The program sees ETIMEDOUT; the peer knows nothing.',
    sentence: ({ side, state, what, count, seconds: s }) =>
      `The ${side} sent its ${what} ${times(count)} over ${seconds(s)} without an answer and gave up in ${state}: its program sees ETIMEDOUT, the other side was not told.`,
  },
} satisfies Record<string, Message>

export const STUCK = {
  'syn-received-stuck': {
    meaning: 'The server waits for the ACK of its SYN-ACK.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in SYN-RECEIVED for ${seconds(s)}: it has not taken the ACK of its SYN-ACK, so accept() does not return. ${CAPTURE_ENDS}`,
  },
  'close-wait-stuck': {
    meaning:
      'The peer has closed, the program has not: read() returned 0 and close() was not called. The usual leak of sockets; no timer ever ends it.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in CLOSE-WAIT for ${seconds(s)}: its program gets end-of-file from read() and has not called close(). No timer ends this. ${CAPTURE_ENDS}`,
  },
  'fin-wait-1-stuck': {
    meaning: 'The FIN was sent again and again and is not acknowledged: the path or the peer is gone.',
    sentence: ({ side, seconds: s, count }) =>
      `The ${side} has been in FIN-WAIT-1 for ${seconds(s)}: its FIN was sent ${times(count)} and not acknowledged, the path or the peer is gone. ${CAPTURE_ENDS}`,
  },
  'fin-wait-2-stuck': {
    meaning:
      'This side has closed, the peer has not. Linux ends it after tcp_fin_timeout (60 s) only when the program called close(); after shutdown(SHUT_WR) it can last for ever.',
    sentence: ({ side, seconds: s }) =>
      `The ${side} has been in FIN-WAIT-2 for ${seconds(s)}: the other side has acknowledged its FIN and has not closed. After close() Linux forgets such a socket in 60 s (tcp_fin_timeout), after shutdown(SHUT_WR) never. ${CAPTURE_ENDS}`,
  },
  'closing-stuck': {
    meaning: "Both sides have closed, but the ACK of this side's FIN is missing although the FIN was sent again.",
    sentence: ({ side, seconds: s, count }) =>
      `The ${side} has been in CLOSING for ${seconds(s)}: both sides have closed, and its FIN, sent ${times(count)}, is not acknowledged. ${CAPTURE_ENDS}`,
  },
  'last-ack-stuck': {
    meaning:
      'The last FIN was sent again and is not acknowledged: the ACKs are lost, or the peer is gone without TIME-WAIT.',
    sentence: ({ side, seconds: s, count }) =>
      `The ${side} has been in LAST-ACK for ${seconds(s)}: its FIN was sent ${times(count)}, and no ACK of it arrived. ${CAPTURE_ENDS}`,
  },
} satisfies Record<string, Message>
