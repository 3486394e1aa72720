/**
 * Sentences about limits of finwait itself: each says how much was left out, and which option moves the limit.
 */
import { counted, type Message, type Value } from './words.ts'

export const LIMIT = {
  'connection-limit': {
    meaning: 'More connections were live at once than are kept; the oldest were reported as they were.',
    sentence: ({ count }) =>
      `${counted(count, 'connection')} ${was(count)} reported before the end because too many were live at once (--max-connections).`,
  },
  'log-limit': {
    meaning:
      'The connection had more segments with SYN, FIN or RST than are kept of one; the later ones are counted only.',
    sentence: ({ count }) =>
      `${counted(count, 'segment')} more than are kept of one connection (--max-events): what they did to its states is not in the timeline.`,
  },
  'fragment-limit': {
    meaning: 'More fragmented IP datagrams waited for their rest at once than are kept; the oldest were given up.',
    sentence: ({ count }) =>
      `${counted(count, 'fragmented IP datagram')} ${was(count)} given up before the rest came because too many waited at once (--max-datagrams, --max-fragment-bytes): TCP segments in them were not seen.`,
  },
  'path-limit': {
    meaning: 'There were more different nestings of tags and tunnels than are told apart.',
    sentence: ({ count }) =>
      `${counted(count, 'tag')} and tunnels of packets made more nestings than are told apart (--max-paths): their path is shown as other, and connections that differ in it only are taken for one.`,
  },
  'stream-limit': {
    meaning:
      'There were more pairs of addresses and ports than are remembered; one that comes back has another tcp.stream than in Wireshark.',
    sentence: ({ count }) =>
      `${counted(count, 'pair')} of addresses and ports ${was(count)} forgotten because there were too many (--max-streams): should one of them come back, its tcp.stream and those of later connections are not Wireshark's.`,
  },
  'copy-limit': {
    meaning: 'Captures of the same time had more packets within 2 seconds than are remembered to know them again.',
    sentence: ({ count }) =>
      `${counted(count, 'packet')} ${was(count)} forgotten before the other captures could show ${Number(count) === 1 ? 'it' : 'them'} too because there were too many (--max-copies): copies of ${Number(count) === 1 ? 'it' : 'them'} were taken for packets.`,
  },
  'conversation-limit': {
    meaning: 'There were more UDP conversations than are told apart.',
    sentence: ({ count }) =>
      `${counted(count, 'UDP datagram')} of more conversations than are told apart (--max-conversations): they are counted as datagrams only.`,
  },
  'host-limit': {
    meaning: 'There were more clients, servers and ports than are watched for scans, floods and TIME-WAIT.',
    sentence: ({ count }) =>
      `${counted(count, 'client, port or target', 'clients, ports and targets')} ${was(count)} too many to be watched any longer (--max-hosts): scans, floods and TIME-WAITs of ${Number(count) === 1 ? 'it' : 'them'} may be missing.`,
  },
  'name-limit': {
    meaning: 'With `--names`: the captures name more addresses than are kept.',
    sentence: ({ count }) =>
      `${counted(count, 'name')} of addresses ${was(count)} left out because there were too many (--max-names).`,
  },
  'capture-limit': {
    meaning: 'More captures were named than one run can tell apart; the last ones were not read.',
    sentence: ({ count, limit }) =>
      `${counted(count, 'capture')} ${was(count)} not read: one run can tell ${counted(limit, 'capture')} apart.`,
  },
} satisfies Record<string, Message>

function was(count: Value): string {
  return Number(count) === 1 ? 'was' : 'were'
}
