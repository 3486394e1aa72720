/**
 * Sentences about the data, about what the capture lacks, and about the capture as a whole.
 */
import { counted, grouped, type Message, seconds, times } from './words.ts'

export const TRAFFIC = {
  retransmission: {
    meaning: 'Data were sent again: lost on the way, or their ACK was.',
    sentence: ({ side, count }) =>
      `The ${side} sent data again ${times(count)}: they, or the ACKs of them, were lost or late.`,
  },
  'out-of-order': {
    meaning: 'Segments reached the capture in another order than they were sent.',
    sentence: ({ side, count }) =>
      `${counted(count, 'segment')} of the ${side} reached the capture after later ones: reordered on the way.`,
  },
  'zero-window': {
    meaning: 'A side announced a receive window of 0: its program does not read fast enough, and the peer must wait.',
    sentence: ({ side, count }) =>
      `The ${side} announced a receive window of 0 ${times(count)}: its program does not read fast enough, and the other side had to wait.`,
  },
  'keep-alive': {
    meaning:
      'Probes of a silent connection: keep-alives ask whether the peer is still there, window probes whether its closed window has opened.',
    sentence: ({ side, count, isProbe }) =>
      isProbe
        ? `The ${side} sent ${counted(count, 'probe')} to ask whether the other side's closed window had opened.`
        : `The ${side} sent ${counted(count, 'keep-alive probe')} to ask whether the other side is still there.`,
  },
  'peer-silent': {
    meaning: 'A side stopped answering although the other asked again and again: the path is cut, or the host is gone.',
    sentence: ({ side, other, count, seconds: s, lastFrame }) =>
      `The ${side} is silent since frame ${lastFrame}: ${counted(count, 'segment')} of the ${other} within ${seconds(s)} got no answer. The path is cut, or the host is gone; the ${other}'s program sees ETIMEDOUT when its kernel gives up (Linux: after about 15 minutes).`,
  },
} satisfies Record<string, Message>

export const QUALITY = {
  'one-sided': {
    meaning:
      "Only one direction is in the capture (asymmetric routing, a filter, one port of a mirror): of the other side only what its peer's acknowledgments prove is known.",
    sentence: ({ side, other }) =>
      `Only the ${side}'s segments are in the capture (asymmetric routing, a filter, one port of a mirror?): of the ${other} only what they acknowledge is known.`,
  },
  'missing-segments': {
    meaning: 'Bytes were acknowledged that the capture does not have: it lost packets, or a part took another way.',
    sentence: ({ side, bytes, isLeast }) =>
      `${isLeast ? 'At least ' : ''}${counted(bytes, 'byte')} of the ${side} ${Number(bytes) === 1 ? 'was' : 'were'} acknowledged but ${Number(bytes) === 1 ? 'is' : 'are'} not in the capture: it has lost packets, or a part took another way.`,
  },
  'bad-checksum': {
    meaning:
      'A segment has a wrong TCP checksum while others of its sender are right: it was damaged on the way, and its receiver dropped it.',
    sentence: ({ side, count }) =>
      Number(count) === 1
        ? `A segment of the ${side} has a wrong checksum: damaged on the way and dropped by its receiver, it counts for nothing.`
        : `${counted(count, 'segment')} of the ${side} have a wrong checksum: damaged on the way and dropped by their receiver, they count for nothing.`,
  },
  'checksum-offload': {
    meaning:
      'With `--checksum`: no TCP checksum of a side is right. The capture was taken on its host, before the network card computed them (checksum offloading); damage would have spared some.',
    sentence: ({ side, count }) =>
      `${Number(count) === 1 ? `The only checksum of the ${side} that could be verified is not right` : `None of the ${counted(count, 'checksum')} of the ${side} that could be verified is right`}: its network card computes them after the packets were captured, on the ${side}'s own host (checksum offloading). On the wire they are right; capture elsewhere to see it, or switch it off (Linux: ethtool -K eth0 tx off).`,
  },
} satisfies Record<string, Message>

export const CAPTURE = {
  'syn-flood': {
    meaning: 'Very many SYNs to one server without the handshake being finished: an attack, or a scan.',
    sentence: ({ address, port, count, rate }) =>
      `Port ${port} of ${address} got ${counted(count, 'SYN')} whose handshake was never finished, up to ${grouped(rate)} in a second: a SYN flood, or a scan. SYN cookies (net.ipv4.tcp_syncookies) keep the server reachable.`,
  },
  'port-scan': {
    meaning:
      'One host tried many ports of another, or one port of many hosts, most of them in vain: refused, unanswered or reset in the handshake.',
    sentence: ({ address, count, target, port }) =>
      port === undefined
        ? `${address} tried ${counted(count, 'port')} of ${target} in vain (refused, unanswered or reset in the handshake): a port scan.`
        : `${address} tried port ${port} of ${counted(count, 'host')} in vain (refused, unanswered or reset in the handshake): a scan for that service.`,
  },
  'close-wait-leak': {
    meaning:
      'Many connections of one host are in CLOSE-WAIT: its program forgets to close sockets, until it runs out of file descriptors.',
    sentence: ({ address, count, where, seconds: s }) =>
      `${address} has ${counted(count, 'connection')} ${where} in CLOSE-WAIT, one of them for ${seconds(s)}: its program gets end-of-file and does not call close(), until it runs out of file descriptors (EMFILE).`,
  },
  'time-wait-pressure': {
    meaning:
      'A host holds so many TIME-WAITs towards one server that its ephemeral ports (28,232 on Linux by default) run out.',
    sentence: ({ address, count, peer }) =>
      `${address} held ${counted(count, 'connection')} to ${peer} in TIME-WAIT at once; of the usual 28,232 ephemeral ports few or none are left, and connect() fails with EADDRNOTAVAIL. Keep connections open, let the server close first, or set net.ipv4.tcp_tw_reuse=1.`,
  },
  'fragment-overlap': {
    meaning:
      'Fragments of an IP datagram overlap or contradict each other: somebody wants two readers to see two packets, and the datagram is refused, as RFC 5722 demands of hosts.',
    sentence: ({ count }) =>
      `${counted(count, 'IP datagram')} ${Number(count) === 1 ? 'has' : 'have'} fragments that overlap or contradict each other, and ${Number(count) === 1 ? 'was' : 'were'} refused: hosts and intrusion detection may each have read another packet.`,
  },
} satisfies Record<string, Message>
